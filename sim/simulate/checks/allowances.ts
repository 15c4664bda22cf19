// The limits that hold in a simulated run, worked out from what people wrote (limits file, PullPolicies, CachedImages) by
// rules of their own (design 6, kinds), so that a mistake in the coordinator's is not repeated here.

import type { World } from '../world.ts';
import type { Allowance } from './budget.ts';

interface ImageSpec {
  readonly image: string;
  readonly tag: string;
  readonly policyRef?: { readonly name: string };
}

interface PolicySpec {
  readonly maxConcurrentNodes?: number;
  readonly maxConcurrentPulls?: number;
}

export function allowancesOf(world: World): readonly Allowance[] {
  const { limits } = world;
  const policyOf = readPolicies(world);
  const configured: Allowance[] = [
    { name: 'cluster', slots: limits.cluster, key: () => 'cluster' },
    { name: 'registry', slots: limits.registry, key: ({ registry }) => registry },
    { name: 'node', slots: 1, key: ({ nodeUid }) => nodeUid },
    {
      name: 'image',
      slots: limits.image,
      key: ({ image }) => (policyOf.has(image) ? undefined : image),
    },
  ];
  const { store } = world.cluster;
  const ofPolicies = store.list('pullpolicies').flatMap(({ metadata, spec }): Allowance[] => {
    const { maxConcurrentNodes = 1, maxConcurrentPulls }: PolicySpec = Object(spec);
    const name = `policy/${metadata.name}`;
    const isOurs = (image: string): boolean => policyOf.get(image)?.has(metadata.name) === true;
    const perImage: Allowance = {
      name: `${name}/image`,
      slots: maxConcurrentNodes,
      key: ({ image }) => (isOurs(image) ? image : undefined),
    };
    if (maxConcurrentPulls === undefined) return [perImage];
    return [
      perImage,
      { name, slots: maxConcurrentPulls, key: ({ image }) => (isOurs(image) ? name : undefined) },
    ];
  });
  return [...configured, ...ofPolicies];
}

/** Normalised reference to the names of its policies. */
function readPolicies({ cluster }: World): ReadonlyMap<string, ReadonlySet<string>> {
  const policies = new Map<string, Set<string>>();
  for (const { spec } of cluster.store.list('cachedimages')) {
    const { image, tag, policyRef }: ImageSpec = Object(spec);
    if (policyRef === undefined) continue;
    const reference = `${image}:${tag}`;
    policies.set(reference, (policies.get(reference) ?? new Set()).add(policyRef.name));
  }
  return policies;
}
