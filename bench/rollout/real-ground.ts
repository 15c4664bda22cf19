// A roll-out against a real API server: the fake nodes and kubelets of the test bed's `fleet`, the real coordinator, a real
// agent for every node, all of them on this machine. In real time, so its figures depend on what else the machine does.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Agent } from '../../agent/agent.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { type Limit, mergeLimits } from '../../coordinator/core/limits.ts';
import { findKubeEndpoint } from '../../coordinator/kube/endpoint.ts';
import { openSystemClock, waitFor } from '../../shared/clock.ts';
import { type KubeClient, KubeError, openKubeClient } from '../../shared/kube-client.ts';
import type { List, Node } from '../../shared/kube-types.ts';
import { openLog } from '../../shared/log.ts';
import { apiGroup, apiVersion } from '../../shared/names.ts';
import { FleetRecord } from './fleet-record.ts';
import { measureRollOut, type RollOut } from './measure.ts';

export interface RealGroundOptions {
  readonly kubeconfig: string;
  readonly nodes: number;
  readonly images: number;
  readonly limits: readonly Limit[];
}

const namespace = 'forehold-bench';
const prefix = 'forehold-bench';
const maxReadyMs = 120_000;
const maxRollOutMs = 600_000;
const stallMs = 60_000;
const lookEveryMs = 250;
const kinds = ['cachedimages', 'pullpolicies'] as const;
const clock = openSystemClock();
const log = openLog('bench', 'silent');

/**
 * Leaves nothing behind but the kinds.
 * @throws Error when the fleet or the roll-out does not get there in time
 */
export async function rollOutForReal(options: RealGroundOptions): Promise<RollOut> {
  const { kubeconfig, nodes, images, limits } = options;
  const endpoint = await findKubeEndpoint({ kind: 'kubeconfig', path: kubeconfig });
  const kube = openKubeClient({ ...endpoint, userAgent: 'forehold-bench' });
  const life = new AbortController();
  await prepare(kube, images);
  const folder = mkdtempSync(join(tmpdir(), 'forehold-bench-'));
  const fleet = startFleet({ kubeconfig, nodes, folder });
  try {
    const names = await waitForNodes(kube, nodes);
    const record = new FleetRecord(logOf(folder));
    const requestsAtMs: number[] = [];
    // The coordinator's requests must not queue behind those of two hundred agents: in a cluster they do not either.
    const open = () =>
      counted(openKubeClient({ ...endpoint, userAgent: 'forehold' }), requestsAtMs);
    const running = await start(open, { names, limits, signal: life.signal });
    await waitUntilWarm(record, nodes * images);
    life.abort(new Error('the bench is over'));
    await Promise.allSettled(running);
    record.close();
    return measureRollOut({
      pods: record.pulls,
      duplicatePulls: record.duplicatePods,
      requestsAtMs,
      limits: mergeLimits(limits),
      nodes,
      warmAtMs: record.warmAtMs,
    });
  } finally {
    life.abort(new Error('the bench is over'));
    await clear(kube, images);
    await endFleet(fleet);
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @throws Error when no pull ends any more
 */
async function waitUntilWarm(record: FleetRecord, pairs: number): Promise<void> {
  let warmPairs = 0;
  let sinceMs = clock.now().monotonicMs;
  await until('warm', maxRollOutMs, () => {
    record.read();
    if (record.warmPairs !== warmPairs) {
      warmPairs = record.warmPairs;
      sinceMs = clock.now().monotonicMs;
    }
    // fleet never makes a node Ready again that was taken for dead because its heartbeat came late.
    if (clock.now().monotonicMs - sinceMs > stallMs)
      throw new Error(
        `cannot go on: no pull has ended for ${stallMs / 1_000} s (${warmPairs} of ${pairs}); if the nodes are no longer Ready, give them more patience: NODE_GRACE=300s testbed up`,
      );
    return warmPairs >= pairs;
  });
}

/** The client with the times of its requests written down, watches as one each. */
function counted(client: KubeClient, requestsAtMs: number[]): KubeClient {
  const count = (): void => void requestsAtMs.push(clock.now().wallMs);
  return {
    request: (request) => {
      count();
      return client.request(request);
    },
    watch: (path, query, signal) => {
      count();
      return client.watch(path, query, signal);
    },
  };
}

async function prepare(kube: KubeClient, images: number): Promise<void> {
  for (const kind of kinds) {
    const file = new URL(`../../charts/forehold/crds/${kind}.${apiGroup}.yaml`, import.meta.url);
    const body: unknown = parse(readFileSync(file, 'utf8'));
    await create(kube, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', body);
  }
  const metadata = { name: namespace };
  await create(kube, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  await until('ready for pods', maxReadyMs, () => exists(kube, account));
  await until('serving the kinds', maxReadyMs, () => exists(kube, imagesPath));
  for (let index = 0; index < images; index += 1)
    await create(kube, imagesPath, {
      apiVersion: `${apiGroup}/${apiVersion}`,
      kind: 'CachedImage',
      metadata: { name: `${prefix}-${index}` },
      spec: {
        image: `registry-${index % 3}.example/bench/image-${index}`,
        tag: 'v1',
        nodeSelector: { 'testbed/fleet': prefix },
        tolerations: [{ operator: 'Exists' }],
      },
    });
}

const imagesPath = `/apis/${apiGroup}/${apiVersion}/cachedimages`;

async function clear(kube: KubeClient, images: number): Promise<void> {
  for (let index = 0; index < images; index += 1)
    await remove(kube, `${imagesPath}/${prefix}-${index}`);
  await remove(kube, `/api/v1/namespaces/${namespace}`);
}

/** Pulls of 0.6 to 4.6 s, as on the embedded ground. */
function startFleet(to: {
  readonly kubeconfig: string;
  readonly nodes: number;
  readonly folder: string;
}): ChildProcess {
  const { kubeconfig, nodes, folder } = to;
  const args = ['run', '--kubeconfig', kubeconfig, '--nodes', String(nodes), '--prefix', prefix];
  args.push(
    '--heartbeat',
    '10s',
    '--pull-time',
    '2.6s',
    '--jitter',
    '0.77',
    '--images',
    '5',
    '--remove-nodes',
  );
  args.push('--log', logOf(folder), '--summary', join(folder, 'summary.json'));
  return spawn('fleet', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function logOf(folder: string): string {
  return join(folder, 'log.jsonl');
}

async function endFleet(fleet: ChildProcess): Promise<void> {
  if (fleet.exitCode !== null || fleet.pid === undefined) return;
  const ended = new Promise((resolve) => fleet.once('exit', resolve));
  fleet.kill('SIGTERM');
  await ended;
}

async function waitForNodes(kube: KubeClient, nodes: number): Promise<readonly string[]> {
  let names: readonly string[] = [];
  await until('full of nodes', maxReadyMs, async () => {
    const query = { labelSelector: `testbed/fleet=${prefix}`, limit: '500' };
    const page: List<Node> = await kube.request({ method: 'GET', path: '/api/v1/nodes', query });
    names = page.items.map(({ metadata }) => metadata.name);
    return names.length >= nodes;
  });
  return names;
}

async function start(
  open: () => KubeClient,
  to: {
    readonly names: readonly string[];
    readonly limits: readonly Limit[];
    readonly signal: AbortSignal;
  },
): Promise<Promise<void>[]> {
  const common = { kube: open(), clock, random: Math.random, log };
  const loopback = { host: '127.0.0.1', port: 0 };
  const coordinator = new Coordinator({
    ...common,
    kube: open(),
    pullNamespace: namespace,
    leaseNamespace: namespace,
    grpc: loopback,
    http: loopback,
    limits: to.limits,
  });
  const running = [coordinator.run(to.signal)];
  const { grpcPort } = await coordinator.listening;
  const target = { namespace, coordinator: `127.0.0.1:${grpcPort}` };
  for (const nodeName of to.names)
    running.push(new Agent({ ...common, ...target, nodeName }).run(to.signal));
  return running;
}

/** What is there already stays as it is. */
async function create(kube: KubeClient, path: string, body: unknown): Promise<void> {
  try {
    await kube.request({ method: 'POST', path, body });
  } catch (error) {
    if (!(error instanceof KubeError && error.status === 409)) throw error;
  }
}

async function remove(kube: KubeClient, path: string): Promise<void> {
  try {
    await kube.request({ method: 'DELETE', path });
  } catch (error) {
    if (!(error instanceof KubeError && error.status === 404)) throw error;
  }
}

async function exists(kube: KubeClient, path: string): Promise<boolean> {
  try {
    await kube.request({ method: 'GET', path });
    return true;
  } catch (error) {
    // 429: a kind that was only just made is not served yet.
    if (error instanceof KubeError && [404, 429].includes(error.status)) return false;
    throw error;
  }
}

async function until(
  state: string,
  patienceMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const untilMs = clock.now().monotonicMs + patienceMs;
  while (!(await holds())) {
    if (clock.now().monotonicMs > untilMs)
      throw new Error(`the cluster is not ${state} after ${patienceMs / 1_000} s`);
    await waitFor(clock, lookEveryMs, new AbortController().signal);
  }
}
