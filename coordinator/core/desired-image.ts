// One image with one credential set, and every CachedImage that wishes for it. Wishes with the same key are one
// desired image: the outcome of a pull reaches all of them.

import type { Backoff } from '../../shared/backoff.ts';
import type { Reason } from '../../shared/reason.ts';
import { ClassTally } from './class-tally.ts';
import type { Lease } from './lease-table.ts';
import { drawLot } from './lot.ts';
import type { NodeState } from './node-state.ts';
import { OpenNodes } from './open-nodes.ts';
import { backoffJitterRatio } from './policy.ts';
import type { PolicyState } from './policy-state.ts';
import type { ImageTraits } from './subject.ts';
import type { Wish } from './wish.ts';
import type { WishState } from './wish-state.ts';

/** What is remembered of a pair beyond its inventory entry: only of pairs with a lease, a pod or a failure. */
export interface PairState {
  lease: Lease | undefined;
  /** Failed attempts in a row. */
  failures: number;
  /** An ended pull pod still bears the pair's name: the API server would refuse another one. */
  hasLeftoverPod: boolean;
  /** True until the backoff is over. */
  isBackingOff: boolean;
  /** End of the newest backoff, monotonic; and the same in wall time, for people. */
  nextAttemptMs: number;
  /** When the newest backoff began, wall time. */
  backingOffSinceMs: number;
  nextAttemptAtMs: number;
  reason: Reason;
  message: string;
}

/** An image that failed as a whole waits as a whole. */
export interface ImageRest {
  /** Failures in a row. */
  readonly attempts: number;
  /** Wall time. */
  readonly nextAttemptAtMs: number;
}

/** What makes two wishes one desired image (the registry follows from the image). */
export type ImageKey = Pick<Wish, 'image' | 'registry' | 'pullSecrets'>;

// Webhooks rewrite an image to a mirror or a digest; more spellings than this of one image are somebody's mistake.
const maxAdmitted = 8;

/** Of images without a policy. Delays 15-30 s, 30-60 s, 60-120 s, 120-240 s, then 150-300 s. */
const defaultBackoff: Backoff = {
  initialMs: 30_000,
  factor: 2,
  maxMs: 300_000,
  jitterRatio: backoffJitterRatio,
};

export class DesiredImage {
  readonly key: string;
  readonly image: string;
  readonly registry: string;
  readonly pullSecrets: readonly string[];
  readonly wishes = new Set<WishState>();
  readonly targets = new Set<NodeState>();
  /** Target nodes that do not hold it. */
  readonly missing = new Set<NodeState>();
  /** Missing, without a live lease or a leftover pod, out of backoff. */
  readonly open = new OpenNodes();
  readonly pairs = new Map<NodeState, PairState>();
  /** What the API server made of the reference in pull pods, other than the reference itself. */
  readonly admitted = new Set<string>();
  /** Targets and missing by class; kept up to date by `Demand`. */
  readonly tally = new ClassTally();
  /** Set while it has failed as a whole and not succeeded since. */
  rest: ImageRest | undefined;
  /** Lowest of its wishes' values; kept by `readWishes`. */
  priority = 0;
  /** Live leases of it on nodes that were not proven when they began; kept by `Pairs`. */
  trials = 0;
  /** Its place among images that nothing else sets apart. */
  readonly lot: number;
  /** How many offers it has had. */
  offers = 0;
  /** Since when it has had open nodes and no offer, monotonic; undefined while it has none. */
  waitingSinceMs: number | undefined;
  #policies: readonly PolicyState[] = [];
  #traits: ImageTraits;
  #pulls = 0;
  #pullMs = 0;

  constructor(of: ImageKey) {
    this.key = desiredImageKey(of);
    this.lot = drawLot(this.key);
    this.image = of.image;
    this.registry = of.registry;
    this.pullSecrets = of.pullSecrets;
    this.#traits = { image: of.image, registry: of.registry, policies: [] };
  }

  get traits(): ImageTraits {
    return this.#traits;
  }

  /** The PullPolicies that its wishes name and that exist, sorted by name. */
  get policies(): readonly PolicyState[] {
    return this.#policies;
  }

  /** Of several policies the longest: whoever asked for patience gets it. */
  get failureBackoff(): Backoff {
    const [first, ...others] = this.#policies.map(({ policy }) => policy.failureBackoff);
    return others.reduce(
      (longest, next) => (next.maxMs > longest.maxMs ? next : longest),
      first ?? defaultBackoff,
    );
  }

  /**
   * What its wishes say counts for all: the lowest priority value, every policy's limits. Returns true when its policies
   * have changed.
   */
  readWishes(): boolean {
    let lowest: number | undefined;
    const policies = new Map<string, PolicyState>();
    for (const { parsed, policy } of this.wishes) {
      if (parsed.kind === 'valid') lowest = Math.min(lowest ?? Infinity, parsed.wish.priority);
      if (policy !== undefined) policies.set(policy.name, policy);
    }
    this.priority = lowest ?? 0;
    return this.#setPolicies([...policies.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  #setPolicies(policies: readonly PolicyState[]): boolean {
    const isSame =
      policies.length === this.#policies.length &&
      policies.every((policy, index) => policy === this.#policies[index]);
    if (isSame) return false;
    this.#policies = policies;
    this.#traits = { image: this.image, registry: this.registry, policies };
    return true;
  }

  /** False: nobody wishes for it and no lease is about it, so it can be forgotten. */
  get isInUse(): boolean {
    if (this.wishes.size > 0) return true;
    for (const pair of this.pairs.values()) if (pair.lease !== undefined) return true;
    return false;
  }

  /** Mean time from a pull pod's creation to its end; undefined while none has succeeded. */
  get meanPullMs(): number | undefined {
    return this.#pulls === 0 ? undefined : this.#pullMs / this.#pulls;
  }

  recordPull(pullMs: number): void {
    this.#pulls += 1;
    this.#pullMs += Math.max(0, pullMs);
  }

  /** Returns true when the spelling is new. */
  addAdmitted(reference: string): boolean {
    if (reference === this.image || this.admitted.has(reference)) return false;
    if (this.admitted.size >= maxAdmitted) return false;
    this.admitted.add(reference);
    return true;
  }

  /** Live leases about it but this one. */
  countLeases(except: Lease): number {
    let count = 0;
    for (const { lease } of this.pairs.values())
      if (lease !== undefined && lease !== except) count += 1;
    return count;
  }

  isHeldBy(node: NodeState): boolean {
    if (node.holds(this.image)) return true;
    for (const reference of this.admitted) if (node.holds(reference)) return true;
    return false;
  }

  pair(node: NodeState): PairState {
    const known = this.pairs.get(node);
    if (known !== undefined) return known;
    const pair = {
      lease: undefined,
      failures: 0,
      hasLeftoverPod: false,
      isBackingOff: false,
      nextAttemptMs: 0,
      backingOffSinceMs: 0,
      nextAttemptAtMs: 0,
      reason: '' as const,
      message: '',
    };
    this.pairs.set(node, pair);
    return pair;
  }

  /** The node has the image: whatever failed before is over. */
  clearFailures(node: NodeState): void {
    const pair = this.pairs.get(node);
    if (pair === undefined) return;
    pair.failures = 0;
    pair.isBackingOff = false;
    this.tidy(node);
  }

  /** How many target nodes that lack it have a live lease for it. */
  livePairs(): number {
    let count = 0;
    for (const [node, { lease }] of this.pairs) {
      if (lease !== undefined && this.missing.has(node)) count += 1;
    }
    return count;
  }

  /** Forgets a pair about which there is nothing to remember. */
  tidy(node: NodeState): void {
    const pair = this.pairs.get(node);
    if (pair === undefined || pair.lease !== undefined) return;
    if (pair.failures > 0 || pair.hasLeftoverPod || pair.isBackingOff) return;
    this.pairs.delete(node);
  }
}

export function desiredImageKey(of: Pick<ImageKey, 'image' | 'pullSecrets'>): string {
  return `${of.image}|${of.pullSecrets.join(',')}`;
}
