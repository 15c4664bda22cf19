// In which order nodes get the next pull. Kept once for all images: what an image lacks is a bit per node, and the first
// node with the bit set is the one. Nodes stand apart by what their last pulls say of them, so that a search can do without
// some of them at no cost.

import type { NodeClass } from './node-class.ts';
import type { NodeState, Proof } from './node-state.ts';
import type { OpenNodes } from './open-nodes.ts';
import { compareNodes, RankedNodes } from './ranked-nodes.ts';

export type RankOrder = 'warmest' | 'coldest';

/** Where to look for a node. */
export interface Sought {
  readonly classes: readonly NodeClass[];
  readonly proofs: readonly Proof[];
  readonly open: OpenNodes;
}

export const allProofs: readonly Proof[] = ['proven', 'untried', 'failing'];

export class NodeOrder {
  readonly #classes = new Map<NodeClass, Map<Proof, RankedNodes>>();
  /** By index; a place of nobody is undefined. */
  readonly #nodes: (NodeState | undefined)[] = [];
  readonly #ranks: number[] = [];

  /** The classes that have a node in order. */
  classes(): Iterable<NodeClass> {
    return this.#classes.keys();
  }

  /** @param rank how many desired images it lacks; 0 takes it out, as must be done before its class, proof or index changes */
  set(node: NodeState, rank: number): void {
    const before = this.#ranks[node.index] ?? 0;
    if (before === rank || node.index < 0) return;
    this.#ranks[node.index] = rank;
    if (before > 0) this.#remove(node, before);
    if (rank === 0) return;
    this.#nodes[node.index] = node;
    const ofClass = this.#classes.get(node.nodeClass) ?? new Map<Proof, RankedNodes>();
    this.#classes.set(node.nodeClass, ofClass);
    const ranked = ofClass.get(node.proof) ?? new RankedNodes((index) => this.#nodes[index]);
    ofClass.set(node.proof, ranked);
    ranked.insert(node, rank);
  }

  /** The first node in order that is open and that `accept` takes. */
  find(
    sought: Sought,
    order: RankOrder,
    accept: (node: NodeState) => boolean,
  ): NodeState | undefined {
    const walks = this.#listsOf(sought).map((ranked) => new Walk(ranked, order, sought.open));
    for (;;) {
      const walk = this.#pick(walks, order);
      const node = walk === undefined ? undefined : this.#nodes[walk.index];
      if (walk === undefined || node === undefined) return undefined;
      if (accept(node)) return node;
      walk.advance();
    }
  }

  /** How many nodes of the class in order are open. */
  countOpen(nodeClass: NodeClass, open: OpenNodes): number {
    let count = 0;
    for (const ranked of this.#listsOf({ classes: [nodeClass], proofs: allProofs, open }))
      for (let place = 0; place < ranked.length; place += 1)
        if (open.has(ranked.indexAt(place))) count += 1;
    return count;
  }

  /** Greatest number of images that a node lacks, open or not; 0 when there is none. */
  highestRank(proof: Proof): number {
    let highest = 0;
    for (const ofClass of this.#classes.values()) {
      const ranked = ofClass.get(proof);
      if (ranked !== undefined) highest = Math.max(highest, ranked.rankAt(ranked.length - 1));
    }
    return highest;
  }

  /** Greatest number of images that an open node lacks; 0 when there is none. */
  coldestRank(open: OpenNodes, proofs: readonly Proof[]): number {
    let coldest = 0;
    const classes = [...this.#classes.keys()];
    for (const ranked of this.#listsOf({ classes, proofs, open })) {
      for (let place = ranked.length - 1; ranked.rankAt(place) > coldest; place -= 1)
        if (open.has(ranked.indexAt(place))) coldest = ranked.rankAt(place);
    }
    return coldest;
  }

  /** The open node that was passed over by most offers and that `accept` takes, if it opened before so many offers. */
  findLongestOpen(
    sought: Sought,
    latest: number,
    accept: (node: NodeState) => boolean,
  ): NodeState | undefined {
    let longest: { readonly node?: NodeState; readonly offersBefore: number } = {
      offersBefore: latest + 1,
    };
    for (const ranked of this.#listsOf(sought)) {
      for (let place = 0; place < ranked.length; place += 1) {
        const index = ranked.indexAt(place);
        const offersBefore = sought.open.offersBefore(index);
        const node = offersBefore < longest.offersBefore ? this.#nodes[index] : undefined;
        if (node !== undefined && accept(node)) longest = { node, offersBefore };
      }
    }
    return longest.node;
  }

  #listsOf({ classes, proofs }: Sought): readonly RankedNodes[] {
    const lists: RankedNodes[] = [];
    for (const nodeClass of classes) {
      const ofClass = this.#classes.get(nodeClass);
      for (const proof of proofs) {
        const ranked = ofClass?.get(proof);
        if (ranked !== undefined) lists.push(ranked);
      }
    }
    return lists;
  }

  #remove(node: NodeState, rank: number): void {
    const ofClass = this.#classes.get(node.nodeClass);
    ofClass?.get(node.proof)?.remove(node, rank);
    const isEmpty = [...(ofClass?.values() ?? [])].every(({ length }) => length === 0);
    if (isEmpty) this.#classes.delete(node.nodeClass);
    this.#nodes[node.index] = undefined;
  }

  /** The walk whose next node comes first; undefined when all have ended. */
  #pick(walks: readonly Walk[], order: RankOrder): Walk | undefined {
    let best: Walk | undefined;
    for (const walk of walks)
      if (walk.index >= 0 && (best === undefined || this.#isBefore(walk, best, order))) best = walk;
    return best;
  }

  #isBefore(a: Walk, b: Walk, order: RankOrder): boolean {
    if (a.rank !== b.rank) return order === 'warmest' ? a.rank < b.rank : a.rank > b.rank;
    const [left, right] = [this.#nodes[a.index], this.#nodes[b.index]];
    return left !== undefined && right !== undefined && compareNodes(left, right) < 0;
  }
}

/** Goes through the open nodes of one class; coldest first means rank by rank from the end, each from its start. */
class Walk {
  readonly #ranked: RankedNodes;
  readonly #order: RankOrder;
  readonly #open: OpenNodes;
  #place: number;
  /** Where the present group of equal ranks ends; all is one group when the warmest come first. */
  #end: number;

  constructor(ranked: RankedNodes, order: RankOrder, open: OpenNodes) {
    this.#ranked = ranked;
    this.#order = order;
    this.#open = open;
    this.#end = ranked.length;
    this.#place = order === 'warmest' ? 0 : ranked.startOf(ranked.rankAt(ranked.length - 1));
    this.#settle();
  }

  /** Of the next open node; -1 at the end. */
  get index(): number {
    return this.#place < this.#end ? this.#ranked.indexAt(this.#place) : -1;
  }

  get rank(): number {
    return this.#ranked.rankAt(this.#place);
  }

  advance(): void {
    this.#place += 1;
    this.#settle();
  }

  /** Goes on to an open node, through this group and those after it. */
  #settle(): void {
    for (;;) {
      while (this.#place < this.#end && !this.#open.has(this.#ranked.indexAt(this.#place)))
        this.#place += 1;
      if (this.#place < this.#end || this.#order === 'warmest') return;
      const rank = this.#ranked.rankAt(this.#end - 1);
      const start = this.#ranked.startOf(rank);
      if (start === 0) return;
      this.#end = start;
      this.#place = this.#ranked.startOf(this.#ranked.rankAt(start - 1));
    }
  }
}
