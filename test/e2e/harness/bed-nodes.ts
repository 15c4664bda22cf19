// Trouble for one node of the test bed: kubelet and container runtime stopped or killed together, and set going again
// whatever becomes of the test. Pods and links stay as they are.

import { onTestFinished } from 'vitest';
import { runCommand } from './commands.ts';
import type { Testbed } from './environment.ts';

/** SIGSTOP, or SIGKILL. */
export type NodeTrouble = 'freeze' | 'kill';

const remedies = { freeze: 'thaw', kill: 'join' } as const;

/** Resolves, once the trouble is there, with what ends it; at the latest the end of the test does. */
export async function troubleNode(
  testbed: Testbed,
  nodeName: string,
  trouble: NodeTrouble,
): Promise<() => Promise<void>> {
  // The test bed calls every node nN.
  const node = nodeName.slice(1);
  let isTroubled = true;
  const end = async (): Promise<void> => {
    if (!isTroubled) return;
    await runCommand(testbed.program, [remedies[trouble], node]);
    isTroubled = false;
  };
  onTestFinished(end);
  await runCommand(testbed.program, [trouble, node]);
  return end;
}
