// On the test bed a run takes its images off the nodes again: node status shows the 50 largest images only, and a later
// run's small ones would never appear among those of earlier runs.

import { runCommand } from './commands.ts';
import type { Testbed } from './environment.ts';
import { runRepositoryPrefix } from './images.ts';

const ctr = ['ctr', '--namespace', 'k8s.io', 'images'];

/** Removes what any run of the suite left on the nodes. */
export function removeRunImages(
  testbed: Testbed | undefined,
  nodeNames: readonly string[],
): Promise<void> {
  return removeImages(testbed, nodeNames, runRepositoryPrefix);
}

/** Removes images whose repository begins so, registry aside; the test bed calls every node nN. */
export async function removeImages(
  testbed: Testbed | undefined,
  nodeNames: readonly string[],
  prefix: string,
): Promise<void> {
  if (testbed === undefined) return;
  await Promise.all(nodeNames.map((name) => removeFrom(testbed, name.slice(1), prefix)));
}

async function removeFrom(testbed: Testbed, node: string, prefix: string): Promise<void> {
  const list = await runCommand(testbed.program, ['in', node, ...ctr, 'list']);
  const rows = list.split('\n').map((line) => line.split(/\s+/));
  const own = rows.filter(([name = '']) => name.includes(`/${prefix}`));
  // By digest, because the kubelet's own name of an image is a hash without a repository.
  const digests = new Set(own.map((row) => row[2]));
  const names = rows.filter((row) => digests.has(row[2])).map(([name = '']) => name);
  if (names.length > 0) await runCommand(testbed.program, ['in', node, ...ctr, 'remove', ...names]);
}
