// The one place that talks to the core: events go in one by one, effects come out in order, one timer waits for what is
// due next. An effect that brings about another event (a session that ends because it cannot be sent to) queues it; so
// the queue is only ever as long as the effects of one event.

import type { Clock, Timer } from '../shared/clock.ts';
import type { Core } from './core/core.ts';
import type { Effect, Event } from './core/events.ts';

export interface LoopOptions {
  readonly core: Core;
  readonly clock: Clock;
  /** Must not wait. */
  readonly execute: (effect: Effect) => void;
  /** The core or an effect threw: nothing that it believes can be trusted any more. */
  readonly onFault: (error: unknown) => void;
}

export class Loop {
  readonly #options: LoopOptions;
  readonly #queue: Event[] = [];
  #isDraining = false;
  #isStopped = false;
  #timer: Timer | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  post(event: Event): void {
    if (this.#isStopped) return;
    this.#queue.push(event);
    if (!this.#isDraining) this.#drain();
  }

  /** Nothing goes in any more; idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #drain(): void {
    const { core, clock, execute, onFault } = this.#options;
    this.#isDraining = true;
    try {
      for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift())
        for (const effect of core.apply(event, clock.now())) execute(effect);
      this.#arm();
    } catch (error) {
      this.stop();
      onFault(error);
    } finally {
      this.#isDraining = false;
    }
  }

  #arm(): void {
    const { core, clock } = this.#options;
    this.#timer?.cancel();
    const dueAtMs = core.nextDeadlineMs();
    if (dueAtMs === undefined || this.#isStopped) return;
    // Never at once: a deadline that the core keeps naming must not stop everything else.
    const delayMs = Math.max(1, dueAtMs - clock.now().monotonicMs);
    this.#timer = clock.startTimer(delayMs, () => this.post({ kind: 'ticked' }));
  }
}
