import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveCount } from '../../../sim/kubelet/live-count.ts';
import { openVirtualCluster } from './virtual-cluster.ts';

describe('LiveCount', () => {
  test('peaks are the most that ever lived at once, by every count', () => {
    const pair = fc.record({ node: fc.nat(2), image: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(fc.record({ pair, ends: fc.boolean() })), (steps) => {
        const count = new LiveCount();
        const live: { node: string; image: string }[] = [];
        const peaks = { cluster: 0, perImage: 0, perNode: 0 };
        for (const step of steps) {
          const ended = step.ends ? live.shift() : undefined;
          if (ended !== undefined) count.remove(ended.node, ended.image);
          const begun = { node: `n${step.pair.node}`, image: `i${step.pair.image}` };
          live.push(begun);
          count.add(begun.node, begun.image);
          const most = (of: 'node' | 'image'): number =>
            Math.max(...live.map((one) => live.filter((each) => each[of] === one[of]).length));
          peaks.cluster = Math.max(peaks.cluster, live.length);
          peaks.perImage = Math.max(peaks.perImage, most('image'));
          peaks.perNode = Math.max(peaks.perNode, most('node'));
        }
        expect(count.peaks()).toEqual(peaks);
        expect(count.count).toBe(live.length);
      }),
    );
  });
});

describe('PullRecord', () => {
  const tenSeconds = { kind: 'fixed', pullTimeMs: 10_000 } as const;

  test('a pull pod lasts from its creation to its terminal phase, the pull less', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    const startMs = virtual.clock.now().wallMs;
    virtual.createPod({ name: 'a', image: 'nginx' });
    await virtual.clock.advance(60_000);
    const [pod] = virtual.cluster.record.pods();
    const [pull] = virtual.cluster.record.pulls();
    expect(pod).toMatchObject({
      node: 'node-01',
      nodeUid: virtual.cluster.store.get('nodes', { name: 'node-01' }).metadata.uid,
      image: 'docker.io/library/nginx:latest',
      podCreatedAtMs: startMs,
      outcome: 'Succeeded',
    });
    expect((pull?.endedAtMs ?? 0) - (pull?.startedAtMs ?? 0)).toBe(10_000);
    expect(pull?.podUid).toBe(pod?.podUid);
    expect(pod?.terminalAtMs).toBeGreaterThan(pull?.endedAtMs ?? Number.POSITIVE_INFINITY);
  });

  test('a vanished pod stops counting as one, while its bytes go on counting as bytes', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    virtual.deletePod('a', 0);
    const { record } = virtual.cluster;
    expect(record.pods()).toMatchObject([{ outcome: 'Gone' }]);
    expect(record.livePods()).toBe(0);
    expect(record.pulls()).toMatchObject([{ endedAtMs: undefined }]);
    virtual.createPod({ name: 'b', image: 'a.example/a:1', node: 'node-02' });
    await virtual.clock.advance(2_000);
    expect(record.peakConcurrentPulls()).toEqual({ cluster: 1, perImage: 1, perNode: 1 });
    expect(record.peakConcurrentTransfers()).toEqual({ cluster: 2, perImage: 2, perNode: 1 });
  });

  test('a terminal pod that still exists frees its place', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    for (const name of ['a', 'b']) {
      virtual.createPod({ name, image: `a.example/${name}:1` });
      await virtual.clock.advance(20_000);
    }
    expect(virtual.cluster.record.peakConcurrentPulls().cluster).toBe(1);
  });

  test('failed pulls count each try', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.registry.refuse('a.example', 'forbidden');
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(20_000);
    expect(virtual.cluster.record.failedPulls()).toBe(2);
    expect(virtual.cluster.record.duplicatePulls()).toBe(0);
  });
});
