// Nodes in order, for a crowd that changes all the time: adding costs a push onto a heap, leaving costs nothing until the
// node would have come up.

import type { NodeState } from './node-state.ts';

/** New nodes before old, then by name. */
export function compareNodes(a: NodeState, b: NodeState): number {
  return b.createdAtMs - a.createdAtMs || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

// A heap is made anew when it holds so many more entries than nodes: what left it long ago.
const slack = 16;

/** Nodes of one rank: a set for who is in it, a heap for the order; the heap may hold nodes that have left, or one twice. */
export class Bucket {
  readonly #nodes = new Set<NodeState>();
  #heap: NodeState[] = [];

  get size(): number {
    return this.#nodes.size;
  }

  add(node: NodeState): void {
    this.#nodes.add(node);
    this.#push(node);
    if (this.#heap.length > 2 * this.#nodes.size + slack) {
      // A sorted array is a heap.
      this.#heap = [...this.#nodes].sort(compareNodes);
    }
  }

  delete(node: NodeState): void {
    this.#nodes.delete(node);
  }

  first(): NodeState | undefined {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || this.#nodes.has(first)) return first;
      this.#pop();
    }
  }

  /** Takes the first out of the order until `putBack`, with every entry of it. */
  removeFirst(): void {
    const [first] = this.#heap;
    while (first !== undefined && this.#heap[0] === first) this.#pop();
  }

  putBack(node: NodeState): void {
    if (this.#nodes.has(node)) this.#push(node);
  }

  #push(node: NodeState): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(node);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || compareNodes(node, above) >= 0) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = node;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = heap[left + 1];
      const child = heap[left];
      if (child === undefined) break;
      const useRight = right !== undefined && compareNodes(right, child) < 0;
      const least = useRight ? right : child;
      if (compareNodes(last, least) <= 0) break;
      heap[at] = least;
      at = useRight ? left + 1 : left;
    }
    heap[at] = last;
  }
}
