// One session as the core knows it: its heartbeats, and with them how long an offer is good for. An offer echoes the
// heartbeat that it answers; counting from the moment that heartbeat was sent, delay anywhere can only shorten it.

import type { Instant } from '../../shared/clock.ts';
import type { Heartbeat, Welcome } from '../../shared/protocol.ts';

export class CoreSession {
  readonly #offerTtlMs: number;
  readonly #heartbeatIntervalMs: number;
  /** Monotonic time of sending by sequence, as far back as an offer can live. */
  readonly #sentAtMs = new Map<number, number>();
  #sequence = 0;
  #nextHeartbeatMs: number;
  #draining = false;

  constructor(welcome: Welcome, now: Instant) {
    this.#offerTtlMs = welcome.offerTtlMs;
    this.#heartbeatIntervalMs = Math.max(welcome.heartbeatIntervalMs, minHeartbeatIntervalMs);
    this.#nextHeartbeatMs = now.monotonicMs;
  }

  get nextHeartbeatMs(): number {
    return this.#nextHeartbeatMs;
  }

  get draining(): boolean {
    return this.#draining;
  }

  drain(): void {
    this.#draining = true;
  }

  /** End of an offer that echoes this heartbeat; undefined when no such heartbeat can have a living offer. */
  offerDeadlineMs(sequence: number): number | undefined {
    const sentAtMs = this.#sentAtMs.get(sequence);
    return sentAtMs === undefined ? undefined : sentAtMs + this.#offerTtlMs;
  }

  /** The heartbeat that is due: one, however many were missed. */
  heartbeats({ monotonicMs }: Instant): readonly Heartbeat[] {
    if (monotonicMs < this.#nextHeartbeatMs) return [];
    this.#nextHeartbeatMs = monotonicMs + this.#heartbeatIntervalMs;
    for (const [sequence, sentAtMs] of this.#sentAtMs)
      if (sentAtMs + this.#offerTtlMs <= monotonicMs) this.#sentAtMs.delete(sequence);
    this.#sequence += 1;
    this.#sentAtMs.set(this.#sequence, monotonicMs);
    return [{ kind: 'heartbeat', sequence: this.#sequence }];
  }
}

// Whatever a coordinator asks for, no agent sends more often; this also bounds the map above.
const minHeartbeatIntervalMs = 1_000;
