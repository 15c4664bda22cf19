// What happened in one simulated run, a line each with its virtual time. Only the last lines are kept; a hash over all
// of them says whether two runs were the same, byte for byte.

import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';

/** Enough to see what led to a violation, short enough to read. */
const maxLines = 60;

export class Trace {
  readonly #clock: Clock;
  readonly #hash = createHash('sha256');
  #lines: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(text: string): void {
    const seconds = (this.#clock.now().monotonicMs / 1_000).toFixed(3);
    const line = `${seconds.padStart(9)} ${text}`;
    this.#hash.update(`${line}\n`);
    this.#lines.push(line);
    if (this.#lines.length > 2 * maxLines) this.#lines = this.#lines.slice(-maxLines);
  }

  /** The last lines, oldest first. */
  tail(): readonly string[] {
    return this.#lines.slice(-maxLines);
  }

  /** Of every line so far. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
