// The clock of one simulated process. It drifts and jumps against the cluster's as a machine's clock does, stands still
// while its process is paused (everything that fell due meanwhile comes at once when it wakes, as after SIGSTOP), and
// runs nothing any more once the process was killed.

import type { Clock, Instant, Timer } from '../../shared/clock.ts';

/** As Node's own timers: never at once. */
const minTimerMs = 1;

export class ProcessClock implements Clock {
  readonly #base: Clock;
  /** Speed of the monotonic clock against the cluster's since `#turnedAtMs`. */
  #rate = 1;
  #turnedAtMs: number;
  /** Monotonic reading at that moment. */
  #monotonicMs = 0;
  #wallOffsetMs = 0;
  #state: 'running' | 'paused' | 'killed' = 'running';
  /** What fell due during a pause: timers and deliveries of this process, both bounded by what it started. */
  #held: (() => void)[] = [];

  constructor(base: Clock) {
    this.#base = base;
    this.#turnedAtMs = base.now().monotonicMs;
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  get isKilled(): boolean {
    return this.#state === 'killed';
  }

  now(): Instant {
    const { wallMs, monotonicMs } = this.#base.now();
    return {
      wallMs: wallMs + this.#wallOffsetMs,
      monotonicMs: this.#monotonicMs + (monotonicMs - this.#turnedAtMs) * this.#rate,
    };
  }

  /** @param rate 0.99 to 1.01 is a drift of 1 %; timers that run already keep their time */
  drift(rate: number): void {
    this.#monotonicMs = this.now().monotonicMs;
    this.#turnedAtMs = this.#base.now().monotonicMs;
    this.#rate = rate;
  }

  startTimer(delayMs: number, callback: () => void): Timer {
    let cancelled = false;
    const timer = this.#base.startTimer(Math.max(minTimerMs, delayMs / this.#rate), () =>
      this.deliver(() => {
        if (!cancelled) callback();
      }),
    );
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  /** Runs it in this process: now, when the process wakes, or never. */
  deliver(callback: () => void): void {
    if (this.#state === 'running') callback();
    else if (this.#state === 'paused') this.#held.push(callback);
  }

  /** The calendar jumps to so much ahead of the cluster's, or behind it with a negative number. */
  setWallOffset(ms: number): void {
    this.#wallOffsetMs = ms;
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** What was held comes in order, each in a turn of its own. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const held = this.#held.splice(0);
    for (const callback of held) this.#base.startTimer(0, () => this.deliver(callback));
  }

  kill(): void {
    this.#state = 'killed';
    this.#held.length = 0;
  }
}
