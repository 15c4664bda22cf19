// From the previous commit's chart and image to this one's and back, with leases live: programs come and go, pulls do not.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'vitest';
import { expectFetchedOnce, expectOnePodPerNode, slowSize, withRate } from '../cases/pulls.ts';
import { runCommand } from '../harness/commands.ts';
import { root } from '../harness/environment.ts';
import { chartFolder } from '../harness/release.ts';
import { bakeImage } from '../harness/release-image.ts';
import { type ReleaseStack, waitForRollOut } from '../harness/release-stack.ts';
import { printFigure, skipBecause } from '../harness/skip.ts';
import { until } from '../harness/until.ts';

const pullDeadlineMs = 60_000;
const readyDeadlineMs = 180_000;
const previousTag = 'previous';

export function testUpgrade(stack: () => ReleaseStack): void {
  test('an upgrade from the previous commit and a rollback lose no lease and pull nothing twice', async (context) => {
    const { release, environment } = stack();
    const folder = await extractPrevious(stack());
    if (folder === undefined) return skipBecause(context, 'git knows no previous commit here');
    await bakeImage(folder, environment.registry, previousTag);
    await release.install({ 'image.tag': previousTag }, chartFolder(folder));
    await waitForRollOut(stack());
    await changeInMidPull(stack(), 'upgraded', () => release.install());
    await changeInMidPull(stack(), 'rolled-back', () => release.helm(['rollback', 'forehold']));
    await release.install();
    await waitForRollOut(stack());
  });
}

async function changeInMidPull(
  stack: ReleaseStack,
  name: string,
  change: () => Promise<string>,
): Promise<void> {
  const { images, front, inspector, nodes } = stack;
  const image = await images.push(name, slowSize(stack, 4, 12));
  if (typeof front !== 'string') await front.resetCounts();
  await withRate(stack, '16mbit', async () => {
    await images.want({ [name]: { image: image.name } });
    await until('a lease of every node is held', pullDeadlineMs, async () => {
      const leases = await inspector.leases(image.reference);
      const held = leases.filter((lease) => lease.phase === 'LEASE_PHASE_HELD');
      return held.length === nodes.length;
    });
    const startedAtMs = performance.now();
    await change();
    await waitForRollOut(stack);
    await images.waitUntilReady(name, readyDeadlineMs);
    printFigure(`seconds_${name}`, ((performance.now() - startedAtMs) / 1_000).toFixed(1));
  });
  await expectOnePodPerNode(stack, image);
  await expectFetchedOnce(stack, [image]);
  await images.delete(name);
}

/** A copy of the commit before; undefined where git has none, such as in a shallow clone. */
async function extractPrevious({ folder }: ReleaseStack): Promise<string | undefined> {
  const target = join(folder, 'previous');
  const archive = join(folder, 'previous.tar');
  await mkdir(target);
  try {
    await runCommand('git', ['-C', root, 'archive', '--output', archive, 'HEAD^']);
  } catch {
    return undefined;
  }
  await runCommand('tar', ['-xf', archive, '-C', target]);
  return target;
}
