// When pulls started, apart from any limit: an edited limit counts the starts from before the edit. Bounded; what is
// forgotten counts as if it had happened at the last moment that it could have.

import type { Pair } from '../../shared/pair.ts';
import type { LimitSubject } from './limits.ts';

export interface Start {
  readonly pair: Pair;
  /** What limits see of the pair now. */
  subject: LimitSubject;
  /** Monotonic. */
  readonly atMs: number;
}

// More than a cluster of 5,000 nodes starts in ten minutes at 5 % of its nodes and 8 s a pull.
const maxStarts = 20_000;

export class StartLog {
  #starts: Start[] = [];
  #unknownMs: number | undefined;

  constructor(unknownMs: number) {
    this.#unknownMs = unknownMs;
  }

  /** Starts before that time are not known; undefined when all are. */
  get unknownMs(): number | undefined {
    return this.#unknownMs;
  }

  /** There were none before. */
  trust(): void {
    this.#unknownMs = undefined;
  }

  get starts(): readonly Start[] {
    return this.#starts;
  }

  note(start: Start): void {
    this.#starts.push(start);
    if (this.#starts.length < 2 * maxStarts) return;
    const forgotten = this.#starts.splice(0, maxStarts);
    this.#unknownMs = Math.max(this.#unknownMs ?? -Infinity, forgotten.at(-1)?.atMs ?? 0);
  }
}
