// The nodes to which one image could be offered now, ordered by how many desired images they lack. Buckets, because
// a node's rank changes with every pull and there may be thousands of nodes; within a bucket first come, first
// served, so that the same run chooses the same nodes.

import type { NodeState } from './node-state.ts';

export class ReadyNodes {
  readonly #buckets = new Map<number, Set<NodeState>>();
  readonly #rankOf = new Map<NodeState, number>();

  get size(): number {
    return this.#rankOf.size;
  }

  /** Adds the node, or moves it to its new rank. */
  set(node: NodeState, rank: number): void {
    if (this.#rankOf.get(node) === rank) return;
    this.delete(node);
    const bucket = this.#buckets.get(rank) ?? new Set<NodeState>();
    this.#buckets.set(rank, bucket.add(node));
    this.#rankOf.set(node, rank);
  }

  delete(node: NodeState): void {
    const rank = this.#rankOf.get(node);
    if (rank === undefined) return;
    this.#rankOf.delete(node);
    const bucket = this.#buckets.get(rank);
    bucket?.delete(node);
    if (bucket?.size === 0) this.#buckets.delete(rank);
  }

  /** Greatest number of images that one of these nodes lacks; 0 when there is none. */
  coldestRank(): number {
    return Math.max(0, ...this.#buckets.keys());
  }

  /** In order: nearest to warm first, or coldest first. */
  *inOrder(first: 'warmest' | 'coldest'): Generator<NodeState> {
    const sign = first === 'warmest' ? 1 : -1;
    const ranks = [...this.#buckets.keys()].sort((a, b) => sign * (a - b));
    for (const rank of ranks) yield* this.#buckets.get(rank) ?? [];
  }
}
