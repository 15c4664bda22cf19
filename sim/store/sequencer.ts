// The one order in which things happen in the embedded cluster: each write takes the next version, and listeners hear
// of writes in that order even when one of them writes again while it is being told.

export class Sequencer {
  /** Starts at 1, because a client says 0 for "any version". */
  #version = 1;
  /** Bounded by the writes that listeners make during one delivery. */
  readonly #undelivered: (() => void)[] = [];
  #state: 'idle' | 'delivering' = 'idle';

  /** Version of the newest write to any resource. */
  get version(): number {
    return this.#version;
  }

  next(): number {
    this.#version += 1;
    return this.#version;
  }

  /** Runs `delivery` now, or after those that are under way. */
  deliver(delivery: () => void): void {
    this.#undelivered.push(delivery);
    if (this.#state === 'delivering') return;
    this.#state = 'delivering';
    try {
      for (;;) {
        const next = this.#undelivered.shift();
        if (next === undefined) return;
        next();
      }
    } finally {
      this.#state = 'idle';
    }
  }
}
