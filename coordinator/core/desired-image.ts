// One image with one credential set, and every CachedImage that wishes for it. Wishes with the same key are one
// desired image: the outcome of a pull reaches all of them.

import type { Reason } from '../../shared/reason.ts';
import type { Lease } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import { ReadyNodes } from './ready-nodes.ts';
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

/** What makes two wishes one desired image (the registry follows from the image). */
export type ImageKey = Pick<Wish, 'image' | 'registry' | 'pullSecrets'>;

// Webhooks rewrite an image to a mirror or a digest; more spellings than this of one image are somebody's mistake.
const maxAdmitted = 8;

export class DesiredImage {
  readonly key: string;
  readonly image: string;
  readonly registry: string;
  readonly pullSecrets: readonly string[];
  readonly wishes = new Set<WishState>();
  readonly targets = new Set<NodeState>();
  /** Target nodes that do not hold it. */
  readonly missing = new Set<NodeState>();
  /** Missing, without a live lease, out of backoff, on an available node. */
  readonly ready = new ReadyNodes();
  readonly pairs = new Map<NodeState, PairState>();
  /** What the API server made of the reference in pull pods, other than the reference itself. */
  readonly admitted = new Set<string>();
  /** Lowest of its wishes' values. */
  priority = 0;
  #pulls = 0;
  #pullMs = 0;

  constructor(of: ImageKey) {
    this.key = desiredImageKey(of);
    this.image = of.image;
    this.registry = of.registry;
    this.pullSecrets = of.pullSecrets;
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
