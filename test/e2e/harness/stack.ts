// The whole of it, running: the cluster prepared, Forehold up in one form or the other, pods watched, the registry's
// front counting.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '../../../shared/kube-types.ts';
import { defaultPullNamespace } from '../../../shared/names.ts';
import { setUpCluster, tearDownCluster } from './cluster-setup.ts';
import type { Environment } from './environment.ts';
import { Images } from './images.ts';
import { Inspector } from './inspector.ts';
import { type Kube, openKube } from './kube.ts';
import { removeRunImages } from './node-images.ts';
import { everyPart, type Part, type Programs } from './part.ts';
import { PodWatch } from './pod-watch.ts';
import { preparePrograms } from './programs.ts';
import { openRegistryFront, type RegistryFront } from './registry-front.ts';
import { until } from './until.ts';

/** What the cases need besides Forehold itself. */
export interface Ground {
  readonly environment: Environment;
  readonly kube: Kube;
  readonly nodes: readonly Node[];
  readonly pods: PodWatch;
  /** Why there is none, elsewhere than on the test bed. */
  readonly front: RegistryFront | string;
  readonly images: Images;
  /** Logs and credentials of the run. */
  readonly folder: string;
}

/** Everything a case needs; made by `startProcesses` and `startRelease`. */
export interface Stack extends Ground {
  readonly programs: Programs;
  readonly inspector: Inspector;
  /** Leaves nothing behind. */
  stop(): Promise<void>;
}

const readyDeadlineMs = 120_000;

export async function openGround(environment: Environment): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'forehold-e2e-'));
  const kube = await openKube(environment.kubeconfig);
  const nodes = await kube.nodes();
  await removeRunImages(environment.testbed, namesOf(nodes));
  const front = await openRegistryFront(environment, folder);
  const pods = new PodWatch(kube.client, defaultPullNamespace);
  await pods.start();
  const images = new Images(kube, {
    registry: environment.registry,
    pullFrom: typeof front === 'string' ? environment.registry : front.address,
    architecture: nodes[0]?.status?.nodeInfo?.architecture ?? 'amd64',
  });
  return { environment, kube, nodes, pods, front, images, folder };
}

export async function closeGround(ground: Ground): Promise<void> {
  await ground.pods.stop();
  if (typeof ground.front !== 'string') await ground.front.stop();
  await removeRunImages(ground.environment.testbed, namesOf(ground.nodes));
  await rm(ground.folder, { recursive: true });
}

/** Coordinator and agents as processes of this machine, with the rights of test/e2e/manifests. */
export async function startProcesses(environment: Environment): Promise<Stack> {
  const ground = await openGround(environment);
  const { kube, nodes, folder } = ground;
  const setup = await setUpCluster(kube, namesOf(nodes));
  const programs = await preparePrograms(kube, namesOf(nodes), folder);
  const dial = async () => ({ args: ['-plaintext'], address: programs.grpcAddress });
  const processes = [programs.coordinator, ...programs.agents.values()];
  const stop = async (): Promise<void> => {
    await ground.images.deleteAll();
    for (const part of processes) await part.stop();
    const pulls = ['-n', defaultPullNamespace, '-l', 'app.kubernetes.io/managed-by=forehold'];
    await kube.kubectl(['delete', 'pods', ...pulls, '--grace-period=1', '--timeout=60s']);
    await tearDownCluster(kube, setup);
    await closeGround(ground);
  };
  for (const part of processes) await part.start();
  await waitUntilReady(processes);
  return { ...ground, programs, inspector: new Inspector(dial), stop };
}

/** Until each answers 200 at /readyz; a part that ended is reported with its last words. */
export async function waitUntilReady(parts: readonly Part[]): Promise<void> {
  for (const part of parts)
    await until(`${part.name} is ready`, readyDeadlineMs, () => part.checkReady());
}

/** The last words of all parts, for a test that failed. */
export async function describeParts({ programs }: Stack, lines: number): Promise<string> {
  const texts = everyPart(programs).map(
    async (part) => `--- ${part.name}\n${await part.logTail(lines).catch(String)}\n`,
  );
  return (await Promise.all(texts)).join('');
}

export function namesOf(nodes: readonly Node[]): readonly string[] {
  return nodes.map((node) => node.metadata.name);
}
