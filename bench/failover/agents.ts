// The agents of the bench as a process of its own, which its parent starts with one message and which tells every tenth
// of a second how many have a session. They are real agents, each with a session and two watches over sockets.

import { setMaxListeners } from 'node:events';
import { Agent } from '../../agent/agent.ts';
import { openSystemClock, waitFor } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import { openLog } from '../../shared/log.ts';
import type { FleetOptions, FleetReport } from './fleet.ts';

// A DaemonSet does not come up in one instant either.
const startedPerBatch = 100;
const betweenBatchesMs = 200;
const reportEveryMs = 100;

const clock = openSystemClock();
const log = openLog('agent', 'silent');
const life = new AbortController();
setMaxListeners(0, life.signal);

process.once('message', (options: FleetOptions) => void run(options));
process.once('disconnect', () => process.exit(0));

async function run({ nodeNames, apiServer, hosts, port, ...options }: FleetOptions): Promise<void> {
  const kube = openKubeClient({ url: apiServer, userAgent: 'forehold-agent' });
  const agents: Agent[] = [];
  void report(agents);
  for (const nodeName of nodeNames) {
    const agent = new Agent({
      ...options,
      nodeName,
      kube,
      clock,
      log,
      random: Math.random,
      coordinator: `coordinators:${port}`,
      resolve: () => Promise.resolve(hosts),
    });
    agents.push(agent);
    agent.run(life.signal).catch((error: unknown) => {
      throw error;
    });
    if (agents.length % startedPerBatch === 0) await waitFor(clock, betweenBatchesMs, life.signal);
  }
}

async function report(agents: readonly Agent[]): Promise<never> {
  for (;;) {
    const connected = agents.filter((agent) => agent.view().connected).length;
    const told: FleetReport = { connected };
    process.send?.(told);
    await waitFor(clock, reportEveryMs, life.signal);
  }
}
