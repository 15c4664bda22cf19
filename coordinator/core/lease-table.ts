// All leases: the live ones, found by id and by their pull pod's name, and the last ended ones for people who ask.

import type { Outcome } from '../../shared/protocol.ts';
import type { Reason } from '../../shared/reason.ts';
import type { DesiredImage } from './desired-image.ts';
import type { PullPodRecord } from './events.ts';
import type { LimitSubject } from './limits.ts';
import type { LeasePhase } from './views.ts';

export interface LeaseResult {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly message: string;
  readonly digest: string | undefined;
}

/** Changed by the parts of the core that follow leases, and by nobody else. */
export interface Lease {
  readonly id: string;
  readonly epoch: number;
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly image: string;
  readonly pullSecrets: readonly string[];
  readonly podName: string;
  /** Changes with the node's labels and the image's policies. */
  subject: LimitSubject;
  readonly limits: readonly string[];
  readonly offeredAtMs: number;
  readonly notAfterMs: number;
  readonly pullTimeoutMs: number;
  phase: LeasePhase;
  /** The newest observation; undefined until the pod was seen. */
  pod: PullPodRecord | undefined;
  heldAtMs: number | undefined;
  endedAtMs: number | undefined;
  /** Why it ends, as far as is known before it has: what the agent said, or why we revoked it. */
  reported: LeaseResult | undefined;
  /** The agent says that there is a pod, or was one. */
  isPodReported: boolean;
  /** The pod's events were asked why it failed. */
  areEventsAsked: boolean;
  /** What they said; it stands for what was reported, however often that is repeated. */
  refined: LeaseResult | undefined;
  /** `reported` is the agent's, and it saw the end itself. */
  isEndReported: boolean;
  /** The pod is gone and the pull goes on. */
  isUnseen: boolean;
  result: LeaseResult | undefined;
  /** The image that counts it as a trial; undefined when none does. */
  trialOf: DesiredImage | undefined;
  /** A GET of the pod was asked for and not answered. */
  isBeingLookedUp: boolean;
}

/** A lease at its beginning: an offer of which nothing was seen. */
export function newLease(
  of: Omit<
    Lease,
    | 'phase'
    | 'pod'
    | 'heldAtMs'
    | 'endedAtMs'
    | 'reported'
    | 'isPodReported'
    | 'areEventsAsked'
    | 'refined'
    | 'isEndReported'
    | 'isUnseen'
    | 'result'
    | 'trialOf'
    | 'isBeingLookedUp'
  >,
): Lease {
  return {
    ...of,
    phase: 'Offered',
    pod: undefined,
    heldAtMs: undefined,
    endedAtMs: undefined,
    reported: undefined,
    isPodReported: false,
    areEventsAsked: false,
    refined: undefined,
    isEndReported: false,
    isUnseen: false,
    result: undefined,
    trialOf: undefined,
    isBeingLookedUp: false,
  };
}

// Enough for a person to find a lease that has just ended; older ones are in the logs.
const maxEnded = 1_000;

export class LeaseTable {
  readonly #live = new Map<string, Lease>();
  readonly #liveByPodName = new Map<string, Lease>();
  readonly #ended = new Map<string, Lease>();

  live(): Iterable<Lease> {
    return this.#live.values();
  }

  *all(): Generator<Lease> {
    yield* this.#ended.values();
    yield* this.#live.values();
  }

  find(id: string): Lease | undefined {
    return this.#live.get(id) ?? this.#ended.get(id);
  }

  isLive(lease: Lease): boolean {
    return this.#live.get(lease.id) === lease;
  }

  findByPodName(podName: string): Lease | undefined {
    return this.#liveByPodName.get(podName);
  }

  add(lease: Lease): void {
    this.#ended.delete(lease.id);
    this.#live.set(lease.id, lease);
    this.#liveByPodName.set(lease.podName, lease);
  }

  end(lease: Lease): void {
    this.#live.delete(lease.id);
    this.#liveByPodName.delete(lease.podName);
    this.#ended.set(lease.id, lease);
    const oldest = this.#ended.keys().next();
    if (this.#ended.size > maxEnded && !oldest.done) this.#ended.delete(oldest.value);
  }
}
