// What a candidate has seen of the coordination Lease, and when it may take it. Times in the Lease are another machine's
// and are never looked at: what counts is for how long, by the own monotonic clock, the Lease has not changed while the
// API server could be reached. A leader that lost the API server together with everybody else so keeps its Lease.

import type { CoordinationLease } from '../../shared/kube-types.ts';
import { annotations, coordinatorLeaseName } from '../../shared/names.ts';
import { type Leader, maxEpoch, readEpoch, readLeader } from './lease-record.ts';
import { leadershipTiming } from './timing.ts';

export type Verdict =
  /** Write this epoch now. */
  | { readonly kind: 'take'; readonly epoch: number; readonly isFirst: boolean }
  /** Undefined until something is seen. */
  | { readonly kind: 'wait'; readonly delayMs: number | undefined }
  /** A person has to act. */
  | { readonly kind: 'stuck'; readonly why: string };

/** One candidate's. */
export class Sighting {
  #lease: CoordinationLease | undefined;
  /** Monotonic; undefined without a look since the API server was last out of reach. */
  #sinceMs: number | undefined;
  #hasExisted = false;
  #highestEpoch = 0;

  /** As last seen; undefined when there is none or nobody looked. */
  get lease(): CoordinationLease | undefined {
    return this.#lease;
  }

  get leader(): Leader | undefined {
    return this.#lease === undefined ? undefined : readLeader(this.#lease);
  }

  /** Nothing was seen yet, or nothing since the API server went away. */
  get isBlind(): boolean {
    return this.#sinceMs === undefined;
  }

  /** @param formerEpoch of a leader of whom something else than the Lease tells, else 0 */
  see(lease: CoordinationLease | undefined, nowMs: number, formerEpoch = 0): void {
    const isSame = lease?.metadata.resourceVersion === this.#lease?.metadata.resourceVersion;
    if (!isSame || this.#sinceMs === undefined) this.#sinceMs = nowMs;
    this.#lease = lease;
    const epoch = lease === undefined ? formerEpoch : (readEpoch(lease) ?? 0);
    this.#highestEpoch = Math.max(this.#highestEpoch, epoch);
    if (lease !== undefined || formerEpoch > 0) this.#hasExisted = true;
  }

  /** The API server is out of reach: silence of the holder means nothing any more. */
  lose(): void {
    this.#sinceMs = undefined;
  }

  /** Nothing is known of a holder; that there were epochs is. */
  forget(): void {
    this.#lease = undefined;
    this.#sinceMs = undefined;
  }

  decide(nowMs: number): Verdict {
    if (this.#sinceMs === undefined) return { kind: 'wait', delayMs: undefined };
    const isFree = this.#lease === undefined ? !this.#hasExisted : this.leader === undefined;
    const delayMs = isFree ? 0 : this.#sinceMs + leadershipTiming.leaseMs - nowMs;
    if (delayMs > 0) return { kind: 'wait', delayMs };
    const stored = this.#lease === undefined ? 0 : readEpoch(this.#lease);
    if (stored === undefined) return stuck('is not a number');
    const epoch = Math.max(stored, this.#highestEpoch) + 1;
    if (epoch > maxEpoch) return stuck(`cannot be raised above ${maxEpoch}`);
    return { kind: 'take', epoch, isFirst: epoch === 1 };
  }
}

function stuck(what: string): Verdict {
  const why = `cannot raise the epoch: annotation ${annotations.epoch} of lease ${coordinatorLeaseName} ${what}; set it to the highest epoch ever used`;
  return { kind: 'stuck', why };
}
