import { describe, expect, test } from 'vitest';
import { openVirtualCluster } from './virtual-cluster.ts';

const slow = { kind: 'fixed', pullTimeMs: 3_600_000 } as const;

describe('NodeController', () => {
  test('a silent node is tainted after its grace, and clean again when it is heard', async () => {
    const virtual = openVirtualCluster({ nodeGraceMs: 20_000 });
    const taints = (): readonly string[] =>
      (virtual.cluster.store.get('nodes', { name: 'node-01' }).spec?.taints ?? []).map(
        (taint) => `${taint.key}:${taint.effect}`,
      );
    virtual.cluster.disconnect('node-01');
    await virtual.clock.advance(19_000);
    expect(taints()).toEqual([]);
    await virtual.clock.advance(2_000);
    expect(taints()).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    virtual.cluster.connect('node-01');
    expect(taints()).toEqual([]);
  });

  test('a node that was away for less than its grace stays Ready', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.disconnect('node-01');
    await virtual.clock.advance(30_000);
    virtual.cluster.connect('node-01');
    const { version } = virtual.cluster.store;
    await virtual.clock.advance(60_000);
    expect(virtual.cluster.store.version).toBe(version);
  });

  test('taints that somebody else put there stay', async () => {
    const virtual = openVirtualCluster({ nodeGraceMs: 1_000 });
    const own = { key: 'a.example/own', effect: 'NoSchedule' };
    virtual.cluster.store.modify('nodes', { name: 'node-01' }, (node) => ({
      ...node,
      spec: { taints: [own] },
    }));
    virtual.cluster.disconnect('node-01');
    await virtual.clock.advance(2_000);
    virtual.cluster.connect('node-01');
    expect(virtual.cluster.store.get('nodes', { name: 'node-01' }).spec?.taints).toEqual([own]);
  });

  test('pods of an unreachable node are deleted after five minutes, unless they tolerate it', async () => {
    const virtual = openVirtualCluster({ speed: slow });
    virtual.createPod({ name: 'evicted', image: 'a.example/a:1' });
    virtual.createPod({
      name: 'stays',
      image: 'a.example/b:1',
      tolerations: [{ operator: 'Exists' }],
    });
    await virtual.clock.advance(2_000);
    virtual.cluster.disconnect('node-01');
    await virtual.clock.advance(340_000);
    expect(virtual.describePod('evicted')).toBe('Pending/ContainerCreating');
    await virtual.clock.advance(20_000);
    // Nobody is there to let go of it.
    expect(virtual.describePod('evicted')).toBe('Pending/ContainerCreating (Terminating)');
    expect(virtual.describePod('stays')).toBe('Pending/ContainerCreating');
  });

  test('a node that comes back in time keeps its pods', async () => {
    const virtual = openVirtualCluster({ speed: slow });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    virtual.cluster.disconnect('node-01');
    await virtual.clock.advance(200_000);
    virtual.cluster.connect('node-01');
    await virtual.clock.advance(600_000);
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating');
  });

  test('pods of a node that is gone are collected after about a minute', async () => {
    const virtual = openVirtualCluster({ speed: slow });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    await virtual.clock.advance(2_000);
    virtual.cluster.removeNode('node-01');
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating');
    await virtual.clock.advance(61_000);
    expect(virtual.describePod('a')).toBe('gone');
    expect(virtual.cluster.record.pulls()).toMatchObject([{ outcome: 'aborted' }]);
    expect(virtual.cluster.record.livePods()).toBe(0);
  });

  test('a pod bound to a node that never was is collected too', async () => {
    const virtual = openVirtualCluster();
    virtual.createPod({ name: 'a', image: 'a.example/a:1', node: 'nowhere' });
    await virtual.clock.advance(59_000);
    expect(virtual.describePod('a')).toBe('Pending');
    await virtual.clock.advance(2_000);
    expect(virtual.describePod('a')).toBe('gone');
  });
});
