// How much of every limit is in use, counted from live leases and nothing else.

import { countSlots, isNodeless, type Limit, type LimitSubject, scopeKey } from './limits.ts';
import type { LimitView } from './views.ts';

/** Numbers of nodes that percentages refer to. */
export interface EligibleNodes {
  /** Nodes that at least one desired image targets. */
  readonly cluster: number;
  /** Nodes that the subject's image targets. */
  readonly image: number;
}

/** What the limit's percentage refers to. */
export function countNodes(limit: Limit, eligible: EligibleNodes): number {
  return limit.per === 'image' ? eligible.image : eligible.cluster;
}

export class LimitUse {
  readonly limits: readonly Limit[];
  readonly #nodeless: readonly Limit[];
  readonly #ofNode: readonly Limit[];
  /** Live leases by limit name and scope key; a scope at zero is removed. */
  readonly #use = new Map<string, Map<string, number>>();

  constructor(limits: readonly Limit[]) {
    this.limits = limits;
    this.#nodeless = limits.filter(isNodeless);
    this.#ofNode = limits.filter((limit) => !isNodeless(limit));
  }

  add(subject: LimitSubject): void {
    this.#count(subject, 1);
  }

  remove(subject: LimitSubject): void {
    this.#count(subject, -1);
  }

  /** Names of the limits that count a subject. */
  names(subject: LimitSubject): readonly string[] {
    return this.limits
      .filter((limit) => scopeKey(limit, subject) !== undefined)
      .map((limit) => limit.name);
  }

  /** The first limit without a free slot among those that ask nothing about the node. */
  findBindingForImage(subject: LimitSubject, eligible: EligibleNodes): Limit | undefined {
    return this.#nodeless.find((limit) => this.#isFull(limit, subject, eligible));
  }

  /** The first limit without a free slot among those that depend on the node. */
  findBindingForNode(subject: LimitSubject, eligible: EligibleNodes): Limit | undefined {
    return this.#ofNode.find((limit) => this.#isFull(limit, subject, eligible));
  }

  /** Fewest slots that one image has by the limits per image, for ordering. */
  slotsPerImage(subject: LimitSubject, eligible: EligibleNodes): number {
    return this.limits
      .filter((limit) => limit.per === 'image' && scopeKey(limit, subject) !== undefined)
      .reduce((least, limit) => Math.min(least, countSlots(limit, eligible.image)), Infinity);
  }

  /** Fewest slots over everything, for ordering. */
  slotsPerCluster(eligible: EligibleNodes): number {
    return this.limits
      .filter((limit) => limit.per === 'cluster' && Object.keys(limit.match).length === 0)
      .reduce((least, limit) => Math.min(least, countSlots(limit, eligible.cluster)), Infinity);
  }

  /** Fewest slots of any node, for leaving full nodes out early. */
  slotsPerNode(): number {
    return this.limits
      .filter((limit) => limit.per === 'node' && Object.keys(limit.match).length === 0)
      .reduce((least, limit) => Math.min(least, countSlots(limit, 0)), Infinity);
  }

  /** Live leases counted in one scope. */
  inUse(limit: Limit, key: string): number {
    return this.#use.get(limit.name)?.get(key) ?? 0;
  }

  /** Scopes in which at least one lease is live. */
  scopeKeys(limit: Limit): Iterable<string> {
    return this.#use.get(limit.name)?.keys() ?? [];
  }

  views(eligible: EligibleNodes): readonly LimitView[] {
    return this.limits.map((limit) => ({
      name: limit.name,
      slots: countSlots(limit, eligible.cluster),
      inUse: Math.max(0, ...(this.#use.get(limit.name)?.values() ?? [])),
    }));
  }

  #isFull(limit: Limit, subject: LimitSubject, eligible: EligibleNodes): boolean {
    const key = scopeKey(limit, subject);
    if (key === undefined) return false;
    return this.inUse(limit, key) >= countSlots(limit, countNodes(limit, eligible));
  }

  #count(subject: LimitSubject, by: 1 | -1): void {
    for (const limit of this.limits) {
      const key = scopeKey(limit, subject);
      if (key === undefined) continue;
      const scopes = this.#use.get(limit.name) ?? new Map<string, number>();
      this.#use.set(limit.name, scopes);
      const count = (scopes.get(key) ?? 0) + by;
      if (count === 0) scopes.delete(key);
      else scopes.set(key, count);
    }
  }
}
