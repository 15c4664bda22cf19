// A clock that stands still until it is told to go on: simulations and tests run hours in a moment and the same way
// every time. Between two timers the promise chains that the first one started run to their end, so that asynchronous
// code sees time pass as it would with real timers that never fall together.

import type { Clock, Instant, Timer } from '../shared/clock.ts';
import { TimerHeap } from './timer-heap.ts';

export interface VirtualClockOptions {
  /** Start of the calendar; 2026-01-01T00:00:00Z unless given. */
  readonly wallMs?: number;
  /**
   * Lets what was started come to rest before time goes on. Unless given: one turn of the event loop, after which
   * every promise chain without I/O is through. Sockets take more turns than anybody can know: scale the real clock.
   */
  readonly settle?: () => Promise<void>;
}

const defaultWallMs = Date.UTC(2026, 0, 1);

export class VirtualClock implements Clock {
  readonly #timers = new TimerHeap();
  readonly #settle: () => Promise<void>;
  #monotonicMs = 0;
  /** Wall time at monotonic zero; `jumpWall` moves it. */
  #wallBaseMs: number;
  #sequence = 0;

  constructor(options: VirtualClockOptions = {}) {
    this.#wallBaseMs = options.wallMs ?? defaultWallMs;
    this.#settle = options.settle ?? nextTurn;
  }

  now(): Instant {
    return { wallMs: this.#wallBaseMs + this.#monotonicMs, monotonicMs: this.#monotonicMs };
  }

  startTimer(delayMs: number, callback: () => void): Timer {
    this.#sequence += 1;
    const dueMs = this.#monotonicMs + Math.max(0, delayMs);
    const timer = { dueMs, sequence: this.#sequence, callback, cancelled: false };
    this.#timers.push(timer);
    return {
      cancel: () => {
        timer.cancelled = true;
      },
    };
  }

  /** Runs everything that is due within the next `ms`, in order. A callback's error ends it. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms;
    await this.#settle();
    while (await this.#step(untilMs));
    this.#monotonicMs = untilMs;
    await this.#settle();
  }

  /**
   * Lets time go on from timer to timer until the condition holds; it is asked after every one.
   * @throws Error when it does not hold `deadlineMs` from now
   */
  async runUntil(condition: () => boolean, deadlineMs: number): Promise<void> {
    const untilMs = this.#monotonicMs + deadlineMs;
    await this.#settle();
    while (!condition()) {
      if (await this.#step(untilMs)) continue;
      this.#monotonicMs = untilMs;
      await this.#settle();
      if (condition()) return;
      throw new Error(
        `cannot wait for ${condition}: it does not hold after ${deadlineMs} ms of virtual time`,
      );
    }
  }

  /** Lets promise chains come to rest; no time passes. */
  settle(): Promise<void> {
    return this.#settle();
  }

  /** The calendar is set forward, or back with a negative number; monotonic time does not notice. */
  jumpWall(ms: number): void {
    this.#wallBaseMs += ms;
  }

  /** Runs the next timer if it is due by then. */
  async #step(untilMs: number): Promise<boolean> {
    const next = this.#timers.peek();
    if (next === undefined || next.dueMs > untilMs) return false;
    this.#timers.pop();
    this.#monotonicMs = next.dueMs;
    next.callback();
    await this.#settle();
    return true;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
