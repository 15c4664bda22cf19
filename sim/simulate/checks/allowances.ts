// The limits that hold in a simulated run, worked out from what people wrote (limits file, PullPolicies, CachedImages) by
// rules of their own (docs/pacing.md), so that a mistake in the coordinator's is not repeated here.

import type { ApiObject } from '../../store/resources.ts';
import type { PullPod } from './pull-pods.ts';

/** A limit as people wrote it. */
export interface Allowance {
  readonly name: string;
  readonly slots: number;
  /** Pulls with the same key share the slots; undefined: not counted. */
  key(pull: PullPod): string | undefined;
}

/** What people wrote, by where it stands. */
export interface Written {
  readonly limits: LimitsWritten;
  readonly policies: readonly PolicyWritten[];
  /** Normalised reference to the names of its policies. */
  readonly policiesOf: ReadonlyMap<string, ReadonlySet<string>>;
}

interface LimitsWritten {
  readonly cluster: number;
  readonly image: number;
  readonly registry: number;
}

interface PolicyWritten {
  readonly name: string;
  readonly maxConcurrentNodes: number;
  readonly maxConcurrentPulls: number | undefined;
}

interface ImageSpec {
  readonly image: string;
  readonly tag: string;
  readonly policyRef?: { readonly name: string };
}

export function allowancesOf({ limits, policies, policiesOf }: Written): readonly Allowance[] {
  const configured: Allowance[] = [
    { name: 'cluster', slots: limits.cluster, key: () => 'cluster' },
    { name: 'registry', slots: limits.registry, key: ({ registry }) => registry },
    { name: 'node', slots: 1, key: ({ nodeUid }) => nodeUid },
    {
      name: 'image',
      slots: limits.image,
      key: ({ image }) => (policiesOf.has(image) ? undefined : image),
    },
  ];
  const ofPolicies = policies.flatMap((policy): Allowance[] => {
    const { maxConcurrentNodes, maxConcurrentPulls } = policy;
    const name = `policy/${policy.name}`;
    const isOurs = (image: string): boolean => policiesOf.get(image)?.has(policy.name) === true;
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

export function readPolicies(objects: readonly ApiObject[]): Written['policies'] {
  return objects.map(({ metadata: { name }, spec }) => {
    const { maxConcurrentNodes = 1, maxConcurrentPulls }: Partial<PolicyWritten> = Object(spec);
    return { name, maxConcurrentNodes, maxConcurrentPulls };
  });
}

export function readPoliciesOf(objects: readonly ApiObject[]): Written['policiesOf'] {
  const policies = new Map<string, Set<string>>();
  for (const { spec } of objects) {
    const { image, tag, policyRef }: ImageSpec = Object(spec);
    if (policyRef === undefined) continue;
    const reference = `${image}:${tag}`;
    policies.set(reference, (policies.get(reference) ?? new Set()).add(policyRef.name));
  }
  return policies;
}
