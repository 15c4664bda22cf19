// The whole of it, running: cluster prepared, coordinator and agents up, pods watched, the registry's front counting.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CachedImageStatus } from '../../../coordinator/core/events.ts';
import type { Node } from '../../../shared/kube-types.ts';
import { apiGroup, apiVersion, defaultPullNamespace } from '../../../shared/names.ts';
import { type ClusterSetup, setUpCluster, tearDownCluster } from './cluster-setup.ts';
import type { Environment } from './environment.ts';
import { type ImageOptions, type PushedImage, pushImage } from './image-push.ts';
import { Inspector } from './inspector.ts';
import { Kube, openKube } from './kube.ts';
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
  const setup = await setUpCluster(kube, nodeNames);
  const front =
    environment.testbed === undefined
      ? 'this is not the test bed'
      : await openRegistryFront(environment.testbed, environment.registry, folder);
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

interface Places {
  /** Where images are pushed to. */
  readonly registry: string;
  /** Where nodes pull from. */
  readonly pullFrom: string;
  readonly architecture: string;
}

/** An image in the registry, as nodes spell it. */
export interface TestImage extends PushedImage {
  /** HOST:PORT/REPOSITORY. */
  readonly name: string;
  /** NAME:TAG. */
  readonly reference: string;
}

/** Images and CachedImages of one run; nothing of an earlier run is ever found again. */
export class Images {
  readonly #kube: Kube;
  readonly #places: Places;
  readonly #run = Date.now().toString(36);

  constructor(kube: Kube, places: Places) {
    this.#kube = kube;
    this.#places = places;
  }

  async push(
    name: string,
    size: Pick<ImageOptions, 'layers' | 'layerBytes'>,
    executable = true,
  ): Promise<TestImage> {
    const { registry, architecture } = this.#places;
    const image = this.describe(name);
    const options = { registry, repository: image.repository, tag: '1', architecture, executable };
    return { ...image, ...(await pushImage({ ...options, ...size })) };
  }

  /** What an image of this name would be called, whether it was pushed or not. */
  describe(name: string): Pick<TestImage, 'name' | 'reference' | 'repository'> {
    const repository = `e2e-${this.#run}/${name}`;
    const full = `${this.#places.pullFrom}/${repository}`;
    return { name: full, reference: `${full}:1`, repository };
  }

  /** `kubectl apply` of CachedImages, all in one call. */
  async want(specs: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<void> {
    const objects = Object.entries(specs).map(([name, spec]) => ({
      apiVersion: `${apiGroup}/${apiVersion}`,
      kind: 'CachedImage',
      metadata: { name, labels: { 'forehold.dev/e2e': this.#run } },
      spec: { tag: '1', ...spec },
    }));
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.#kube.kubectl(['apply', '-f', '-'], JSON.stringify(list));
  }

  async status(name: string): Promise<CachedImageStatus> {
    const object: { status?: CachedImageStatus } = await this.#kube.get(Kube.imagePath(name));
    return object.status ?? {};
  }

  /** Until the condition Ready is True, and `ready` reads n/n. */
  waitUntilReady(name: string, deadlineMs: number): Promise<CachedImageStatus> {
    return until(`CachedImage ${name} is Ready`, deadlineMs, async () => {
      const status = await this.status(name);
      const ready = status.conditions?.find((condition) => condition.type === 'Ready');
      if (ready?.status === 'True') return status;
      throw new Error(`it is ${status.phase} ${status.ready}: ${ready?.reason} ${ready?.message}`);
    });
  }

  async delete(...names: readonly string[]): Promise<void> {
    await this.#kube.kubectl(['delete', 'cachedimages', '--ignore-not-found', ...names]);
  }

  async deleteAll(): Promise<void> {
    await this.#kube.kubectl(['delete', 'cachedimages', '-l', `forehold.dev/e2e=${this.#run}`]);
  }
}
