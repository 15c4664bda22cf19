// A drain in mid-pull: a pull cannot be stopped, and a drain need not wait for it. The pod goes at once, the pull goes on
// and stays counted until it is over (kubernetes-facts D16).

import { expect, test } from 'vitest';
import { expectFetchedOnce, slowSize, withRate } from '../cases/pulls.ts';
import { runCommand } from '../harness/commands.ts';
import type { TestImage } from '../harness/images.ts';
import { isLive } from '../harness/inspector.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { printFigure } from '../harness/skip.ts';
import { until } from '../harness/until.ts';

const maxDrainSeconds = 10;
const pullDeadlineMs = 120_000;

export function testDrain(stack: () => ReleaseStack): void {
  test('kubectl drain in mid-pull returns within 10 s, and the pull is counted until it is over', async () => {
    const { images, front, kube } = stack();
    const image = await images.push('drained', slowSize(stack(), 4, 16));
    const nodeName = await findFollowerNode(stack());
    if (typeof front !== 'string') await front.resetCounts();
    try {
      await withRate(stack(), '16mbit', async () => {
        await images.want({ drained: { image: image.name } });
        const lease = await waitForPull(stack(), image, nodeName);
        const startedAtMs = performance.now();
        await kube.kubectl(['drain', nodeName, '--ignore-daemonsets', '--timeout=50s']);
        const seconds = (performance.now() - startedAtMs) / 1_000;
        printFigure('seconds_drain_in_mid_pull', seconds.toFixed(1));
        expect(seconds).toBeLessThan(maxDrainSeconds);
        expect(await isOnNode(stack(), nodeName, image)).toBe(false);
        expect(isLive(await stack().inspector.lease(lease))).toBe(true);
        await until('the lease ended', pullDeadlineMs, async () => {
          const now = await stack().inspector.lease(lease);
          // Asked after the lease: what is live while the image is there is only late, the other way round would be wrong.
          return !isLive(now);
        });
        expect(await isOnNode(stack(), nodeName, image)).toBe(true);
      });
    } finally {
      await kube.kubectl(['uncordon', nodeName]);
    }
    await images.waitUntilReady('drained', pullDeadlineMs);
    await expectFetchedOnce(stack(), [image]);
    await images.delete('drained');
  });
}

/** A node without the leading coordinator, whose own move would be another story. */
async function findFollowerNode({ release, nodes }: ReleaseStack): Promise<string> {
  const [leader] = await release.findCoordinators();
  const other = nodes.find(({ metadata }) => metadata.name !== leader?.spec.nodeName);
  return other?.metadata.name ?? '';
}

/** Id of the lease whose kubelet has begun to fetch. */
async function waitForPull(
  stack: ReleaseStack,
  image: TestImage,
  nodeName: string,
): Promise<string> {
  const { front, inspector, nodes } = stack;
  return until(`${nodeName} pulls`, pullDeadlineMs, async () => {
    const leases = await inspector.leases(image.reference);
    if (typeof front !== 'string') {
      const pulling = [...(await front.counts()).manifestsByNode.values()];
      if (pulling.length < nodes.length) return false;
    }
    return leases.find((lease) => lease.nodeName === nodeName)?.id;
  });
}

/** By the node's own runtime: the moment at which the pull is over. */
async function isOnNode(
  { environment }: ReleaseStack,
  nodeName: string,
  image: TestImage,
): Promise<boolean> {
  const program = environment.testbed?.program ?? '';
  const list = ['in', nodeName.slice(1), 'ctr', '--namespace', 'k8s.io', 'images', 'list', '-q'];
  const names = await runCommand(program, list);
  return names.split('\n').includes(image.reference);
}
