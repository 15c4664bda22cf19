// The agent's process: settings in, one Agent and its HTTP side, out again within two seconds of SIGTERM. The only
// place of the agent that exits.

import './lean.ts';

import { openSystemClock } from '../shared/clock.ts';
import { ConfigError } from '../shared/env.ts';
import { startHttpServer } from '../shared/http-server.ts';
import { openKubeClient } from '../shared/kube-client.ts';
import { type Log, openLog } from '../shared/log.ts';
import { Agent } from './agent.ts';
import { type AgentConfig, readConfig, usage } from './config.ts';
import { openAgentMetrics } from './metrics.ts';

// Requests and streams break off at once; this is for what still hangs then.
const exitPatienceMs = 1_500;

const clock = openSystemClock();

process.exit(await main());

async function main(): Promise<number> {
  const [argument] = process.argv.slice(2);
  if (argument === '--help') {
    process.stdout.write(usage);
    return 0;
  }
  if (argument !== undefined) return refuse([`unknown argument "${argument}": there is --help`]);
  try {
    const config = readConfig(process.env, clock);
    return await run(config, openLog('agent', config.logLevel));
  } catch (error) {
    if (error instanceof ConfigError) return refuse(error.problems);
    throw error;
  }
}

function refuse(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return 2;
}

async function run(config: AgentConfig, log: Log): Promise<number> {
  try {
    await serve(config, log);
    return 0;
  } catch (error) {
    log.error({ err: error }, 'agent failed');
    return 1;
  }
}

async function serve(config: AgentConfig, log: Log): Promise<void> {
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
