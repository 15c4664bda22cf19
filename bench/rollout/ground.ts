// A roll-out on the embedded cluster: the real coordinator, a real agent on every node, the cluster's own record of what was
// pulled when. Clocks and sockets are the simulation's, so that an hour takes seconds and the same run comes twice.

import { type Limit, mergeLimits } from '../../coordinator/core/limits.ts';
import { apiGroup, apiVersion } from '../../shared/names.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { coordinatorAddresses } from '../../sim/simulate/addresses.ts';
import { AgentProcess } from '../../sim/simulate/agent-process.ts';
import { CoordinatorProcess } from '../../sim/simulate/coordinator-process.ts';
import type { ProcessGround } from '../../sim/simulate/process.ts';
import { SessionNetwork } from '../../sim/simulate/session-network.ts';
import { openSeededRandom } from '../../sim/store/seeded-random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { addBadNode, type BadNodes, isBadPlace } from './bad-nodes.ts';
import { measureRollOut, type RollOut } from './measure.ts';

export interface GroundOptions {
  readonly nodes: number;
  readonly images: number;
  readonly limits: readonly Limit[];
  readonly badNodes?: BadNodes;
}

const seed = 1;
const bytesPerSecond = 100_000_000;
/** A pull of the fastest image takes 0.6 s, of the slowest 4.6 s. */
const pullSeconds = { min: 0.6, max: 4.6 } as const;
const maxRollOutMs = 4 * 3_600_000;
const registries = ['registry-0.example', 'registry-1.example', 'registry-2.example'] as const;
const userAgents: readonly string[] = ['forehold-agent', 'forehold-coordinator'];

export async function rollOut(options: GroundOptions): Promise<RollOut> {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({
    clock,
    seed,
    nodes: 0,
    speed: { kind: 'bandwidth', bytesPerSecond },
  });
  cluster.populate();
  const good = addNodes(cluster, options);
  const references = addImages(cluster, options.images);
  const processes = await startProcesses(cluster, clock, options.limits);
  await clock.runUntil(() => isWarm(cluster, good, references), maxRollOutMs);
  const warmAtMs = clock.now().wallMs;
  for (const one of processes) one.kill();
  await cluster.stop();
  const requests = cluster.requests
    .entries()
    .filter(({ userAgent }) => userAgents.includes(userAgent));
  return measureRollOut({
    pods: cluster.record.pods(),
    duplicatePulls: cluster.record.duplicatePulls(),
    requestsAtMs: requests.map(({ atMs }) => atMs),
    limits: mergeLimits(options.limits),
    nodes: options.nodes,
    warmAtMs,
  });
}

/** Returns the names of the good ones. */
function addNodes(cluster: EmbeddedCluster, { nodes, badNodes }: GroundOptions): readonly string[] {
  const good: string[] = [];
  for (let place = 0; place < nodes; place += 1) {
    if (badNodes !== undefined && isBadPlace(badNodes, place, nodes))
      addBadNode(cluster, badNodes.trouble, registries);
    else good.push(cluster.addNode({ ready: true }));
  }
  return good;
}

function addImages(cluster: EmbeddedCluster, images: number): readonly string[] {
  return Array.from({ length: images }, (_, index) => {
    const share = images === 1 ? 0 : index / (images - 1);
    const seconds = pullSeconds.min + (pullSeconds.max - pullSeconds.min) * share;
    const registry = registries[index % registries.length] ?? registries[0];
    const image = `${registry}/team/image-${index}`;
    cluster.registry.push(`${image}:v1`, {
      sizeBytes: Math.round((seconds * bytesPerSecond) / 1.15),
    });
    cluster.store.create('cachedimages', {
      apiVersion: `${apiGroup}/${apiVersion}`,
      kind: 'CachedImage',
      metadata: { name: `image-${index}` },
      spec: { image, tag: 'v1' },
    });
    return `${image}:v1`;
  });
}

async function startProcesses(
  cluster: EmbeddedCluster,
  clock: VirtualClock,
  limits: readonly Limit[],
) {
  const sessions = new SessionNetwork({ clock, random: openSeededRandom(seed) });
  const ground: ProcessGround = {
    seed,
    clock,
    interferences: new Set(),
    losses: new Set(),
    dispatch: (request) => cluster.dispatch(request),
    isRefusing: () => false,
    onFault: (name, error) => {
      throw new Error(`${name} has ended`, { cause: error });
    },
  };
  const file = { limits: () => limits };
  const coordinators = coordinatorAddresses.map((address, index) => {
    const name = `coordinator-${index + 1}`;
    return new CoordinatorProcess({ name, address, ground, cluster, sessions, limits: file });
  });
  const agents = cluster.nodeNames().map((node) => {
    const { pullNamespace } = cluster;
    return new AgentProcess({ name: `agent-${node}`, node, pullNamespace, ground, sessions });
  });
  for (const coordinator of coordinators) coordinator.start();
  // Agents that find nobody wait longer and longer; that is another bench's business.
  await clock.runUntil(() => coordinators.some(({ isLeading }) => isLeading), maxRollOutMs);
  for (const agent of agents) agent.start();
  return [...coordinators, ...agents];
}

function isWarm(
  cluster: EmbeddedCluster,
  nodes: readonly string[],
  references: readonly string[],
): boolean {
  const wanted = new Set(nodes);
  const done = cluster.record
    .pods()
    .filter(({ node, outcome }) => outcome === 'Succeeded' && wanted.has(node));
  return (
    new Set(done.map(({ node, image }) => `${node} ${image}`)).size >=
    nodes.length * references.length
  );
}
