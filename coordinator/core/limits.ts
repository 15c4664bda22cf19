// Limits: how many leases may be live at once, over everything, per image, per node and so on. One mechanism and
// one list; pacing walks it and says which one binds.

import { matchesGlob } from '../../shared/glob.ts';

/** How many slots a limit has: the larger of the two counts. */
export interface Slots {
  readonly count: number;
  /** Percent of eligible nodes, rounded up: a small share of a small cluster is still one node. */
  readonly percent: number;
}

export interface Limit {
  /** Unique; `cluster`, `image` and `node` are built in and can be replaced by these names. */
  readonly name: string;
  readonly per: LimitScope;
  readonly slots: Slots;
  /** Which leases the limit counts; empty means all. */
  readonly match: LimitMatch;
}

export type LimitScope = 'cluster' | 'image' | 'registry' | 'zone' | 'node';

export interface LimitMatch {
  /** Registry host with `*` as wildcard. */
  readonly registry?: string;
  /** Normalised image reference with `*` as wildcard. */
  readonly image?: string;
  /** Value of the node's label topology.kubernetes.io/zone. */
  readonly zone?: string;
}

/** Always there, unless the configuration replaces one by its name. */
export const builtInLimits: readonly Limit[] = [
  { name: 'cluster', per: 'cluster', slots: { count: 20, percent: 5 }, match: {} },
  { name: 'image', per: 'image', slots: { count: 3, percent: 10 }, match: {} },
  { name: 'node', per: 'node', slots: { count: 1, percent: 0 }, match: {} },
];

/** The built-in limits, each replaced by the configured one of its name, then the other configured ones. */
export function mergeLimits(configured: readonly Limit[]): readonly Limit[] {
  const byName = new Map(builtInLimits.map((limit) => [limit.name, limit]));
  for (const limit of configured) byName.set(limit.name, limit);
  return [...byName.values()];
}

/** What a lease, or a wish for one, is counted by. */
export interface LimitSubject {
  /** Normalised image reference; empty when it cannot be known. */
  readonly image: string;
  readonly registry: string;
  /** Empty when the node has no zone label. */
  readonly zone: string;
  readonly nodeUid: string;
}

/** True when the limit asks nothing about the node, so that one answer holds for all nodes. */
export function isNodeless(limit: Limit): boolean {
  return limit.per !== 'node' && limit.per !== 'zone' && limit.match.zone === undefined;
}

export function countSlots(limit: Limit, eligibleNodes: number): number {
  return Math.max(limit.slots.count, Math.ceil((limit.slots.percent * eligibleNodes) / 100));
}

/** Leases with the same scope key share a limit's slots; undefined when the limit does not count the subject. */
export function scopeKey(limit: Limit, subject: LimitSubject): string | undefined {
  const { match } = limit;
  if (match.registry !== undefined && !matchesGlob(match.registry, subject.registry))
    return undefined;
  if (match.image !== undefined && !matchesGlob(match.image, subject.image)) return undefined;
  if (match.zone !== undefined && match.zone !== subject.zone) return undefined;
  switch (limit.per) {
    case 'cluster':
      return 'cluster';
    case 'image':
      return subject.image;
    case 'registry':
      return subject.registry;
    case 'zone':
      return subject.zone;
    case 'node':
      return subject.nodeUid;
    default:
      return limit.per satisfies never;
  }
}
