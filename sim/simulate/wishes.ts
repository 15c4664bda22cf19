// What people want in a simulated run and how they change their minds: CachedImages and PullPolicies.

import { apiGroup, apiVersion } from '../../shared/names.ts';
import type { Registry } from '../registry/registry.ts';
import type { Store } from '../store.ts';
import type { Draw } from './draw.ts';

export interface WishesOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly draw: Draw;
  readonly images: number;
}

interface Desired {
  readonly name: string;
  readonly image: string;
  tag: number;
  priority: number;
  /** Only nodes with `pool: a`. */
  pooled: boolean;
  policy: string | undefined;
}

export const registryHosts = ['registry-a.example', 'registry-b.example', 'registry-c.example'];
const policies = ['gentle', 'eager'] as const;
/** Of every image: a pull that nobody sees any more is counted for so long. */
export const pullTimeoutMs = 8 * 60_000;

const api = `${apiGroup}/${apiVersion}`;
const usualPolicy = { maxConcurrentNodes: 3, maxConcurrentPulls: 8, minDelayBetweenPulls: '0s' };
const minSizeBytes = 50_000_000;
const maxSizeBytes = 2_500_000_000;

export class Wishes {
  readonly #options: WishesOptions;
  readonly #desired: Desired[] = [];
  /** What each generation of a CachedImage asked for: `NAME/UID/GENERATION` to the normalised reference. */
  readonly #asked = new Map<string, string>();

  constructor(options: WishesOptions) {
    this.#options = options;
  }

  populate(): void {
    const { store, draw, images } = this.#options;
    for (const name of policies)
      store.create('pullpolicies', {
        apiVersion: api,
        kind: 'PullPolicy',
        metadata: { name },
        spec: usualPolicy,
      });
    for (let number = 0; number < images; number += 1) {
      const host = registryHosts[number % registryHosts.length] ?? '';
      const desired: Desired = {
        name: `image-${number}`,
        image: `${host}/team/app-${number}`,
        tag: 1,
        priority: draw.whole(0, 2),
        pooled: draw.chance(0.2),
        policy: draw.chance(0.5) ? draw.pick(policies) : undefined,
      };
      this.#push(desired);
      this.#desired.push(desired);
      store.create('cachedimages', describe(desired));
      this.#remember(desired);
    }
  }

  /** References that are wanted now. */
  images(): readonly string[] {
    return this.#desired.map(reference);
  }

  /** What a stored status that was decided from this generation speaks of; undefined before it was written. */
  askedFor(name: string, uid: string, generation: number): string | undefined {
    return this.#asked.get(`${name}/${uid}/${generation}`);
  }

  /** Changes one CachedImage and says how. */
  editImage(): string | undefined {
    const { store, draw } = this.#options;
    const desired = draw.pick(this.#desired);
    if (desired === undefined) return undefined;
    const change = draw.pick(['tag', 'tag', 'priority', 'pool', 'policy', 'remake'] as const);
    switch (change) {
      case 'tag':
        desired.tag += 1;
        this.#push(desired);
        break;
      case 'priority':
        desired.priority = draw.whole(0, 2);
        break;
      case 'pool':
        desired.pooled = !desired.pooled;
        break;
      case 'policy':
        desired.policy = draw.chance(0.5) ? draw.pick(policies) : undefined;
        break;
      default:
        store.remove('cachedimages', { name: desired.name });
        store.create('cachedimages', describe(desired));
    }
    if (change !== 'remake')
      store.modify('cachedimages', { name: desired.name }, (stored) => ({
        ...stored,
        spec: describe(desired).spec,
      }));
    this.#remember(desired);
    return `${desired.name} ${change ?? ''}`;
  }

  /** Changes one PullPolicy and says how. */
  editPolicy(): string | undefined {
    const { store, draw } = this.#options;
    const name = draw.pick(policies);
    if (name === undefined) return undefined;
    const spec = {
      maxConcurrentNodes: draw.whole(1, 6),
      maxConcurrentPulls: draw.whole(2, 12),
      minDelayBetweenPulls: draw.pick(['0s', '1s', '3s']),
    };
    store.modify('pullpolicies', { name }, (stored) => ({ ...stored, spec }));
    return `${name} ${JSON.stringify(spec)}`;
  }

  /** Policies as they were at the start: a narrow one would have the calm last as long as its pulls. */
  restorePolicies(): void {
    for (const name of policies)
      this.#options.store.modify('pullpolicies', { name }, (stored) => ({
        ...stored,
        spec: usualPolicy,
      }));
  }

  #push(desired: Desired): void {
    const { registry, draw } = this.#options;
    const sizeBytes = Math.round(draw.between(minSizeBytes, maxSizeBytes));
    registry.push(reference(desired), { sizeBytes });
  }

  #remember(desired: Desired): void {
    const { metadata } = this.#options.store.get('cachedimages', { name: desired.name });
    this.#asked.set(`${desired.name}/${metadata.uid}/${metadata.generation}`, reference(desired));
  }
}

function reference({ image, tag }: Desired): string {
  return `${image}:v${tag}`;
}

function describe({ name, image, tag, priority, pooled, policy }: Desired) {
  return {
    apiVersion: api,
    kind: 'CachedImage',
    metadata: { name },
    spec: {
      image,
      tag: `v${tag}`,
      imagePullPolicy: 'IfNotPresent',
      pullTimeout: `${pullTimeoutMs / 60_000}m`,
      priority,
      ...(pooled ? { nodeSelector: { pool: 'a' } } : {}),
      ...(policy === undefined ? {} : { policyRef: { name: policy } }),
    },
  };
}
