import { describe, expect, test } from 'vitest';
import { openSystemClock } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import type { List, Node } from '../../shared/kube-types.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { openVirtualCluster } from './kubelet/virtual-cluster.ts';

/** Everything that happens to a busy little cluster, as text. */
async function liveThroughAnHour(seed: number): Promise<readonly string[]> {
  const virtual = openVirtualCluster({ seed, nodes: 5 });
  virtual.cluster.registry.refuse('a.example/missing', 'missing');
  for (const [index, node] of virtual.cluster.nodeNames().entries()) {
    for (const image of ['a', 'b', 'missing']) {
      virtual.createPod({ name: `${image}-${index}`, image: `a.example/${image}:1`, node });
    }
    await virtual.clock.advance(1_000);
  }
  virtual.deletePod('a-1');
  virtual.deletePod('b-2', 0);
  virtual.cluster.freeze('node-03');
  await virtual.clock.advance(400_000);
  virtual.cluster.thaw('node-03');
  virtual.cluster.removeNode('node-04');
  virtual.cluster.node('node-05').restart(5_000);
  await virtual.clock.advance(3_600_000);
  return [...virtual.log, JSON.stringify(virtual.cluster.record.pulls())];
}

describe('EmbeddedCluster', () => {
  test('the same seed lives through the same hour, another one through another', async () => {
    const first = await liveThroughAnHour(7);
    expect(first.length).toBeGreaterThan(100);
    expect(await liveThroughAnHour(7)).toEqual(first);
    expect(await liveThroughAnHour(8)).not.toEqual(first);
  });

  test('nodes are spread over three zones, with names that sort', () => {
    const { cluster } = openVirtualCluster({ nodes: 12 });
    expect(cluster.nodeNames()).toEqual(cluster.nodeNames().toSorted());
    const zones = cluster.store
      .list('nodes')
      .map((node) => node.metadata.labels?.['topology.kubernetes.io/zone']);
    expect(zones.slice(0, 4)).toEqual(['z1', 'z2', 'z3', 'z1']);
  });

  test('a thousand nodes are listed over HTTP, and do nothing while nothing happens', async () => {
    const clock = openSystemClock(1_000);
    const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 1_000 });
    const { url } = await cluster.start();
    try {
      expect((await cluster.start()).url).toBe(url);
      const client = openKubeClient({ url, userAgent: 'test' });
      const path = '/api/v1/nodes';
      const { version } = cluster.store;
      const list = await client.request<List<Node>>({ method: 'GET', path });
      expect(list.items).toHaveLength(1_000);
      expect(cluster.store.version).toBe(version);
      expect(cluster.requests.totals().get('test')).toBe(1);
    } finally {
      await cluster.stop();
      await cluster.stop();
    }
  });

  test('a fleet of pulls on a thousand nodes leaves the image everywhere', async () => {
    const virtual = openVirtualCluster({ nodes: 1_000 });
    for (const node of virtual.cluster.nodeNames()) {
      virtual.createPod({ name: `pull-${node}`, image: 'a.example/a:1', node });
    }
    const { record } = virtual.cluster;
    await virtual.clock.runUntil(() => record.livePods() === 0, 600_000);
    expect(record.pulls()).toHaveLength(1_000);
    expect(record.duplicatePulls()).toBe(0);
    expect(record.peakConcurrentPulls()).toEqual({ cluster: 1_000, perImage: 1_000, perNode: 1 });
  });
});
