// What becomes of an offer until its pull pod exists. An offer is permission for one pod within a few seconds, so every
// step is timed by the moment at which the agent itself sent the heartbeat that the offer echoes; and because a
// request without an answer may have taken effect, nothing is declined before the pod's name was looked up.

import { type Backoff, decideBackoffMs } from '../../shared/backoff.ts';
import type { Instant } from '../../shared/clock.ts';
import { cutMessage } from '../../shared/pod-outcome.ts';
import type { LeaseUpdate, Offer, Outcome } from '../../shared/protocol.ts';
import type { Reason } from '../../shared/reason.ts';
import { classifyRefusal, isWebhookUnavailable } from '../../shared/refusal.ts';
import type { Action, CreateAnswer, LookUpAnswer, OwnPod } from './events.ts';

/** A pull pod that stands for the offer now: made for it, or found under its name. */
export interface AcceptedOffer {
  readonly offer: Offer;
  readonly pod: OwnPod;
  /** Set when the coordinator took the offer back meanwhile. */
  readonly revokedFor: Reason | undefined;
}

type Step = 'creating' | 'lookingUp' | 'waitingToCreate' | 'waitingToLookUp';

interface Attempt {
  readonly offer: Offer;
  /** Monotonic; the offer's end. */
  readonly deadlineMs: number;
  step: Step;
  /** Monotonic; when a waiting step goes on. */
  retryAtMs: number;
  failures: number;
  /** Why the last request failed. */
  message: string;
  revokedFor: Reason | undefined;
}

const retryBackoff: Backoff = { initialMs: 500, factor: 2, maxMs: 4_000, jitterRatio: 1 };
// About 20 s beyond the offer's end; by then the coordinator has looked the pod up itself.
const maxFailures = 12;
// Lease ids once acted upon; a coordinator gives none twice, so this only bounds what a faulty one could do.
const maxRemembered = 256;
// The limit per node is a handful of slots; more offers at once than this are a coordinator's fault.
const maxAttempts = 64;

export class Offers {
  readonly #random: () => number;
  readonly #attempts = new Map<string, Attempt>();
  readonly #remembered = new Set<string>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Acts on an offer that was judged good; a second offer of the same lease is ignored. */
  take(offer: Offer, deadlineMs: number): readonly Action[] {
    if (this.#remembered.has(offer.leaseId)) return [];
    if (this.#attempts.size >= maxAttempts)
      return [decline(offer, 'Unknown', 'OfferLapsed', 'too many offers at once')];
    this.#remember(offer.leaseId);
    this.#attempts.set(offer.leaseId, {
      offer,
      deadlineMs,
      step: 'creating',
      retryAtMs: Number.POSITIVE_INFINITY,
      failures: 0,
      message: 'the offer ran out',
      revokedFor: undefined,
    });
    return [{ kind: 'createPod', offer }];
  }

  createAnswered(
    leaseId: string,
    answer: CreateAnswer,
    now: Instant,
  ): AcceptedOffer | readonly Action[] {
    const attempt = this.#attempts.get(leaseId);
    if (attempt === undefined) return [];
    switch (answer.kind) {
      case 'created':
        return this.#accept(attempt, answer.pod);
      case 'exists':
        return this.#lookUp(attempt);
      case 'refused':
        // Too late, the fence at the API server refuses; that is no fault of the image.
        return now.monotonicMs < attempt.deadlineMs
          ? this.#decline(attempt, 'Failed', classifyRefusal(answer.message), answer.message)
          : this.#decline(attempt, 'Unknown', 'OfferLapsed', answer.message);
      case 'failed':
        return this.#retry(attempt, 'waitingToCreate', answer.message, now);
      default:
        return answer satisfies never;
    }
  }

  lookUpAnswered(
    leaseId: string,
    answer: LookUpAnswer,
    now: Instant,
  ): AcceptedOffer | readonly Action[] {
    const attempt = this.#attempts.get(leaseId);
    if (attempt === undefined) return [];
    const { offer } = attempt;
    if (answer.kind === 'failed')
      return this.#retry(attempt, 'waitingToLookUp', answer.message, now);
    if (answer.kind === 'missing') return this.#tryAgain(attempt, now);
    if (answer.pod.lease?.pair !== offer.pair)
      return this.#decline(
        attempt,
        'Failed',
        'AdmissionDenied',
        `pod ${offer.podName} is not ours`,
      );
    // A former pod of the pair on its way out: its outcome is not this lease's.
    return answer.pod.deleting ? this.#tryAgain(attempt, now) : this.#accept(attempt, answer.pod);
  }

  /** Undefined when no offer of this lease is under way. */
  revoke(leaseId: string, reason: Reason): readonly Action[] | undefined {
    const attempt = this.#attempts.get(leaseId);
    if (attempt === undefined) return undefined;
    attempt.revokedFor = reason;
    // A request under way is not taken back: its answer decides.
    if (attempt.step !== 'waitingToCreate') return [];
    return attempt.failures > 0
      ? this.#lookUp(attempt)
      : this.#decline(attempt, 'Cancelled', reason, '');
  }

  /** Nobody would hear of a pod made from now on: only what was begun is seen through. */
  sessionEnded(): void {
    for (const [leaseId, { step }] of this.#attempts)
      if (step === 'waitingToCreate') this.#attempts.delete(leaseId);
  }

  tick({ monotonicMs }: Instant): readonly Action[] {
    return [...this.#attempts.values()].flatMap((attempt) => {
      if (attempt.retryAtMs > monotonicMs) return [];
      const mayCreate =
        attempt.step === 'waitingToCreate' &&
        monotonicMs < attempt.deadlineMs &&
        attempt.revokedFor === undefined;
      if (!mayCreate) return this.#lookUp(attempt);
      attempt.step = 'creating';
      attempt.retryAtMs = Number.POSITIVE_INFINITY;
      return [{ kind: 'createPod', offer: attempt.offer } as const];
    });
  }

  nextDeadlineMs(): number {
    return Math.min(...[...this.#attempts.values()].map((attempt) => attempt.retryAtMs));
  }

  get size(): number {
    return this.#attempts.size;
  }

  #tryAgain(attempt: Attempt, now: Instant): readonly Action[] {
    return now.monotonicMs < attempt.deadlineMs && attempt.revokedFor === undefined
      ? this.#retry(attempt, 'waitingToCreate', attempt.message, now)
      : this.#lapse(attempt);
  }

  /** Out of time; a webhook that never answered is why. */
  #lapse(attempt: Attempt): readonly Action[] {
    const { message } = attempt;
    return isWebhookUnavailable(message)
      ? this.#decline(attempt, 'Failed', 'WebhookUnavailable', message)
      : this.#decline(attempt, 'Unknown', 'OfferLapsed', message);
  }

  #accept(attempt: Attempt, pod: OwnPod): AcceptedOffer {
    this.#attempts.delete(attempt.offer.leaseId);
    return { offer: attempt.offer, pod, revokedFor: attempt.revokedFor };
  }

  #lookUp(attempt: Attempt): readonly Action[] {
    attempt.step = 'lookingUp';
    attempt.retryAtMs = Number.POSITIVE_INFINITY;
    const { leaseId, podName } = attempt.offer;
    return [{ kind: 'lookUpPod', leaseId, podName }];
  }

  #retry(attempt: Attempt, step: Step, message: string, now: Instant): readonly Action[] {
    attempt.failures += 1;
    attempt.message = message;
    if (attempt.failures > maxFailures) {
      this.#attempts.delete(attempt.offer.leaseId);
      return [];
    }
    attempt.step = step;
    attempt.retryAtMs =
      now.monotonicMs + decideBackoffMs(retryBackoff, attempt.failures, this.#random());
    return [];
  }

  #decline(attempt: Attempt, outcome: Outcome, reason: Reason, message: string): readonly Action[] {
    this.#attempts.delete(attempt.offer.leaseId);
    return attempt.revokedFor === undefined
      ? [decline(attempt.offer, outcome, reason, message)]
      : [decline(attempt.offer, 'Cancelled', attempt.revokedFor, message)];
  }

  #remember(leaseId: string): void {
    this.#remembered.add(leaseId);
    const [oldest] = this.#remembered;
    if (this.#remembered.size > maxRemembered && oldest !== undefined)
      this.#remembered.delete(oldest);
  }
}

/** The offer was not used. */
export function decline(
  { leaseId }: Pick<Offer, 'leaseId'>,
  outcome: Outcome,
  reason: Reason,
  message: string,
): Action {
  const update: LeaseUpdate = {
    kind: 'leaseUpdate',
    leaseId,
    podUid: undefined,
    state: 'declined',
    outcome,
    reason,
    message: cutMessage(message),
    digest: undefined,
    admittedImage: undefined,
    unseen: false,
  };
  return { kind: 'send', message: update };
}
