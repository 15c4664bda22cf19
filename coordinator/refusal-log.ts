// Says which connections were turned away, a line for a whole batch: a thousand attempts of somebody who knocks at the
// wrong door, or attacks, must not become a thousand lines.

import type { Clock, Timer } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import type { EndReason } from './connections.ts';

const batchMs = 10_000;
// Enough to find who it is.
const maxAddresses = 5;
const maxErrors = 3;

interface Batch {
  readonly counts: Map<EndReason, number>;
  readonly addresses: Set<string>;
}

export class RefusalLog {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #errors = new Set<string>();
  #batch: Batch | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  note(reason: EndReason, address: string): void {
    this.#batch ??= this.#open();
    const { counts, addresses } = this.#batch;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (addresses.size < maxAddresses) addresses.add(address);
  }

  /** What OpenSSL said about a handshake that fails. */
  noteError(error: Error): void {
    const code = 'code' in error ? String(error.code) : error.message;
    if (code !== 'ECONNRESET' && this.#errors.size < maxErrors) this.#errors.add(code);
  }

  /** Writes what is there. */
  flush(): void {
    this.#timer?.cancel();
    if (this.#batch === undefined) return;
    const { counts, addresses } = this.#batch;
    const fields = { reasons: Object.fromEntries(counts), addresses: [...addresses] };
    this.#log.warn({ ...fields, errors: [...this.#errors] }, 'connections turned away');
    this.#batch = undefined;
    this.#errors.clear();
  }

  #open(): Batch {
    this.#timer = this.#clock.startTimer(batchMs, () => this.flush());
    return { counts: new Map(), addresses: new Set() };
  }
}
