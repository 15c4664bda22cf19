// The whole of it, running: cluster prepared, coordinator and agents up, pods watched, the registry's front counting.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '../../../shared/kube-types.ts';
import { defaultPullNamespace } from '../../../shared/names.ts';
import { type ClusterSetup, setUpCluster, tearDownCluster } from './cluster-setup.ts';
import type { Environment } from './environment.ts';
import { Images } from './images.ts';
import { Inspector } from './inspector.ts';
import { type Kube, openKube } from './kube.ts';
import { removeRunImages } from './node-images.ts';
import { PodWatch } from './pod-watch.ts';
import { type Programs, preparePrograms, type Served } from './programs.ts';
import { openRegistryFront, type RegistryFront } from './registry-front.ts';
import { until } from './until.ts';

/** Everything a case needs; made by `startStack`. */
export interface Stack {
  readonly environment: Environment;
  readonly kube: Kube;
  readonly nodes: readonly Node[];
  readonly pods: PodWatch;
  readonly programs: Programs;
  readonly inspector: Inspector;
  /** Why there is none, elsewhere than on the test bed. */
  readonly front: RegistryFront | string;
  readonly images: Images;
  readonly folder: string;
  readonly setup: ClusterSetup;
}

const readyDeadlineMs = 60_000;

export async function startStack(environment: Environment): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'forehold-e2e-'));
  const kube = await openKube(environment.kubeconfig);
  const nodes = await kube.nodes();
  const nodeNames = nodes.map((node) => node.metadata.name);
  await removeRunImages(environment.testbed, nodeNames);
  const setup = await setUpCluster(kube, nodeNames);
  const front = await openRegistryFront(environment, folder);
  const pods = new PodWatch(kube.client, defaultPullNamespace);
  await pods.start();
  const programs = await preparePrograms(kube, nodeNames, folder);
  const images = new Images(kube, {
    registry: environment.registry,
    pullFrom: typeof front === 'string' ? environment.registry : front.address,
    architecture: nodes[0]?.status?.nodeInfo?.architecture ?? 'amd64',
  });
  const inspector = new Inspector(programs.grpcAddress);
  const stack = {
    environment,
    kube,
    nodes,
    pods,
    programs,
    inspector,
    front,
    images,
    folder,
    setup,
  };
  for (const { program } of everyProgram(programs)) program.start();
  await waitUntilReady(everyProgram(programs));
  return stack;
}

export async function stopStack(stack: Stack): Promise<void> {
  await stack.images.deleteAll();
  for (const { program } of everyProgram(stack.programs)) await program.end('SIGTERM');
  const pulls = ['-n', defaultPullNamespace, '-l', 'app.kubernetes.io/managed-by=forehold'];
  await stack.kube.kubectl(['delete', 'pods', ...pulls, '--grace-period=1', '--timeout=60s']);
  await stack.pods.stop();
  if (typeof stack.front !== 'string') await stack.front.stop();
  await tearDownCluster(stack.kube, stack.setup);
  await removeRunImages(stack.environment.testbed, stack.setup.nodeNames);
  await rm(stack.folder, { recursive: true });
}

export function everyProgram(programs: Programs): readonly Served[] {
  return [programs.coordinator, ...programs.agents.values()];
}

/** Until each answers 200 at /readyz; a program that ended is reported with its last words. */
export async function waitUntilReady(served: readonly Served[]): Promise<void> {
  for (const { program, httpAddress } of served)
    await until(`${program.name} is ready`, readyDeadlineMs, async () => {
      if (!program.running) throw new Error(`it ended: ${program.logTail(5)}`);
      return (await fetch(`http://${httpAddress}/readyz`)).ok;
    });
}
