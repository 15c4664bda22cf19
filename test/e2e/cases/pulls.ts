// Real pulls by real kubelets: what becomes Ready, by which pods, and what does not.

import { expect, test } from 'vitest';
import { managedBy } from '../../../shared/names.ts';
import type { TestImage } from '../harness/images.ts';
import type { PodRecord } from '../harness/pod-watch.ts';
import { skipWithout } from '../harness/skip.ts';
import type { Stack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';

const mebibyte = 1_048_576;
const readyDeadlineMs = 90_000;

export function testPulls(stack: () => Stack): void {
  test('an image of 8 layers becomes Ready on every node, by one pinned pod each', async () => {
    const { images, front } = stack();
    const image = await images.push('eight', { layers: 8, layerBytes: mebibyte });
    if (typeof front !== 'string') await front.resetCounts();
    await images.want({ eight: { image: image.name } });
    await images.waitUntilReady('eight', readyDeadlineMs);
    await expectOnePodPerNode(stack(), image);
    await expectFetchedOnce(stack(), [image]);
    const columns = (await stack().kube.kubectl(['get', 'cimg', 'eight', '--no-headers'])).trim();
    const nodeCount = stack().nodes.length;
    expect(columns.split(/\s+/).slice(0, 5)).toEqual([
      'eight',
      image.name,
      '1',
      'Cached',
      `${nodeCount}/${nodeCount}`,
    ]);
  });

  test('an image without any executable becomes Ready on every node', async () => {
    const { images } = stack();
    const image = await images.push('bare', { layers: 1, layerBytes: mebibyte }, false);
    await images.want({ bare: { image: image.name, imagePullPolicy: 'IfNotPresent' } });
    const status = await images.waitUntilReady('bare', readyDeadlineMs);
    expect(status.cachedNodes).toEqual(stack().nodes.map((node) => node.metadata.name));
    expect(status.conditions).toMatchObject([{ reason: 'Cached' }, { reason: 'Complete' }]);
    await expectOnePodPerNode(stack(), image);
  });

  test('a missing image turns Degraded and disturbs no other', async () => {
    const { images } = stack();
    const there = await images.push('there', { layers: 1, layerBytes: mebibyte });
    const missing = images.describe('missing');
    // Both at once, the missing one first in line.
    await images.want({
      missing: { image: missing.name, priority: -1 },
      there: { image: there.name },
    });
    await images.waitUntilReady('there', readyDeadlineMs);
    await until('the missing image is given up by every node', readyDeadlineMs, async () => {
      const { phase, nodesFailed, nodesPulling, conditions } = await images.status('missing');
      const found = JSON.stringify({ phase, nodesFailed, nodesPulling, conditions });
      if (phase !== 'Degraded' || nodesFailed !== stack().nodes.length) throw new Error(found);
      expect(conditions).toMatchObject([
        { type: 'Ready', status: 'False', reason: 'ImageNotFound' },
        { type: 'PullProgress', reason: 'Stalled' },
      ]);
      return true;
    });
    await images.delete('missing');
  });

  test('a lease is shown by grpcurl while its pull goes on', async (context) => {
    skipWithout(context, 'grpcurl');
    const { images, inspector, pods, nodes } = stack();
    const image = await images.push('shown', slowSize(stack(), 2, 6));
    await withRate(stack(), '16mbit', async () => {
      await images.want({ shown: { image: image.name } });
      const leases = await until('a lease of every node is held', readyDeadlineMs, async () => {
        const shown = await inspector.leases(image.reference);
        const held = shown.filter((lease) => lease.phase === 'LEASE_PHASE_HELD');
        return held.length === nodes.length && held;
      });
      expect(leases.map((lease) => lease.nodeName).sort()).toEqual(nodeNames(stack()));
      for (const lease of leases) {
        const pod = pods.of(image.reference).find((record) => record.uid === lease.podUid);
        expect(lease).toMatchObject({ image: image.reference, podName: pod?.name });
        expect(pod).toMatchObject({ nodeName: lease.nodeName, terminalAtMs: undefined });
        expect(Number.parseFloat(lease.age ?? '')).toBeGreaterThan(0);
      }
      await images.waitUntilReady('shown', readyDeadlineMs);
    });
    // An image is known to be there a moment before its pod has ended, and with it the lease.
    await until('no lease of it is live', 10_000, async () => {
      const left = await inspector.leases(image.reference);
      return left.length === 0;
    });
  });
}

// Where links cannot be slowed, only bytes make a pull last.
const elsewhereFactor = 12;

/** Size of an image whose pull lasts long enough to meddle with: on the test bed at the rates given to `withRate`. */
export function slowSize(
  stack: Stack,
  layers: number,
  layerMebibytes: number,
): { readonly layers: number; readonly layerBytes: number } {
  const factor = typeof stack.front === 'string' ? elsewhereFactor : 1;
  return { layers, layerBytes: layerMebibytes * factor * mebibyte };
}

/** Runs `act` on slowed links where that can be done, and at full speed elsewhere. */
export async function withRate(
  stack: Stack,
  rate: string,
  act: () => Promise<void>,
): Promise<void> {
  const { front } = stack;
  if (typeof front === 'string') return act();
  await front.setRate(rate);
  try {
    await act();
  } finally {
    await front.setRate('off');
  }
}

/** Exactly one pull pod per node, pinned to it, owned by its Node. */
export async function expectOnePodPerNode(stack: Stack, image: TestImage): Promise<void> {
  const records = stack.pods.of(image.reference);
  expect(records.map((record) => record.nodeName).sort()).toEqual(nodeNames(stack));
  for (const record of records) expectPullPod(stack, record);
}

/** Every node fetched every blob of these images exactly once since the counts were reset. */
export async function expectFetchedOnce(stack: Stack, images: readonly TestImage[]): Promise<void> {
  const { front, nodes } = stack;
  if (typeof front === 'string') return;
  const counts = await front.counts();
  for (const image of images)
    expect(counts.blobsByRepository.get(image.repository)).toBe(image.blobs * nodes.length);
  const perNode = images.reduce((sum, image) => sum + image.blobs, 0);
  expect([...counts.blobsByNode.values()]).toEqual(nodes.map(() => perNode));
}

function expectPullPod(stack: Stack, record: PodRecord): void {
  const node = stack.nodes.find((candidate) => candidate.metadata.name === record.nodeName);
  const { metadata } = record.last;
  expect(metadata.labels?.['app.kubernetes.io/managed-by']).toBe(managedBy);
  const owner = { kind: 'Node', uid: node?.metadata.uid, controller: true };
  const daemonSet = { kind: 'DaemonSet', name: 'forehold-agent', controller: false };
  // Only a release has a DaemonSet.
  const owners = stack.programs.form === 'release' ? [owner, daemonSet] : [owner];
  expect(metadata.ownerReferences).toEqual(owners.map((one) => expect.objectContaining(one)));
  expect(metadata.annotations?.['forehold.dev/lease']).toMatch(/^\d+-\d+$/);
}

function nodeNames(stack: { nodes: Stack['nodes'] }): readonly string[] {
  return stack.nodes.map((node) => node.metadata.name).sort();
}
