// At most so many writes in any span of so long: a strict sliding window, because a token bucket lets twice as many
// through when it was full.

export class WriteWindow {
  readonly #maxWrites: number;
  readonly #spanMs: number;
  readonly #writtenAtMs: number[] = [];

  constructor(maxWrites: number, spanMs: number) {
    this.#maxWrites = maxWrites;
    this.#spanMs = spanMs;
  }

  /** When the next write may happen; now or in the past means at once. */
  nextAtMs(): number {
    const oldest = this.#writtenAtMs.at(-this.#maxWrites);
    return oldest === undefined ? Number.NEGATIVE_INFINITY : oldest + this.#spanMs;
  }

  noteWrite(nowMs: number): void {
    this.#writtenAtMs.push(nowMs);
    if (this.#writtenAtMs.length > this.#maxWrites) this.#writtenAtMs.shift();
  }
}
