// The agents of the bench as a process of its own, which its parent starts with one message and which tells it every
// quarter of a second how many have a session. They are real agents, each with a session and two watches over sockets.

import { setMaxListeners } from 'node:events';
import { Agent } from '../../agent/agent.ts';
import { openGrpcTransport } from '../../agent/transport.ts';
import { openSystemClock, waitFor } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import { openLog } from '../../shared/log.ts';
import type { FleetOptions, FleetReport } from './fleet.ts';
import { dialInTurns, Turns } from './turns.ts';

// A DaemonSet does not come up in one instant either.
const startedPerBatch = 100;
const betweenBatchesMs = 200;
// Each report looks at every agent.
const reportEveryMs = 250;

/** Less than the coordinator's places for handshakes. */
const maxDialling = 60;

const clock = openSystemClock();
const log = openLog('agent', 'silent');
const life = new AbortController();
setMaxListeners(0, life.signal);

process.once('message', (options: FleetOptions) => void run(options));
process.once('disconnect', () => process.exit(0));

async function run({ nodeNames, apiServer, hosts, port, ...options }: FleetOptions): Promise<void> {
  const kube = openKubeClient({ url: apiServer, userAgent: 'forehold-agent' });
  const agents: Agent[] = [];
  const turns = new Turns(maxDialling);
  void report(agents);
  for (const nodeName of nodeNames) {
    const { begin, openStream } = dialInTurns(turns, openGrpcTransport(options.tls, life.signal));
    const agent = new Agent({
      ...options,
      nodeName,
      kube,
      clock,
      log,
      random: Math.random,
      coordinator: `coordinators:${port}`,
      openStream,
      resolve: async () => {
        await begin();
        return hosts;
      },
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
