// One CachedImage as the core follows it: what it asks for and where each of its target nodes stands.

import type { Condition } from '../../shared/kube-types.ts';
import type { DesiredImage } from './desired-image.ts';
import type { CachedImageObject } from './events.ts';
import type { NodeState } from './node-state.ts';
import type { PolicyState } from './policy-state.ts';
import type { TargetRule } from './target.ts';
import type { ParsedWish } from './wish.ts';

/** Where a target node stands: `failed` while its last pull failed and no other is under way. */
export type Standing = 'missing' | 'pulling' | 'retrying' | 'failed' | 'ready';

export class WishState {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly parsed: ParsedWish;
  /** Undefined when the spec is invalid. */
  desired: DesiredImage | undefined;
  /** Undefined when it names none, or one that does not exist. */
  policy: PolicyState | undefined;
  /** Target nodes and where they stand. */
  readonly standings = new Map<NodeState, Standing>();
  readonly counts: Record<Standing, number> = {
    missing: 0,
    pulling: 0,
    retrying: 0,
    failed: 0,
    ready: 0,
  };
  /** Target nodes whose last pull failed, longest failing first. */
  readonly failing = new Set<NodeState>();
  /** Last said conditions: a condition keeps its transition time while its status stays. */
  conditions: readonly Condition[];
  /** Phase and reasons last announced, to tell a transition from a count. */
  announced = '';
  consecutiveFailures: number;
  lastPulledAt: string | undefined;
  lastAttemptedAt: string | undefined;
  resolvedDigest: string | undefined;

  constructor(object: CachedImageObject, parsed: ParsedWish, previous: WishState | undefined) {
    this.name = object.metadata.name;
    this.uid = object.metadata.uid ?? '';
    this.generation = object.metadata.generation ?? 0;
    this.parsed = parsed;
    this.conditions = previous?.conditions ?? object.status?.conditions ?? [];
    // A spec edit never inherits what was true of the old spec.
    const described = previous?.generation ?? object.status?.observedGeneration;
    const history = described === this.generation ? (previous ?? object.status) : undefined;
    this.consecutiveFailures = history?.consecutiveFailures ?? 0;
    this.lastPulledAt = history?.lastPulledAt;
    this.lastAttemptedAt = history?.lastAttemptedAt;
    this.resolvedDigest = history?.resolvedDigest;
  }

  /** The PullPolicy that the spec names; undefined when it names none. */
  get policyName(): string | undefined {
    return this.parsed.kind === 'valid' ? this.parsed.wish.policy : undefined;
  }

  /** Which nodes it is for, and what their pods tolerate; undefined when the spec is invalid. */
  get rule(): TargetRule | undefined {
    if (this.parsed.kind === 'invalid') return undefined;
    const { wish } = this.parsed;
    if (this.policy === undefined) return wish;
    const tolerations = [...wish.tolerations, ...this.policy.policy.tolerations];
    return { nodeSelector: wish.nodeSelector, tolerations };
  }

  get targeted(): number {
    return this.standings.size;
  }

  /** Undefined means that the node is no target (any more). Returns true when something changed. */
  setStanding(node: NodeState, standing: Standing | undefined): boolean {
    const before = this.standings.get(node);
    if (before === standing) return false;
    if (before !== undefined) this.counts[before] -= 1;
    if (standing === 'failed' || standing === 'retrying') this.failing.add(node);
    else this.failing.delete(node);
    if (standing === undefined) this.standings.delete(node);
    else {
      this.counts[standing] += 1;
      this.standings.set(node, standing);
    }
    return true;
  }
}
