// The time for which a coordinator leads. It lasts `tenureMs` from the moment at which the last successful renewal was
// sent, by the own monotonic clock, and ends there by itself: a process that was paused finds it over when it wakes.
// That clock stands still while a machine is suspended; the epoch is the fence then, because agents have met a newer
// one, and offers of before the pause echo heartbeats that are too old.
//
// A tenure that ran out is not yet lost: as long as nobody else has taken the Lease, the next renewal goes on with it.

import { type Clock, type Instant, waitFor } from '../../shared/clock.ts';
import { KubeError } from '../../shared/kube-client.ts';
import type { CoordinationLease } from '../../shared/kube-types.ts';
import type { Log } from '../../shared/log.ts';
import { describeReleased, describeRenewed, isSameHold, readEpoch } from './lease-record.ts';
import type { LeaseRequests } from './lease-requests.ts';
import { leadershipTiming } from './timing.ts';

export interface TenureOptions {
  readonly requests: LeaseRequests;
  readonly clock: Clock;
  readonly log: Log;
  /** As the API server answered the taking. */
  readonly held: CoordinationLease;
  readonly epoch: number;
  /** There was no epoch before. */
  readonly isFirst: boolean;
  /** Monotonic; when the taking was sent. */
  readonly sentAtMs: number;
}

/** Why a tenure ended, and the Lease as it was seen then. */
export interface Loss {
  readonly why: string;
  readonly stored: CoordinationLease | undefined;
}

type Renewal = 'renewed' | 'contradicted' | 'unanswered';

export class Tenure {
  readonly epoch: number;
  readonly isFirst: boolean;
  /** The epoch was written before. */
  readonly takenAt: Instant;
  readonly #options: TenureOptions;
  #held: CoordinationLease;
  #sentAtMs: number;
  #hasEnded = false;

  constructor(options: TenureOptions) {
    this.epoch = options.epoch;
    this.isFirst = options.isFirst;
    this.takenAt = options.clock.now();
    this.#options = options;
    this.#held = options.held;
    this.#sentAtMs = options.sentAtMs;
  }

  /** Monotonic; nothing of this reign goes out later. */
  get untilMs(): number {
    return this.#hasEnded ? Number.NEGATIVE_INFINITY : this.#sentAtMs + leadershipTiming.tenureMs;
  }

  get holds(): boolean {
    return this.#nowMs() < this.untilMs;
  }

  /** At once and for good; idempotent. */
  end(): void {
    this.#hasEnded = true;
  }

  /**
   * Renews until it is lost, and says why.
   * @throws the signal's reason
   */
  async keep(onRenewed: () => void, signal: AbortSignal): Promise<Loss> {
    const { clock } = this.#options;
    let dueAtMs = this.#sentAtMs + leadershipTiming.renewEveryMs;
    for (;;) {
      await waitFor(clock, dueAtMs - this.#nowMs(), signal);
      const result = await this.#renew(signal);
      if (typeof result === 'object') return result;
      if (result === 'renewed') onRenewed();
      else if (this.#nowMs() - this.#sentAtMs > leadershipTiming.giveUpMs)
        return { why: 'the API server was out of reach for too long', stored: this.#held };
      dueAtMs = this.#nextDueMs(result);
    }
  }

  /**
   * Lets the next one lead at once, in an epoch above `epoch`; answers with the Lease as it is now, undefined when that
   * is not known. Never throws: the Lease runs out by itself.
   */
  async release(epoch = this.epoch): Promise<CoordinationLease | undefined> {
    this.end();
    const { clock, log } = this.#options;
    const deadline = new AbortController();
    const timer = clock.startTimer(leadershipTiming.releaseTimeoutMs, () =>
      deadline.abort(new Error('releasing took too long')),
    );
    try {
      const released = await this.#letGo(Math.max(epoch, this.epoch), deadline.signal);
      log.info({ epoch: this.epoch }, 'leadership released');
      return released;
    } catch (error) {
      log.warn({ err: error, epoch: this.epoch }, 'leadership not released');
      return undefined;
    } finally {
      timer.cancel();
      deadline.abort(new Error('the release is over'));
    }
  }

  async #letGo(epoch: number, signal: AbortSignal): Promise<CoordinationLease> {
    const { requests } = this.#options;
    try {
      return await requests.write(describeReleased(this.#held, epoch), signal);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      // A renewal whose answer nobody waited for.
      const stored = await requests.read(signal);
      if (stored === undefined || !isSameHold(this.#held, stored)) throw error;
      return requests.write(describeReleased(stored, epoch), signal);
    }
  }

  #nextDueMs(result: Renewal): number {
    if (result === 'renewed') return this.#sentAtMs + leadershipTiming.renewEveryMs;
    const { retryAfterMs, renewEveryMs } = leadershipTiming;
    return this.#nowMs() + (result === 'unanswered' ? retryAfterMs : renewEveryMs);
  }

  /** One renewal, and a second one when the Lease had changed but is still ours. */
  async #renew(signal: AbortSignal): Promise<Loss | Renewal> {
    const { requests, log } = this.#options;
    try {
      if (await this.#write(this.#held, signal)) return 'renewed';
      const stored = await requests.read(signal);
      if (stored !== undefined && !this.#isOurs(stored))
        return { why: 'the coordination lease is in other hands', stored };
      return (await this.#write(stored, signal)) ? 'renewed' : 'contradicted';
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      log.warn({ err: error, epoch: this.epoch, holds: this.holds }, 'leadership not renewed');
      return 'unanswered';
    }
  }

  /** False when what is stored is not what was believed. */
  async #write(stored: CoordinationLease | undefined, signal: AbortSignal): Promise<boolean> {
    const { requests, clock } = this.#options;
    const { wallMs, monotonicMs } = clock.now();
    try {
      const body = describeRenewed(this.#held, stored, wallMs);
      this.#held = await requests.write(body, signal);
      this.#sentAtMs = monotonicMs;
      return true;
    } catch (error) {
      if (!(error instanceof KubeError) || !isContradiction(error)) throw error;
      return false;
    }
  }

  // Somebody who writes a higher epoch into the Lease wants the next reign to have a higher one still.
  #isOurs(stored: CoordinationLease): boolean {
    return isSameHold(this.#held, stored) && (readEpoch(stored) ?? 0) <= this.epoch;
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs;
  }
}

// 404 and 409 say it outright; 400, 422 and 500 are what API servers make of a version or uid that is no more.
function isContradiction({ status }: KubeError): boolean {
  return status === 404 || status === 409 || status === 400 || status === 422 || status === 500;
}
