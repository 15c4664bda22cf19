// The nodes of one class that could pull something now, in order: by how many desired images they lack, then new nodes
// before old, then by lot. Two sorted arrays, because a walk over thousands of small numbers is faster than any tree that
// has to be kept up to date for each of a hundred images.

import type { NodeState } from './node-state.ts';

export class RankedNodes {
  readonly #nodeAt: (index: number) => NodeState | undefined;
  #indexes = new Int32Array(64);
  /** Of each place, in step with `#indexes`. */
  #ranks = new Int32Array(64);
  #length = 0;

  /** @param nodeAt the node with that index */
  constructor(nodeAt: (index: number) => NodeState | undefined) {
    this.#nodeAt = nodeAt;
  }

  get length(): number {
    return this.#length;
  }

  rankAt(place: number): number {
    return this.#ranks[place] ?? 0;
  }

  indexAt(place: number): number {
    return this.#indexes[place] ?? -1;
  }

  insert(node: NodeState, rank: number): void {
    if (this.#length === this.#indexes.length) this.#grow();
    const place = this.#placeOf(node, rank);
    this.#indexes.copyWithin(place + 1, place, this.#length);
    this.#ranks.copyWithin(place + 1, place, this.#length);
    this.#indexes[place] = node.index;
    this.#ranks[place] = rank;
    this.#length += 1;
  }

  /** @param rank with which it was inserted */
  remove(node: NodeState, rank: number): void {
    const place = this.#placeOf(node, rank);
    if (this.#indexes[place] !== node.index || place >= this.#length) return;
    this.#indexes.copyWithin(place, place + 1, this.#length);
    this.#ranks.copyWithin(place, place + 1, this.#length);
    this.#length -= 1;
  }

  /** The first place whose rank is at least this. */
  startOf(rank: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rankAt(middle) < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where the node stands, or would stand, with this rank. */
  #placeOf(node: NodeState, rank: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(middle, node, rank)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isBefore(place: number, node: NodeState, rank: number): boolean {
    const difference = this.rankAt(place) - rank;
    if (difference !== 0) return difference < 0;
    const other = this.#nodeAt(this.indexAt(place));
    return other !== undefined && compareNodes(other, node) < 0;
  }

  #grow(): void {
    const indexes = new Int32Array(this.#indexes.length * 2);
    indexes.set(this.#indexes);
    this.#indexes = indexes;
    const ranks = new Int32Array(this.#ranks.length * 2);
    ranks.set(this.#ranks);
    this.#ranks = ranks;
  }
}

/** New nodes before old, then by lot: neighbours by name share a rack, a pool or a fault. */
export function compareNodes(a: NodeState, b: NodeState): number {
  const byLot = b.createdAtMs - a.createdAtMs || a.lot - b.lot;
  return byLot || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);
}
