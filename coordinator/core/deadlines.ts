// What is due when: a binary heap, because thousands of pairs may wait for their backoff at once and each event asks
// for the earliest. An entry is never removed early; its owner looks whether it still means something.

interface Deadline<T> {
  readonly atMs: number;
  /** Breaks ties, so that the same run pops in the same order. */
  readonly number: number;
  readonly subject: T;
}

export class Deadlines<T> {
  readonly #heap: Deadline<T>[] = [];
  #count = 0;

  add(atMs: number, subject: T): void {
    this.#heap.push({ atMs, number: this.#count++, subject });
    this.#siftUp(this.#heap.length - 1);
  }

  nextMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  /** Removes and returns the earliest subject that is due; undefined when none is. */
  pop(nowMs: number): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#siftDown(0);
    }
    return first.subject;
  }

  #siftUp(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #siftDown(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      const least = [left, left + 1].reduce((a, b) => (this.#isBefore(b, a) ? b : a), at);
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const left = this.#heap[a];
    const right = this.#heap[b];
    if (left === undefined || right === undefined) return false;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.number < right.number);
  }

  #swap(a: number, b: number): void {
    const left = this.#heap[a];
    const right = this.#heap[b];
    if (left === undefined || right === undefined) return;
    this.#heap[a] = right;
    this.#heap[b] = left;
  }
}
