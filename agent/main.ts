// The agent's process: settings in, one Agent and its HTTP side, out again within two seconds of SIGTERM. The only
// place of the agent that exits.

import './lean.ts';

import { type Clock, openSystemClock } from '../shared/clock.ts';
import { ConfigError } from '../shared/env.ts';
import { startHttpServer } from '../shared/http-server.ts';
import { openKubeClient } from '../shared/kube-client.ts';
import { openLog } from '../shared/log.ts';
import { Agent } from './agent.ts';
import { type AgentConfig, readConfig } from './config.ts';
import { openAgentMetrics } from './metrics.ts';

// Requests and streams break off at once; this is for what still hangs then.
const exitPatienceMs = 1_500;

process.exit(await main());

async function main(): Promise<number> {
  const clock = openSystemClock();
  try {
    await run(readConfig(process.env, clock), clock);
    return 0;
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : [String(error)];
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    return error instanceof ConfigError ? 2 : 1;
  }
}

async function run(config: AgentConfig, clock: Clock): Promise<void> {
  const log = openLog('agent', config.logLevel);
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => {
      stopping.abort(new Error(`stopped by ${name}`));
      clock.startTimer(exitPatienceMs, () => process.exit(1));
    });
  const kube = openKubeClient(config.endpoint);
  const agent = new Agent({ ...config, kube, clock, random: Math.random, log });

  const metrics = openAgentMetrics(() => agent.view());
  const http = await startHttpServer({
    ...config.http,
    metrics: () => metrics.metrics(),
    notReady: () => (agent.view().connected ? undefined : 'no session with the coordinator'),
    log,
  });
  const { nodeName, coordinator } = config;
  log.info({ node: nodeName, coordinator, httpPort: http.port }, 'agent started');
  try {
    await agent.run(stopping.signal);
    log.info({ node: nodeName }, 'agent stopped');
  } finally {
    await http.stop();
  }
}
