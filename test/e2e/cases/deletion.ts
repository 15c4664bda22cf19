// A pull cannot be taken back: its CachedImage deleted, the pods go, but the lease ends only when the kubelet is done.

import { expect, test } from 'vitest';
import { KubeError } from '../../../shared/kube-client.ts';
import type { Pod } from '../../../shared/kube-types.ts';
import { defaultPullNamespace } from '../../../shared/names.ts';
import { isLive, type ShownLease } from '../harness/inspector.ts';
import { skipWithout } from '../harness/skip.ts';
import type { Stack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';
import { expectFetchedOnce, slowSize, withRate } from './pulls.ts';

const pullDeadlineMs = 90_000;

export function testDeletion(stack: () => Stack): void {
  test('a CachedImage deleted in mid-pull: pods go, leases end with the kubelet', async (context) => {
    skipWithout(context, 'grpcurl');
    const { images, front, inspector, nodes, pods } = stack();
    const image = await images.push('deleted', slowSize(stack(), 3, 8));
    if (typeof front !== 'string') await front.resetCounts();
    await withRate(stack(), '16mbit', async () => {
      await images.want({ deleted: { image: image.name } });
      const leases = await until('a lease of every node is held', pullDeadlineMs, async () => {
        const shown = await inspector.leases(image.reference);
        const held = shown.filter((lease) => lease.phase === 'LEASE_PHASE_HELD');
        return held.length === nodes.length && held;
      });
      await images.delete('deleted');
      await until('every pod is Terminating', 10_000, () =>
        pods.of(image.reference).every((pod) => pod.deletingAtMs !== undefined),
      );
      const liveSeen = await Promise.all(leases.map((lease) => followToItsEnd(stack(), lease)));
      // The kubelets go on for seconds; a lease that ended with the deletion would be seen live never.
      if (typeof front !== 'string') expect(Math.min(...liveSeen)).toBeGreaterThan(5);
    });
    await until('every pod is gone', 20_000, () =>
      pods.of(image.reference).every((pod) => pod.goneAtMs !== undefined),
    );
    expect(pods.of(image.reference).length).toBe(nodes.length);
    await expectFetchedOnce(stack(), [image]);
  });
}

/** Resolves with how often the lease was seen live while its pod was Terminating. */
async function followToItsEnd(stack: Stack, lease: ShownLease): Promise<number> {
  const livePhases: string[] = [];
  const ended = await until(`lease ${lease.id} ended`, pullDeadlineMs, async () => {
    const now = await stack.inspector.lease(lease.id);
    if (isLive(now)) livePhases.push(now.phase);
    return !isLive(now) && now;
  });
  expect(ended.phase).toBe('LEASE_PHASE_ENDED');
  expect(livePhases.filter((phase) => phase !== 'LEASE_PHASE_REVOKING')).toEqual([]);
  // Asked after the lease's end, so that no order of watches can excuse a pod that still pulls: the object is gone, or
  // the kubelet has said that it is done and is about to remove it.
  const phase = (await findPod(stack, lease))?.status?.phase ?? 'gone';
  expect(['gone', 'Succeeded', 'Failed']).toContain(phase);
  return livePhases.length;
}

async function findPod(stack: Stack, lease: ShownLease): Promise<Pod | undefined> {
  try {
    const path = `/api/v1/namespaces/${defaultPullNamespace}/pods/${lease.podName}`;
    const pod = await stack.kube.get<Pod>(path);
    return pod.metadata.uid === lease.podUid ? pod : undefined;
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}
