// Two coordinators as processes of their own, thousands of agents with TLS sessions, pulls under way all the time; then
// the leader is killed. Measured: when the other one leads, offers, and has every session back, whether leadership
// was lost a second time, and what a coordinator costs before and after.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSystemClock, waitFor } from '../shared/clock.ts';
import { writeCertificates } from './failover/certificates.ts';
import { CoordinatorProcess, findForm } from './failover/coordinator-process.ts';
import { Fleet } from './failover/fleet.ts';
import { Ground } from './failover/ground.ts';
import { judge } from './failover/verdict.ts';
import type { BenchOptions, Findings } from './main.ts';

const hosts = ['127.0.0.1', '127.0.0.2'] as const;
const port = 17_443;
const serverName = 'coordinators';
const httpPorts = [17_480, 17_481] as const;
const defaultAgents = 5_000;
const maxAgents = 10_000;

/** How long the figures of an undisturbed coordinator are taken. */
const steadyMs = 5_000;
/** How long leadership has to stay where it went. */
const aftermathMs = 40_000;

/** Kubelets tell their images within that time. */
const reportLagMs = 40_000;

const clock = openSystemClock();

export async function runFailover({ values, say }: BenchOptions): Promise<Findings> {
  const agents = Number(values.get('agents') ?? defaultAgents);
  if (!Number.isInteger(agents) || agents < 1 || agents > maxAgents)
    throw new Error(`cannot run ${values.get('agents')} agents: 1 to ${maxAgents} can be`);
  const folder = mkdtempSync(join(tmpdir(), 'forehold-failover-'));
  const ground = new Ground(clock, agents);
  const coordinators: CoordinatorProcess[] = [];
  let fleet: Fleet | undefined;
  try {
    await writeCertificates(folder, serverName);
    const url = await ground.start();
    // Each kubelet at a moment of its own.
    await until('nodes tell their images', 120_000, () => ground.isReported());
    await waitFor(clock, reportLagMs, never);
    say(`${agents} nodes, ${ground.images} images wanted, ${findForm()}`);
    for (const index of hosts.keys())
      coordinators.push(startCoordinator(index, { url, folder, ground, say }));
    await until('a coordinator leads', 30_000, () => coordinators.some(leads));
    const tls = { caFile: join(folder, 'ca.crt'), serverName };
    const { pullNamespace: namespace, nodeNames } = ground;
    fleet = new Fleet({ nodeNames, namespace, apiServer: url, hosts, port, tls });
    return await measure(coordinators, fleet, { agents, say });
  } finally {
    fleet?.stop();
    await Promise.all(coordinators.map((one) => one.end('SIGKILL')));
    await ground.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Surroundings {
  readonly url: string;
  /** Of the certificates. */
  readonly folder: string;
  readonly ground: Ground;
  readonly say: (line: string) => void;
}

function startCoordinator(
  index: number,
  { url, folder, ground, say }: Surroundings,
): CoordinatorProcess {
  const { pullNamespace, systemNamespace } = ground;
  const environment = {
    FOREHOLD_KUBE_URL: url,
    FOREHOLD_NAMESPACE: systemNamespace,
    FOREHOLD_PULL_NAMESPACE: pullNamespace,
    FOREHOLD_GRPC_ADDRESS: `${hosts[index]}:${port}`,
    FOREHOLD_HTTP_ADDRESS: `127.0.0.1:${httpPorts[index]}`,
    FOREHOLD_TLS: 'files',
    FOREHOLD_TLS_DIRECTORY: folder,
  };
  return new CoordinatorProcess(`coordinator-${index + 1}`, environment, say);
}

interface Course {
  readonly agents: number;
  readonly say: (line: string) => void;
}

async function measure(
  coordinators: readonly CoordinatorProcess[],
  fleet: Fleet,
  { agents, say }: Course,
): Promise<Findings> {
  const startedAtMs = performance.now();
  await until('all sessions are open', 300_000, () => fleet.connected === agents);
  const firstConnectSeconds = secondsSince(startedAtMs);
  say(`all sessions open after ${firstConnectSeconds} s`);
  const leader = require(coordinators.find(leads));
  const standby = require(coordinators.find((one) => one !== leader));
  await until('pulls are under way', 60_000, () => leader.offers > 0);
  const steadyCores = await measureCores(leader, steadyMs);
  const leaderMib = leader.residentMib('now');
  say(`leader: ${steadyCores} cores, ${leaderMib} MiB; killed now`);
  const killedAtMs = performance.now();
  const readCpu = startCounting({ standby, fleet });
  await leader.end('SIGKILL');
  const sessionsBackSeconds = await untilBack(fleet, agents, killedAtMs, say);
  const cpu = readCpu(agents);
  await until('the next leader offers', 60_000, () => standby.firstOfferAtMs !== undefined);
  await until('the aftermath is over', 2 * aftermathMs, () => isOver(killedAtMs));
  const taken = require(standby.find('leadership taken'));
  const steadyCoresAfter = await measureCores(standby, steadyMs);
  const figures = {
    agents,
    form: findForm(),
    firstConnectSeconds,
    leadershipTakenSeconds: round((taken.atMs - killedAtMs) / 1_000),
    sessionsBackSeconds,
    firstOfferSeconds: round(((standby.firstOfferAtMs ?? Infinity) - killedAtMs) / 1_000),
    leadershipLosses: standby.count('reign ended'),
    renewalsMissed: standby.count('leadership not renewed'),
    sessionsAfterwards: fleet.connected,
    ...cpu,
    steadyCores,
    steadyCoresAfter,
    leaderMib,
    nextLeaderPeakMib: standby.residentMib('peak'),
  };
  const verdict = judge(figures);
  return { figures: { ...figures, ...verdict }, passed: !Object.values(verdict).includes(false) };
}

/** Of processor time until all sessions are back: the next leader's, the agents', and of this process, the API server. */
function startCounting(who: { readonly standby: CoordinatorProcess; readonly fleet: Fleet }) {
  const read = (): readonly number[] => {
    const { user, system } = process.cpuUsage();
    return [who.standby.cpuSeconds(), who.fleet.cpuSeconds(), (user + system) / 1e6];
  };
  const before = read();
  return (agents: number) => {
    const [leader = 0, fleet = 0, apiServer = 0] = read().map(
      (now, index) => now - (before[index] ?? 0),
    );
    return {
      takeoverCpuSeconds: round(leader),
      agentsCpuSeconds: round(fleet),
      apiServerCpuSeconds: round(apiServer),
      takeoverCpuMsPerSession: round((leader * 1_000) / agents),
      agentCpuMsPerSession: round((fleet * 1_000) / agents),
    };
  };
}

function leads(one: CoordinatorProcess): boolean {
  return one.find('leadership taken') !== undefined;
}

function isOver(killedAtMs: number): boolean {
  return performance.now() - killedAtMs > aftermathMs;
}

/** Waits until every agent has a session again, which it first has to lose. */
async function untilBack(
  fleet: Fleet,
  agents: number,
  killedAtMs: number,
  say: (line: string) => void,
): Promise<number> {
  await until('agents notice', 30_000, () => fleet.connected === 0);
  let told = 0;
  await until('all sessions are back', 300_000, () => {
    const share = fleet.connected / agents;
    if (share >= told + 0.25) {
      told = Math.floor(share * 4) / 4;
      say(`${told * 100} % of the sessions are back after ${secondsSince(killedAtMs)} s`);
    }
    return share === 1;
  });
  return secondsSince(killedAtMs);
}

async function measureCores(one: CoordinatorProcess, spanMs: number): Promise<number> {
  const startedAtMs = performance.now();
  const before = one.cpuSeconds();
  await waitFor(clock, spanMs, never);
  return round(((one.cpuSeconds() - before) * 1_000) / (performance.now() - startedAtMs), 3);
}

const never = new AbortController().signal;

async function until(what: string, deadlineMs: number, holdsNow: () => boolean): Promise<void> {
  const untilMs = performance.now() + deadlineMs;
  while (!holdsNow()) {
    if (performance.now() > untilMs) throw new Error(`cannot wait any longer until ${what}`);
    await waitFor(clock, 50, never);
  }
}

function require<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('cannot measure: a coordinator is missing');
  return value;
}

function secondsSince(startedAtMs: number): number {
  return round((performance.now() - startedAtMs) / 1_000);
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
