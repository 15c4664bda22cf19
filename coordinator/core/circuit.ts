// One circuit breaker: closed while all is well, open for a while after trouble, then half-open, when one lease may try.
// What counts as trouble, and whose, is decided by the breakers that own it.

import { type Backoff, decideBackoffMs } from '../../shared/backoff.ts';
import type { Instant } from '../../shared/clock.ts';
import type { Lease } from './lease-table.ts';

export type CircuitState = 'closed' | 'open' | 'halfOpen';

export interface Trip {
  readonly backoff: Backoff;
  readonly lease: Lease;
  /** Who is in trouble asks for this long. */
  readonly atLeastMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export class Circuit {
  /** Openings in a row. */
  #openings = 0;
  /** Monotonic; and the same in wall time, for people. */
  #untilMs = 0;
  #untilAtMs = 0;
  /** The one lease that tries, half-open. */
  #probe: Lease | undefined;

  get openings(): number {
    return this.#openings;
  }

  /** End of the newest opening, monotonic. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** The same in wall time. */
  get untilAtMs(): number {
    return this.#untilAtMs;
  }

  state({ monotonicMs }: Instant): CircuitState {
    if (this.#openings === 0) return 'closed';
    return monotonicMs < this.#untilMs ? 'open' : 'halfOpen';
  }

  /** Why nothing may begin; with no time, the probe's end will tell. Undefined when something may. */
  findWait(now: Instant): { readonly retryAtMs: number | undefined } | undefined {
    const state = this.state(now);
    if (state === 'open') return { retryAtMs: this.#untilMs };
    return state === 'halfOpen' && this.#probe !== undefined ? { retryAtMs: undefined } : undefined;
  }

  /** A lease begins: half-open, it is the probe. */
  begin(lease: Lease, now: Instant): void {
    if (this.state(now) === 'halfOpen') this.#probe ??= lease;
  }

  isProbe(lease: Lease): boolean {
    return this.#probe === lease;
  }

  /** The probe ended and told nothing. */
  release(lease: Lease): void {
    if (this.#probe === lease) this.#probe = undefined;
  }

  /** Opens it, for longer each time in a row. What began before it opened and fails now says nothing new. */
  trip({ lease, backoff, atLeastMs, random }: Trip, now: Instant): void {
    if (this.#openings > 0 && this.#probe !== lease) {
      this.#extend(atLeastMs, now);
      return;
    }
    this.#probe = undefined;
    this.#openings += 1;
    this.#openFor(Math.max(decideBackoffMs(backoff, this.#openings, random), atLeastMs), now);
  }

  /** As it was before a restart of ours. */
  restore(openings: number, untilAtMs: number, now: Instant): void {
    if (this.#openings > 0) return;
    this.#openings = openings;
    this.#openFor(Math.max(untilAtMs - now.wallMs, 0), now);
  }

  #extend(atLeastMs: number, now: Instant): void {
    if (now.monotonicMs + atLeastMs > this.#untilMs && this.state(now) === 'open')
      this.#openFor(atLeastMs, now);
  }

  #openFor(spanMs: number, now: Instant): void {
    this.#untilMs = now.monotonicMs + spanMs;
    this.#untilAtMs = now.wallMs + spanMs;
  }
}
