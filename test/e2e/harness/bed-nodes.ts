// Trouble for one node of the test bed: kubelet and container runtime stopped or killed together, and set going again
// whatever becomes of the test. Pods and links stay as they are.

import { onTestFinished } from 'vitest';
import { runCommand } from './commands.ts';
import type { Testbed } from './environment.ts';
import { until } from './until.ts';

/** SIGSTOP, or SIGKILL. */
export type NodeTrouble = 'freeze' | 'kill';

const joinTimeoutMs = 60_000;
const restartDeadlineMs = 240_000;

/** Resolves, once the trouble is there, with what ends it; at the latest the end of the test does. */
export async function troubleNode(
  testbed: Testbed,
  nodeName: string,
  trouble: NodeTrouble,
): Promise<() => Promise<void>> {
  let isTroubled = true;
  const end = async (): Promise<void> => {
    if (!isTroubled) return;
    if (trouble === 'kill') await restartNode(testbed, nodeName);
    else await runCommand(testbed.program, ['thaw', numberOf(nodeName)]);
    isTroubled = false;
  };
  onTestFinished(end);
  await runCommand(testbed.program, [trouble, numberOf(nodeName)]);
  return end;
}

/**
 * Kills what runs of kubelet and container runtime, and starts both. Again and again until both run: a kubelet whose
 * runtime takes longer than 10 s (a killed one was seen to keep its database locked for a minute after a SIGKILL) ends at
 * once, and nothing on the test bed starts it again.
 */
export async function restartNode(testbed: Testbed, nodeName: string): Promise<void> {
  const node = numberOf(nodeName);
  await until(`the kubelet of ${nodeName} runs again`, restartDeadlineMs, async () => {
    await runCommand(testbed.program, ['kill', node]);
    await runCommand(testbed.program, ['join', node], { timeoutMs: joinTimeoutMs });
    return true;
  });
}

/** The test bed calls every node nN. */
function numberOf(nodeName: string): string {
  return nodeName.slice(1);
}
