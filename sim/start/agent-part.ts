// The agents of the run: one for each node, as its DaemonSet would start them, all in this process.

import { Agent, type AgentOptions } from '../../agent/agent.ts';

export interface AgentSettings extends Omit<AgentOptions, 'nodeName' | 'random'> {
  readonly nodeNames: readonly string[];
  /** Each agent draws its own numbers. */
  readonly openRandom: (nodeName: string) => () => number;
}

/**
 * Resolves when all have stopped after the signal.
 * @throws what broke one of them
 */
export async function runAgents(settings: AgentSettings, signal: AbortSignal): Promise<void> {
  const { nodeNames, openRandom, ...options } = settings;
  await Promise.all(
    nodeNames.map((nodeName) =>
      new Agent({ ...options, nodeName, random: openRandom(nodeName) }).run(signal),
    ),
  );
}
