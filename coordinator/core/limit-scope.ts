// One scope of one limit (all of it, or one image's, one node's …): what is live in it and what has started, and so whether
// another lease may go out.
//
// A start is the creation of a pull pod. Between an offer and the pod's sight nobody knows when that is, so an offer counts
// as starting now, and a start counts from the moment that it was seen, which is never earlier than it was. Therefore, in
// any span of 60 s, no more than startsPerMinute pods are created, and no two within minDelay of each other.

import type { Limit } from './limits.ts';

/** The span over which starts are counted: a token of the bucket comes back so long after the start it was spent on. */
export const rateSpanMs = 60_000;

/** What binds, and when that ends by itself; undefined when only an event can end it. */
export interface Binding {
  readonly by: 'slots' | 'rate' | 'delay';
  readonly untilMs: number | undefined;
}

export class LimitScope {
  /** Offers and holds. */
  live = 0;
  /** Those of them whose pod was not seen yet. */
  offered = 0;
  /** Monotonic, rising: the newest, and those within the span of the rate. */
  #startsMs: number[] = [];

  /** Monotonic time of the newest start; undefined when none is known. */
  get lastStartMs(): number | undefined {
    return this.#startsMs.at(-1);
  }

  /** Forgets what is live, to be counted again; starts stay. */
  empty(): void {
    this.live = 0;
    this.offered = 0;
  }

  forgetStarts(): void {
    this.#startsMs = [];
  }

  /** Nothing in it says anything about later leases. */
  isIdle(nowMs: number, memoryMs: number): boolean {
    return this.live === 0 && (this.lastStartMs ?? -Infinity) + memoryMs <= nowMs;
  }

  noteStart(atMs: number, limit: Limit): void {
    // Restored pods come in any order.
    const latestMs = Math.max(atMs, this.lastStartMs ?? -Infinity);
    if (limit.startsPerMinute === undefined) {
      this.#startsMs = [latestMs];
      return;
    }
    this.#startsMs.push(latestMs);
    const oldestMs = latestMs - rateSpanMs;
    let expired = 0;
    while ((this.#startsMs[expired] ?? Infinity) <= oldestMs) expired += 1;
    if (expired > 0) this.#startsMs.splice(0, expired);
  }

  /**
   * @param slots how many the limit has in this scope now
   * @param unknownMs starts before that time are not known, so that it is taken for one; undefined when all are known
   */
  findBinding(
    limit: Limit,
    slots: number,
    nowMs: number,
    unknownMs: number | undefined,
  ): Binding | undefined {
    if (this.live >= slots) return { by: 'slots', untilMs: undefined };
    return (
      this.#findRateBinding(limit.startsPerMinute, nowMs, unknownMs) ??
      this.#findDelayBinding(limit.minDelayMs ?? 0, nowMs, unknownMs)
    );
  }

  #findRateBinding(
    startsPerMinute: number | undefined,
    nowMs: number,
    unknownMs = -Infinity,
  ): Binding | undefined {
    if (startsPerMinute === undefined) return undefined;
    if (nowMs < unknownMs + rateSpanMs) return { by: 'rate', untilMs: unknownMs + rateSpanMs };
    const left = startsPerMinute - this.offered;
    if (left <= 0) return { by: 'rate', untilMs: undefined };
    const startMs = this.#startsMs.at(-left);
    if (startMs === undefined || startMs + rateSpanMs <= nowMs) return undefined;
    return { by: 'rate', untilMs: startMs + rateSpanMs };
  }

  #findDelayBinding(minDelayMs: number, nowMs: number, unknownMs = -Infinity): Binding | undefined {
    if (minDelayMs === 0) return undefined;
    if (this.offered > 0) return { by: 'delay', untilMs: undefined };
    const untilMs = Math.max(this.lastStartMs ?? -Infinity, unknownMs) + minDelayMs;
    return untilMs <= nowMs ? undefined : { by: 'delay', untilMs };
  }
}
