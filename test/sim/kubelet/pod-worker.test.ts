import { describe, expect, test } from 'vitest';
import { openVirtualCluster, type VirtualCluster } from './virtual-cluster.ts';

const missing = 'a.example/missing:1';
const tenSeconds = { kind: 'fixed', pullTimeMs: 10_000 } as const;

/** What happened to one pod, without times and repetitions. */
function story(cluster: VirtualCluster, name: string): readonly string[] {
  const own = cluster.log
    .map((line) => line.split(' '))
    .filter(([, pod]) => pod === name)
    .map(([, , ...what]) => what.join(' '));
  return own.filter((what, index) => what !== own[index - 1]);
}

describe('PodWorker', () => {
  test('a pull pod goes through the states of a real one', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    await virtual.clock.advance(60_000);
    expect(story(virtual, 'a')).toEqual([
      'Pending',
      'Pending/ContainerCreating',
      'Running',
      'Running/Completed',
      'Succeeded/Completed',
    ]);
    const [status] = virtual.findPod('a')?.status?.containerStatuses ?? [];
    expect(status?.imageID).toMatch(/^a\.example\/b@sha256:[0-9a-f]{64}$/);
  });

  test('an image without an executable is there when its start fails', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.cluster.registry.push('a.example/scratch:1', { hasExecutable: false });
    virtual.createPod({ name: 'a', image: 'a.example/scratch:1' });
    await virtual.clock.advance(60_000);
    expect(story(virtual, 'a').slice(2)).toEqual(['Pending/StartError', 'Failed/StartError']);
    expect(virtual.cluster.node('node-01').images()).toHaveLength(1);
  });

  test('a failing pull alternates as on the test bed, with longer and longer back-offs', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.registry.refuse('a.example/missing', 'missing');
    virtual.createPod({ name: 'a', image: missing });
    await virtual.clock.advance(100_000);
    const reasons = story(virtual, 'a').slice(2, 8);
    expect(reasons).toEqual([
      'Pending/ErrImagePull',
      'Pending/ImagePullBackOff',
      'Pending/ErrImagePull',
      'Pending/ImagePullBackOff',
      'Pending/ErrImagePull',
      'Pending/ImagePullBackOff',
    ]);
    await virtual.clock.advance(3_600_000);
    const startsMs = virtual.cluster.record.pulls().map((pull) => pull.startedAtMs);
    const gapsMs = startsMs.slice(1).map((startMs, index) => startMs - (startsMs[index] ?? 0));
    // The back-off, and up to 15 s until the next sync notices that it is over.
    for (const [index, backOffMs] of [10_000, 20_000, 40_000, 80_000, 160_000, 300_000].entries()) {
      expect(gapsMs[index]).toBeGreaterThanOrEqual(backOffMs);
      expect(gapsMs[index]).toBeLessThanOrEqual(backOffMs + 15_000);
    }
    expect(gapsMs.at(-1)).toBeLessThanOrEqual(315_000);
  });

  test('an image that turns up ends the back-off', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.cluster.registry.refuse('a.example/missing', 'missing');
    virtual.createPod({ name: 'a', image: missing });
    await virtual.clock.advance(5_000);
    virtual.cluster.registry.accept('a.example/missing');
    await virtual.clock.runUntil(() => virtual.describePod('a') === 'Succeeded/Completed', 60_000);
  });

  test('a new pod starts with a back-off of its own', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.registry.refuse('a.example/missing', 'missing');
    virtual.createPod({ name: 'a', image: missing });
    await virtual.clock.advance(200_000);
    const pulls = virtual.cluster.record.pulls().length;
    virtual.createPod({ name: 'b', image: missing });
    await virtual.clock.advance(2_000);
    expect(virtual.cluster.record.pulls().length).toBe(pulls + 1);
  });

  test('deleted gracefully in mid-pull it stays until the pull is over', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    await virtual.clock.advance(3_000);
    virtual.deletePod('a');
    await virtual.clock.advance(6_000);
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating (Terminating)');
    await virtual.clock.runUntil(() => virtual.findPod('a') === undefined, 5_000);
    expect(story(virtual, 'a').slice(-2)).toEqual(['Succeeded/Completed (Terminating)', 'gone']);
    expect(virtual.cluster.record.pulls()).toMatchObject([{ outcome: 'succeeded' }]);
  });

  test('deleted before its pull began it pulls all the same once its sandbox is being made', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    await virtual.clock.runUntil(
      () => virtual.describePod('a') === 'Pending/ContainerCreating',
      1_000,
    );
    expect(virtual.cluster.record.pulls()).toHaveLength(0);
    virtual.deletePod('a');
    await virtual.clock.advance(60_000);
    expect(virtual.cluster.record.pulls()).toMatchObject([{ outcome: 'succeeded' }]);
    expect(virtual.describePod('a')).toBe('gone');
  });

  test('deleted before its kubelet has seen it, it pulls nothing', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    virtual.deletePod('a');
    await virtual.clock.advance(5_000);
    expect(virtual.describePod('a')).toBe('gone');
    expect(virtual.cluster.record.pulls()).toHaveLength(0);
  });

  test('deleted with grace 0 it is gone at once, and its pull goes on unseen', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    await virtual.clock.advance(3_000);
    virtual.deletePod('a', 0);
    expect(virtual.findPod('a')).toBeUndefined();
    await virtual.clock.advance(60_000);
    expect(virtual.cluster.node('node-01').images()).toHaveLength(1);
    expect(story(virtual, 'a').at(-1)).toBe('gone');
  });

  test('deleted in back-off it ends as a pod whose container was never found', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.registry.refuse('a.example/missing', 'missing');
    virtual.createPod({ name: 'a', image: missing });
    await virtual.clock.advance(5_000);
    virtual.deletePod('a');
    await virtual.clock.runUntil(() => virtual.findPod('a') === undefined, 2_000);
    expect(story(virtual, 'a').slice(-2)).toEqual([
      'Failed/ContainerStatusUnknown (Terminating)',
      'gone',
    ]);
  });

  test('a sleeping container runs its time, and is killed when its pod is deleted', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'short', image: 'a.example/b:1', command: ['sleep', '20'] });
    virtual.createPod({ name: 'long', image: 'a.example/b:1', command: ['sleep', '9999'] });
    await virtual.clock.advance(20_000);
    expect(virtual.describePod('short')).toBe('Running');
    await virtual.clock.advance(20_000);
    expect(virtual.describePod('short')).toBe('Succeeded/Completed');
    virtual.deletePod('long');
    await virtual.clock.advance(5_000);
    expect(story(virtual, 'long').slice(-2)).toEqual(['Failed/Error (Terminating)', 'gone']);
  });

  test('a second container that a webhook put there is pulled after the first', async () => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({
      name: 'a',
      image: 'a.example/b:1',
      moreContainers: [{ name: 'sidecar', image: 'a.example/c:1', command: ['true'] }],
    });
    await virtual.clock.advance(15_000);
    expect(virtual.findPod('a')?.status?.phase).toBe('Pending');
    await virtual.clock.advance(15_000);
    expect(virtual.findPod('a')?.status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ name: 'pull' }, { name: 'sidecar' }],
    });
  });

  test.for([
    { context: { runAsNonRoot: true }, ends: 'Pending/CreateContainerConfigError' },
    { context: { runAsNonRoot: true, runAsUser: 65_532 }, ends: 'Succeeded/Completed' },
  ])('an image of root under $context', async ({ context, ends }) => {
    const virtual = openVirtualCluster({ speed: tenSeconds });
    virtual.createPod({ name: 'a', image: 'a.example/b:1', securityContext: context });
    await virtual.clock.advance(60_000);
    expect(virtual.describePod('a')).toBe(ends);
  });

  test.for([
    { policy: 'Never', image: 'a.example/b:1', reason: 'Pending/ErrImageNeverPull' },
    { policy: 'IfNotPresent', image: 'NOT AN IMAGE', reason: 'Pending/InvalidImageName' },
  ])('$reason stays and pulls nothing', async ({ policy, image, reason }) => {
    const virtual = openVirtualCluster();
    virtual.createPod({ name: 'a', image, policy });
    await virtual.clock.advance(120_000);
    expect(virtual.describePod('a')).toBe(reason);
    expect(virtual.cluster.record.pulls()).toHaveLength(0);
  });
});
