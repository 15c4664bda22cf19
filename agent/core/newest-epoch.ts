// The newest epoch that this agent has met: offers of older ones are a former leader's and are not acted upon. It is
// forgotten some time after its coordinator fell silent, because epochs can start anew: somebody deleted the coordination
// Lease that keeps them. Until then a former leader has long run into its other fences (ARCHITECTURE.md, I3): its streams are
// broken, and its pods' not-after has passed.

import type { Instant } from '../../shared/clock.ts';

/** Many times what a leader that was paused or cut off can hold on to. */
const memoryMs = 10 * 60_000;

export class NewestEpoch {
  #epoch = 0;
  /** Monotonic; when a session of that epoch was last open. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #sessionEpoch: number | undefined;

  get epoch(): number {
    return this.#epoch;
  }

  sessionOpened(epoch: number, now: Instant): void {
    this.#sessionEpoch = epoch;
    this.#hear(now);
  }

  sessionEnded(now: Instant): void {
    this.#hear(now);
    this.#sessionEpoch = undefined;
  }

  /** Whether an offer of this epoch may be acted upon: it is the session's own, and none newer is remembered. */
  isNewest(epoch: number, now: Instant): boolean {
    this.#hear(now);
    return epoch === this.#sessionEpoch && epoch === this.#epoch;
  }

  #hear({ monotonicMs }: Instant): void {
    if (this.#sessionEpoch === undefined) return;
    const isForgotten = monotonicMs - this.#heardMs > memoryMs;
    const isOpen = this.#sessionEpoch === this.#epoch;
    if (this.#sessionEpoch > this.#epoch || (isForgotten && !isOpen)) {
      this.#epoch = this.#sessionEpoch;
    }
    if (this.#sessionEpoch === this.#epoch) this.#heardMs = monotonicMs;
  }
}
