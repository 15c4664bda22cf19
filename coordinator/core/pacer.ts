// Makes offers for as long as something can be offered, and asks to be woken when time alone will let something through.

import type { Instant } from '../../shared/clock.ts';
import type { Leases } from './leases.ts';
import { decideOffer, noteOffer, noteWaiting } from './pacing.ts';
import type { State } from './state.ts';

export class Pacer {
  readonly #state: State;
  readonly #leases: Leases;
  /** The earliest `pacingDue` under way. */
  #dueMs = Infinity;

  constructor(state: State, leases: Leases) {
    this.#state = state;
    this.#leases = leases;
  }

  offer(now: Instant): void {
    while (this.#state.mayOffer(now)) {
      const decision = decideOffer(this.#state, now);
      if (decision.kind === 'wait') {
        noteWaiting(this.#state, now.monotonicMs);
        this.#wakeAt(decision.retryAtMs);
        return;
      }
      this.#leases.offer(decision.image, decision.node, now);
      noteOffer(decision.image, now.monotonicMs);
    }
  }

  /** What was asked for came; the next decision asks again if it has to. */
  due(): void {
    this.#dueMs = Infinity;
  }

  // One deadline is enough for all that wait.
  #wakeAt(retryAtMs: number | undefined): void {
    if (retryAtMs === undefined || retryAtMs >= this.#dueMs) return;
    this.#dueMs = retryAtMs;
    this.#state.deadlines.add(retryAtMs, { kind: 'pacingDue' });
  }
}
