// The nodes to which one image could be offered now, by class and by how many desired images they lack. A node's rank
// changes with every pull, of every image that it lacks, and there may be thousands of nodes: so a change costs a push
// onto a heap, and what left a heap is thrown out when it comes up.
//
// Order: rank, then new nodes before old, then name. Beside it stands who has been passed over for how many offers.

import { Bucket, compareNodes } from './node-bucket.ts';
import type { NodeClass } from './node-class.ts';
import type { NodeState } from './node-state.ts';

export type RankOrder = 'warmest' | 'coldest';

interface Entry {
  rank: number;
  /** Offers of the image when the node became ready. */
  readonly offersBefore: number;
}

export class ReadyNodes {
  readonly #classes = new Map<NodeClass, ClassNodes>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  classes(): Iterable<NodeClass> {
    return this.#classes.keys();
  }

  sizeOf(nodeClass: NodeClass): number {
    return this.#classes.get(nodeClass)?.entries.size ?? 0;
  }

  has(node: NodeState): boolean {
    return this.#classes.get(node.nodeClass)?.entries.has(node) ?? false;
  }

  /**
   * Adds the node, or moves it to its new rank; its class must not change while it is here.
   * @param offers how many offers the image has had
   */
  set(node: NodeState, rank: number, offers: number): void {
    let nodes = this.#classes.get(node.nodeClass);
    if (nodes === undefined) {
      nodes = new ClassNodes();
      this.#classes.set(node.nodeClass, nodes);
    }
    if (nodes.set(node, rank, offers)) this.#size += 1;
  }

  delete(node: NodeState): void {
    const nodes = this.#classes.get(node.nodeClass);
    if (nodes?.delete(node) !== true) return;
    this.#size -= 1;
    if (nodes.entries.size === 0) this.#classes.delete(node.nodeClass);
  }

  /** Greatest number of images that one of these nodes lacks; 0 when there is none. */
  coldestRank(): number {
    let coldest = 0;
    for (const nodes of this.#classes.values())
      coldest = Math.max(coldest, nodes.endRank('coldest'));
    return coldest;
  }

  /** The first node in order, of these classes, that `accept` takes. */
  find(
    classes: readonly NodeClass[],
    order: RankOrder,
    accept: (node: NodeState) => boolean,
  ): NodeState | undefined {
    const walks = classes.flatMap((nodeClass) => {
      const nodes = this.#classes.get(nodeClass);
      return nodes === undefined ? [] : [nodes.walk(order)];
    });
    try {
      for (let walk = pickFirst(walks, order); walk !== undefined; walk = pickFirst(walks, order)) {
        const node = walk.take();
        if (node !== undefined && accept(node)) return node;
      }
      return undefined;
    } finally {
      for (const walk of walks) walk.end();
    }
  }

  /** The node of these classes that was passed over by most offers; undefined when there is none. */
  longestReady(
    classes: readonly NodeClass[],
  ): { node: NodeState; offersBefore: number } | undefined {
    let longest: { node: NodeState; offersBefore: number } | undefined;
    for (const nodeClass of classes) {
      const first = this.#classes.get(nodeClass)?.entries.entries().next();
      if (first === undefined || first.done) continue;
      const [node, { offersBefore }] = first.value;
      if (longest === undefined || offersBefore < longest.offersBefore)
        longest = { node, offersBefore };
    }
    return longest;
  }
}

/** The ready nodes of one class. */
class ClassNodes {
  /** In the order in which they became ready. */
  readonly entries = new Map<NodeState, Entry>();
  readonly #ranks = new Map<number, Bucket>();

  /** Returns true when the node was not there. */
  set(node: NodeState, rank: number, offers: number): boolean {
    const entry = this.entries.get(node);
    if (entry?.rank === rank) return false;
    if (entry === undefined) this.entries.set(node, { rank, offersBefore: offers });
    else {
      this.#leave(node, entry.rank);
      entry.rank = rank;
    }
    const bucket = this.#ranks.get(rank) ?? new Bucket();
    this.#ranks.set(rank, bucket);
    bucket.add(node);
    return entry === undefined;
  }

  /** Returns true when the node was there. */
  delete(node: NodeState): boolean {
    const entry = this.entries.get(node);
    if (entry === undefined) return false;
    this.entries.delete(node);
    this.#leave(node, entry.rank);
    return true;
  }

  endRank(order: RankOrder): number {
    const ranks = [...this.#ranks.keys()];
    return order === 'coldest' ? Math.max(...ranks) : Math.min(...ranks);
  }

  walk(order: RankOrder): Walk {
    const sign = order === 'warmest' ? 1 : -1;
    const ranks = [...this.#ranks].sort(([a], [b]) => sign * (a - b));
    return new Walk(ranks);
  }

  #leave(node: NodeState, rank: number): void {
    const bucket = this.#ranks.get(rank);
    bucket?.delete(node);
    if (bucket?.size === 0) this.#ranks.delete(rank);
  }
}

interface Head {
  readonly rank: number;
  readonly node: NodeState;
}

/** Goes through the nodes of one class in order; what it takes out of the heaps it puts back at its end. */
class Walk {
  readonly #ranks: readonly (readonly [number, Bucket])[];
  readonly #taken: { readonly bucket: Bucket; readonly node: NodeState }[] = [];
  #at = 0;

  constructor(ranks: readonly (readonly [number, Bucket])[]) {
    this.#ranks = ranks;
  }

  /** The next node, which stays; undefined at the end. */
  head(): Head | undefined {
    for (; this.#at < this.#ranks.length; this.#at += 1) {
      const [rank, bucket] = this.#ranks[this.#at] ?? [0, undefined];
      const node = bucket?.first();
      if (node !== undefined) return { rank, node };
    }
    return undefined;
  }

  take(): NodeState | undefined {
    const head = this.head();
    const bucket = this.#ranks[this.#at]?.[1];
    if (head === undefined || bucket === undefined) return undefined;
    bucket.removeFirst();
    this.#taken.push({ bucket, node: head.node });
    return head.node;
  }

  end(): void {
    for (const { bucket, node } of this.#taken) bucket.putBack(node);
  }
}

function pickFirst(walks: readonly Walk[], order: RankOrder): Walk | undefined {
  let best: { walk: Walk; head: Head } | undefined;
  for (const walk of walks) {
    const head = walk.head();
    if (head === undefined) continue;
    if (best === undefined || isBefore(head, best.head, order)) best = { walk, head };
  }
  return best?.walk;
}

function isBefore(a: Head, b: Head, order: RankOrder): boolean {
  if (a.rank !== b.rank) return order === 'warmest' ? a.rank < b.rank : a.rank > b.rank;
  return compareNodes(a.node, b.node) < 0;
}
