// Answers of the API server that may be used again for a while. Bounded: the oldest goes first, so that whoever invents
// questions makes others ask again, and no more.

import type { Clock } from '../../shared/clock.ts';

interface Kept<T> {
  readonly answer: T;
  readonly untilMs: number;
}

export class KeptAnswers<T> {
  readonly #clock: Clock;
  readonly #maxAnswers: number;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(clock: Clock, maxAnswers: number) {
    this.#clock = clock;
    this.#maxAnswers = maxAnswers;
  }

  get size(): number {
    return this.#kept.size;
  }

  find(key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (this.#clock.now().monotonicMs < kept.untilMs) return kept.answer;
    this.#kept.delete(key);
    return undefined;
  }

  keep(key: string, answer: T, forMs: number): void {
    this.#kept.delete(key);
    if (forMs <= 0) return;
    this.#kept.set(key, { answer, untilMs: this.#clock.now().monotonicMs + forMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#maxAnswers && oldest !== undefined) this.#kept.delete(oldest);
  }
}
