import { describe, expect, test } from 'vitest';
import { openVirtualCluster } from './virtual-cluster.ts';

const tenSeconds = { kind: 'fixed', pullTimeMs: 10_000 } as const;

describe('PullQueue', () => {
  test('pulls one image after the other, in the order of asking', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    for (const name of ['a', 'b', 'c']) {
      virtual.createPod({ name, image: `a.example/${name}:1` });
      await virtual.clock.advance(1_000);
    }
    await virtual.clock.advance(60_000);
    const pulls = virtual.cluster.record.pulls();
    expect(pulls.map((pull) => pull.image)).toEqual([
      'a.example/a:1',
      'a.example/b:1',
      'a.example/c:1',
    ]);
    for (const [index, pull] of pulls.slice(1).entries()) {
      expect(pull.startedAtMs).toBe(pulls[index]?.endedAtMs);
    }
    expect(virtual.cluster.record.peakConcurrentTransfers().perNode).toBe(1);
  });

  test('pulls side by side where kubelets may', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds, maxParallelPulls: 2 });
    for (const name of ['a', 'b', 'c']) virtual.createPod({ name, image: `a.example/${name}:1` });
    await virtual.clock.advance(60_000);
    expect(virtual.cluster.record.peakConcurrentTransfers().perNode).toBe(2);
  });

  test('a failing pull does not hold up the next', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.cluster.registry.refuse('a.example', 'unauthorized');
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    virtual.createPod({ name: 'b', image: 'b.example/b:1' });
    await virtual.clock.advance(14_000);
    expect(virtual.describePod('b')).toBe('Succeeded/Completed');
  });

  test('an image that came meanwhile takes no second transfer, and is written down as pulled twice', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    virtual.createPod({ name: 'b', image: 'a.example/a:1' });
    await virtual.clock.advance(14_000);
    for (const name of ['a', 'b']) expect(virtual.describePod(name)).toBe('Succeeded/Completed');
    expect(virtual.cluster.record.pulls().map((pull) => pull.duplicate)).toEqual([false, true]);
    expect(virtual.cluster.record.duplicatePulls()).toBe(1);
  });

  test('two pulls of one image at once are written down as one too many', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds, maxParallelPulls: 2 });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    virtual.createPod({ name: 'b', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    expect(virtual.cluster.record.pulls().map((pull) => pull.endedAtMs)).toEqual([
      undefined,
      undefined,
    ]);
    expect(virtual.cluster.record.duplicatePulls()).toBe(1);
  });

  test('a pull after the image was lost is no duplicate', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(20_000);
    virtual.cluster.node('node-01').removeImage('a.example/a:1');
    virtual.createPod({ name: 'b', image: 'a.example/a:1' });
    await virtual.clock.advance(20_000);
    expect(virtual.cluster.record.pulls()).toHaveLength(2);
    expect(virtual.cluster.record.duplicatePulls()).toBe(0);
  });

  test('a moved tag is pulled again, and the node keeps the old image by its digest', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    const { registry } = virtual.cluster;
    const old = registry.push('a.example/a:1', { digest: `sha256:${'1'.repeat(64)}` });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(20_000);
    const moved = registry.push('a.example/a:1', { digest: `sha256:${'2'.repeat(64)}` });
    virtual.createPod({ name: 'b', image: 'a.example/a:1', policy: 'Always' });
    await virtual.clock.advance(20_000);
    expect(virtual.cluster.record.duplicatePulls()).toBe(0);
    const images = virtual.cluster.node('node-01').images();
    expect(images.map(({ digestNames, tagNames }) => [...digestNames, ...tagNames])).toEqual([
      [`a.example/a@${old.digest}`],
      [`a.example/a@${moved.digest}`, 'a.example/a:1'],
    ]);
  });

  test('an image for another platform fails in the words of containerd', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.registry.push('a.example/a:1', { platforms: ['linux/arm64'] });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(5_000);
    expect(virtual.describePod('a')).toBe('Pending/ErrImagePull');
    const [status] = virtual.findPod('a')?.status?.containerStatuses ?? [];
    expect(status?.state?.waiting?.message).toContain('no match for platform in manifest');
  });

  test('a pull that finds the disk full fails after its bytes have come', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds, diskBytes: 1_000 });
    virtual.cluster.registry.push('a.example/a:1', { sizeBytes: 1_001 });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(9_000);
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating');
    await virtual.clock.advance(5_000);
    const [status] = virtual.findPod('a')?.status?.containerStatuses ?? [];
    expect(status?.state?.waiting?.message).toContain('no space left on device');
    expect(virtual.cluster.node('node-01').images()).toHaveLength(0);
  });

  test('another speed holds for the rest of a pull under way', async () => {
    const virtual = openVirtualCluster({ speed: { kind: 'fixed', pullTimeMs: 3_600_000 } });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(1_800_000);
    virtual.cluster.setSpeed(tenSeconds);
    const fromMs = virtual.nowMs();
    await virtual.clock.runUntil(() => virtual.describePod('a') === 'Running', 60_000);
    // Half of it is left.
    expect(virtual.nowMs() - fromMs).toBeGreaterThan(5_000);
    expect(virtual.nowMs() - fromMs).toBeLessThan(6_000);
  });

  test('a bandwidth gives times in proportion to sizes, a little different on each node', async () => {
    const speed = { kind: 'bandwidth', bytesPerSecond: 1e8 } as const;
    const virtual = openVirtualCluster({ speed, nodes: 3 });
    virtual.cluster.registry.push('a.example/a:1', { sizeBytes: 1e9 });
    for (const node of virtual.cluster.nodeNames()) {
      virtual.createPod({ name: `on-${node}`, image: 'a.example/a:1', node });
    }
    await virtual.clock.advance(60_000);
    const spansMs = virtual.cluster.record
      .pulls()
      .map((pull) => (pull.endedAtMs ?? 0) - pull.startedAtMs);
    for (const spanMs of spansMs) {
      expect(spanMs).toBeGreaterThan(8_500);
      expect(spanMs).toBeLessThan(11_600);
    }
    expect(new Set(spansMs).size).toBe(3);
  });
});
