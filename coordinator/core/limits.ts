// Limits: how many leases may be live at once, how many may start in a minute and how far apart, over everything, per
// image, per node and so on. One mechanism and one list; pacing walks it and says which one binds.

import { matchesGlob } from '../../shared/glob.ts';
import { formatSelector } from './node-class.ts';

/** How many slots a limit has: the larger of the two counts. */
export interface Slots {
  readonly count: number;
  /** Percent of eligible nodes, rounded up: a small share of a small cluster is still one node. */
  readonly percent: number;
}

/** What is not set does not limit. */
export interface Limit {
  /** Unique; `cluster`, `image` and `node` are built in and can be replaced by these names. */
  readonly name: string;
  readonly per: LimitScope;
  readonly slots?: Slots;
  /** Starts within any span of a minute. */
  readonly startsPerMinute?: number;
  /** Between two starts. */
  readonly minDelayMs?: number;
  /** Which leases the limit counts; empty means all. */
  readonly match: LimitMatch;
}

export type LimitScope = 'cluster' | 'policy' | 'image' | 'registry' | 'zone' | 'node';

export interface LimitMatch {
  /** Registry host with `*` as wildcard. */
  readonly registry?: string;
  /** Normalised image reference with `*` as wildcard. */
  readonly image?: string;
  /** Name of a PullPolicy with `*` as wildcard; the empty string means pairs that no policy governs. */
  readonly policy?: string;
  /** Value of the node's label topology.kubernetes.io/zone. */
  readonly zone?: string;
  /** Labels that the node must have, all of them. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** Always there, unless the configuration replaces one by its name. A policy's own limits take the place of `image`. */
export const builtInLimits: readonly Limit[] = [
  { name: 'cluster', per: 'cluster', slots: { count: 20, percent: 5 }, match: {} },
  { name: 'image', per: 'image', slots: { count: 3, percent: 10 }, match: { policy: '' } },
  { name: 'node', per: 'node', slots: { count: 1, percent: 0 }, match: {} },
];

/** The built-in limits, each replaced by the configured one of its name, then the other configured ones. */
export function mergeLimits(configured: readonly Limit[]): readonly Limit[] {
  const byName = new Map(builtInLimits.map((limit) => [limit.name, limit]));
  for (const limit of configured) {
    const match = limit.name === 'image' ? { policy: '', ...limit.match } : limit.match;
    byName.set(limit.name, { ...limit, match });
  }
  return [...byName.values()];
}

/** Numbers of nodes that percentages refer to. */
export interface EligibleNodes {
  /** Nodes that at least one desired image targets. */
  readonly cluster: number;
  /** Nodes that the subject's image targets. */
  readonly image: number;
  /** As `cluster`, by zone. */
  readonly zones: ReadonlyMap<string, number>;
}

/** What a lease, or a wish for one, is counted by. */
export interface LimitSubject {
  /** Normalised image reference; empty when it cannot be known. */
  readonly image: string;
  readonly registry: string;
  /** Names of the PullPolicies that govern the image on this node. */
  readonly policies: readonly string[];
  /** Empty when the node has no zone label. */
  readonly zone: string;
  /** Node selectors of limits and policies that the node matches, as `formatSelector` writes them. */
  readonly selectors: ReadonlySet<string>;
  readonly nodeUid: string;
}

/** True when the limit asks nothing about the node, so that one answer holds for all nodes. */
export function isNodeless(limit: Limit): boolean {
  const { zone, nodeSelector } = limit.match;
  return (
    limit.per !== 'node' && limit.per !== 'zone' && zone === undefined && nodeSelector === undefined
  );
}

/** True when it counts every lease, or every one that no policy governs. */
export function isGeneral({ match }: Limit): boolean {
  return Object.entries(match).every(([field, value]) => field === 'policy' && value === '');
}

/** Infinity when the limit limits no slots. */
export function countSlots({ slots }: Limit, eligibleNodes: number): number {
  if (slots === undefined) return Infinity;
  return Math.max(slots.count, Math.ceil((slots.percent * eligibleNodes) / 100));
}

/** What the limit's percentage refers to in one scope. */
export function countNodes({ per }: Limit, key: string, eligible: EligibleNodes): number {
  if (per === 'node') return 0;
  if (per === 'image') return eligible.image;
  return per === 'zone' ? (eligible.zones.get(key) ?? 0) : eligible.cluster;
}

/** Leases with the same scope key share a limit's slots; none when the limit does not count the subject. */
export function scopeKeys(limit: Limit, subject: LimitSubject): readonly string[] {
  if (!isMatch(limit.match, subject)) return [];
  switch (limit.per) {
    case 'cluster':
      return ['cluster'];
    case 'policy':
      return subject.policies.filter((name) => matchesGlob(limit.match.policy ?? '*', name));
    case 'image':
      return [subject.image];
    case 'registry':
      return [subject.registry];
    case 'zone':
      return [subject.zone];
    case 'node':
      return [subject.nodeUid];
    default:
      return limit.per satisfies never;
  }
}

function isMatch(match: LimitMatch, subject: LimitSubject): boolean {
  const { registry, image, policy, zone, nodeSelector } = match;
  if (registry !== undefined && !matchesGlob(registry, subject.registry)) return false;
  if (image !== undefined && !matchesGlob(image, subject.image)) return false;
  if (policy !== undefined && !isGovernedBy(policy, subject.policies)) return false;
  if (zone !== undefined && zone !== subject.zone) return false;
  return nodeSelector === undefined || subject.selectors.has(formatSelector(nodeSelector));
}

function isGovernedBy(pattern: string, policies: readonly string[]): boolean {
  if (pattern === '') return policies.length === 0;
  return policies.some((name) => matchesGlob(pattern, name));
}
