// Timers in the order in which they are due: a binary heap, because a simulated cluster of thousands of nodes holds
// tens of thousands of them. Timers due at the same moment run in the order in which they were started.

export interface HeapTimer {
  readonly dueMs: number;
  /** Number of the timer in order of starting. */
  readonly sequence: number;
  readonly callback: () => void;
  cancelled: boolean;
}

export class TimerHeap {
  readonly #timers: HeapTimer[] = [];

  push(timer: HeapTimer): void {
    let index = this.#timers.push(timer) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >>> 1;
      const parent = this.#timers[parentIndex];
      if (parent === undefined || isBefore(parent, timer)) break;
      this.#timers[index] = parent;
      this.#timers[parentIndex] = timer;
      index = parentIndex;
    }
  }

  /** The next timer that was not cancelled. */
  peek(): HeapTimer | undefined {
    while (this.#timers[0]?.cancelled === true) this.#removeFirst();
    return this.#timers[0];
  }

  /** Removes what `peek` returns. */
  pop(): HeapTimer | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const last = this.#timers.pop();
    if (last === undefined || this.#timers.length === 0) return;
    let index = 0;
    for (;;) {
      const childIndex = this.#earlierChild(index);
      const child = this.#timers[childIndex];
      if (child === undefined || isBefore(last, child)) break;
      this.#timers[index] = child;
      index = childIndex;
    }
    this.#timers[index] = last;
  }

  #earlierChild(index: number): number {
    const left = this.#timers[2 * index + 1];
    const right = this.#timers[2 * index + 2];
    const rightIsEarlier = left !== undefined && right !== undefined && isBefore(right, left);
    return rightIsEarlier ? 2 * index + 2 : 2 * index + 1;
  }
}

function isBefore(a: HeapTimer, b: HeapTimer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence);
}
