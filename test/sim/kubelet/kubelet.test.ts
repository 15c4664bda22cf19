import { describe, expect, test } from 'vitest';
import { isReady } from '../../../sim/kubelet/node-object.ts';
import { openVirtualCluster, type VirtualCluster } from './virtual-cluster.ts';

const tenSeconds = { kind: 'fixed', pullTimeMs: 10_000 } as const;
const node = 'node-01';

function nodeStatus(virtual: VirtualCluster, name = node) {
  return virtual.cluster.store.get('nodes', { name }).status;
}

function isNodeReady(virtual: VirtualCluster, name = node): boolean {
  return isReady(virtual.cluster.store.get('nodes', { name }));
}

async function expectStillUntilThawed(virtual: VirtualCluster): Promise<void> {
  await virtual.clock.advance(30_000);
  expect(isNodeReady(virtual)).toBe(false);
  expect(virtual.cluster.node(node).images()).toEqual([]);
  virtual.cluster.thaw(node);
  await virtual.clock.runUntil(() => virtual.describePod('a') === 'Succeeded/Completed', 20_000);
  expect(isNodeReady(virtual)).toBe(true);
}

describe('Kubelet', () => {
  test('a node that reports NotReady goes on pulling', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    virtual.cluster.node(node).setReady(false);
    expect(isNodeReady(virtual)).toBe(false);
    await virtual.clock.advance(20_000);
    expect(virtual.describePod('a')).toBe('Succeeded/Completed');
    virtual.cluster.node(node).setReady(true);
    expect(isNodeReady(virtual)).toBe(true);
  });

  test('out of touch with the API server it goes on pulling, and tells when it is back', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    virtual.cluster.disconnect(node);
    virtual.createPod({ name: 'unseen', image: 'a.example/b:1' });
    await virtual.clock.advance(49_000);
    expect(isNodeReady(virtual)).toBe(true);
    await virtual.clock.advance(2_000);
    expect(isNodeReady(virtual)).toBe(false);
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating');
    expect(virtual.describePod('unseen')).toBe('Pending');
    expect(virtual.cluster.record.pulls()).toMatchObject([{ outcome: 'succeeded' }]);
    virtual.cluster.connect(node);
    expect(isNodeReady(virtual)).toBe(true);
    expect(virtual.describePod('a')).toBe('Succeeded/Completed');
    await virtual.clock.runUntil(
      () => virtual.describePod('unseen') === 'Succeeded/Completed',
      20_000,
    );
    expect(nodeStatus(virtual)?.images?.length).toBeGreaterThan(0);
  });

  test('a pod that was deleted while it was out of touch is let go when it is back', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    virtual.cluster.disconnect(node);
    virtual.deletePod('a');
    await virtual.clock.advance(30_000);
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating (Terminating)');
    virtual.cluster.connect(node);
    await virtual.clock.advance(1_000);
    expect(virtual.describePod('a')).toBe('gone');
  });

  test('a pod that was forced away while it was out of touch takes no place when it is back', async () => {
    const virtual = openVirtualCluster({ maxPods: 1 });
    virtual.cluster.registry.refuse('a.example', 'missing');
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    virtual.cluster.disconnect(node);
    virtual.deletePod('a', 0);
    virtual.cluster.connect(node);
    virtual.createPod({ name: 'b', image: 'b.example/b:1' });
    await virtual.clock.advance(1_000);
    expect(virtual.describePod('b')).toBe('Pending/ContainerCreating');
  });

  test('what it has to tell of a pod is not told of another one with its name', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    virtual.cluster.disconnect(node);
    await virtual.clock.advance(20_000);
    virtual.deletePod('a', 0);
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    virtual.cluster.connect(node);
    expect(virtual.describePod('a')).toBe('Pending');
    await virtual.clock.advance(5_000);
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating');
  });

  test('frozen it does nothing, thawed it goes on where it was', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(5_000);
    virtual.cluster.freeze(node);
    await virtual.clock.advance(100_000);
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating');
    expect(isNodeReady(virtual)).toBe(false);
    virtual.cluster.thaw(node);
    expect(isNodeReady(virtual)).toBe(true);
    const fromMs = virtual.nowMs();
    await virtual.clock.runUntil(() => virtual.describePod('a') === 'Running', 60_000);
    // 5 s of the pull, less what the sandbox took before, and the start.
    expect(virtual.nowMs() - fromMs).toBeGreaterThan(5_000);
    expect(virtual.nowMs() - fromMs).toBeLessThan(6_000);
  });

  test('a restart gives up what was being pulled and pulls it again', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    virtual.createPod({ name: 'done', image: 'a.example/b:1', node: 'node-02' });
    await virtual.clock.advance(5_000);
    const bootId = nodeStatus(virtual)?.nodeInfo?.bootID;
    virtual.cluster.node(node).restart(2_000);
    await virtual.clock.advance(30_000);
    expect(nodeStatus(virtual)?.nodeInfo?.bootID).toBe(bootId);
    expect(virtual.describePod('a')).toBe('Succeeded/Completed');
    const own = virtual.cluster.record.pulls().filter((pull) => pull.node === node);
    expect(own.map((pull) => pull.outcome)).toEqual(['aborted', 'succeeded']);
    expect(virtual.cluster.record.duplicatePulls()).toBe(0);
  });

  test('frozen while it restarts it stands still, and works after the thaw', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds, nodeGraceMs: 20_000 });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    virtual.cluster.node(node).restart(5_000);
    virtual.cluster.freeze(node);
    await expectStillUntilThawed(virtual);
  });

  test('restarted while it is frozen it stands still, and works after the thaw', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds, nodeGraceMs: 20_000 });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(5_000);
    virtual.cluster.freeze(node);
    virtual.cluster.node(node).restart(5_000);
    await expectStillUntilThawed(virtual);
  });

  test('a node without power comes back with its images', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(60_000);
    const bootId = nodeStatus(virtual)?.nodeInfo?.bootID;
    virtual.cluster.powerOff(node);
    virtual.createPod({ name: 'b', image: 'a.example/a:1' });
    await virtual.clock.advance(60_000);
    expect(isNodeReady(virtual)).toBe(false);
    expect(virtual.describePod('b')).toBe('Pending');
    virtual.cluster.powerOn(node);
    await virtual.clock.runUntil(() => virtual.describePod('b') === 'Succeeded/Completed', 10_000);
    expect(isNodeReady(virtual)).toBe(true);
    expect(bootId).toMatch(/^[\da-f-]{36}$/);
    expect(nodeStatus(virtual)?.nodeInfo?.bootID).not.toBe(bootId);
    expect(virtual.cluster.record.pulls()).toHaveLength(1);
  });

  test('a frozen node that is switched off and on again works', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(5_000);
    virtual.cluster.freeze(node);
    virtual.cluster.powerOff(node);
    await virtual.clock.advance(60_000);
    expect(isNodeReady(virtual)).toBe(false);
    virtual.cluster.powerOn(node);
    await virtual.clock.runUntil(() => virtual.describePod('a') === 'Succeeded/Completed', 20_000);
    expect(isNodeReady(virtual)).toBe(true);
  });

  test('a new node joins tainted and not Ready, for about a second', async () => {
    const virtual = openVirtualCluster();
    const name = virtual.cluster.addNode();
    expect(isNodeReady(virtual, name)).toBe(false);
    const { spec } = virtual.cluster.store.get('nodes', { name });
    expect(spec?.taints).toContainEqual({
      key: 'node.kubernetes.io/not-ready',
      effect: 'NoSchedule',
    });
    await virtual.clock.runUntil(() => isNodeReady(virtual, name), 2_000);
    expect(virtual.cluster.store.get('nodes', { name }).spec?.taints).toBeUndefined();
  });

  test('image status comes within 40 s, and after that nothing is written any more', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.runUntil(() => virtual.cluster.node(node).images().length > 0, 20_000);
    expect(nodeStatus(virtual)?.images).toEqual([]);
    await virtual.clock.runUntil(() => nodeStatus(virtual)?.images?.length === 1, 40_000);
    await virtual.clock.advance(5_000);
    const { version } = virtual.cluster.store;
    await virtual.clock.advance(3_600_000);
    expect(virtual.cluster.store.version).toBe(version);
  });

  test('an image that an administrator puts there or removes shows in its status', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.node(node).addImage('nginx');
    await virtual.clock.advance(40_000);
    expect(nodeStatus(virtual)?.images?.[0]?.names).toContain('docker.io/library/nginx:latest');
    expect(virtual.cluster.node(node).removeImage('nginx:latest')).toBe(true);
    expect(virtual.cluster.node(node).removeImage('nginx:latest')).toBe(false);
    await virtual.clock.advance(40_000);
    expect(nodeStatus(virtual)?.images).toEqual([]);
  });

  test('a full disk loses the image that is longest unused, not one of a pod that is still there', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds, diskBytes: 1_000 });
    for (const name of ['kept', 'old', 'new']) {
      virtual.cluster.registry.push(`a.example/${name}:1`, { sizeBytes: 300 });
      virtual.createPod({ name, image: `a.example/${name}:1` });
      await virtual.clock.runUntil(() => virtual.describePod(name).startsWith('Succeeded'), 60_000);
    }
    virtual.deletePod('old');
    virtual.deletePod('new');
    await virtual.clock.advance(700_000);
    const tags = virtual.cluster
      .node(node)
      .images()
      .flatMap(({ tagNames }) => tagNames);
    expect(tags).toEqual(['a.example/kept:1', 'a.example/new:1']);
  });

  test('of two kubelets each sees the pods of its own node alone', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/a:1', node: 'node-02' });
    await virtual.clock.advance(30_000);
    expect(virtual.cluster.node('node-01').images()).toHaveLength(0);
    expect(virtual.cluster.node('node-02').images()).toHaveLength(1);
  });
});
