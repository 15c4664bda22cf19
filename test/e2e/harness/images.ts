// Images and the CachedImages that want them.

import type { CachedImageStatus } from '../../../coordinator/core/events.ts';
import { apiGroup, apiVersion } from '../../../shared/names.ts';
import { runLabel } from './cluster-setup.ts';
import { type ImageOptions, type PushedImage, pushImage } from './image-push.ts';
import { Kube } from './kube.ts';
import { until } from './until.ts';

/** First part of the name of every repository that the suite pushes. */
export const runRepositoryPrefix = 'e2e-';

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
    const repository = `${runRepositoryPrefix}${this.#run}/${name}`;
    const full = `${this.#places.pullFrom}/${repository}`;
    return { name: full, reference: `${full}:1`, repository };
  }

  /** `kubectl apply` of CachedImages, all in one call. */
  async want(specs: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<void> {
    const objects = Object.entries(specs).map(([name, spec]) => ({
      apiVersion: `${apiGroup}/${apiVersion}`,
      kind: 'CachedImage',
      metadata: { name, labels: { [runLabel]: this.#run } },
      spec: { tag: '1', ...spec },
    }));
    const documents = objects.map((object) => JSON.stringify(object)).join('\n---\n');
    await this.#kube.kubectl(['apply', '-f', '-'], documents);
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
    await this.#kube.kubectl(['delete', 'cachedimages', '-l', `${runLabel}=${this.#run}`]);
  }
}
