// What a lease's end means for its pair: the image is there, or the pair waits for its backoff, or nothing happened.

import { decideBackoffMs } from '../../shared/backoff.ts';
import type { Instant } from '../../shared/clock.ts';
import { type Pair, parsePair } from '../../shared/pair.ts';
import type { FailedPull } from '../../shared/protocol.ts';
import { formatTimestampSeconds } from '../../shared/timestamp.ts';
import { type DesiredImage, desiredImageKey, type PairState } from './desired-image.ts';
import type { PullPodRecord } from './events.ts';
import type { Lease, LeaseResult } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import type { State } from './state.ts';

const vanished: LeaseResult = {
  outcome: 'Unknown',
  reason: 'PodVanished',
  message: 'the pull pod was removed before it had ended',
  digest: undefined,
};

interface Subjects {
  readonly image: DesiredImage;
  readonly node: NodeState;
  readonly pair: PairState;
}

export class Pairs {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /** Tells the pair that this lease is about it, so that no second one is offered. */
  link(lease: Lease): void {
    const { demand } = this.#state;
    const node = demand.nodes.get(lease.nodeUid);
    if (node === undefined || lease.image === '') return;
    const { image, pullSecrets, subject } = lease;
    const desired = demand.image({ image, pullSecrets, registry: subject.registry });
    const pair = desired.pair(node);
    // A pod whose annotations are destroyed may stand beside the pair's own.
    pair.lease ??= lease;
    if (node.proof !== 'proven') {
      lease.trialOf = desired;
      desired.trials += 1;
    }
    demand.refreshPair(desired, node);
  }

  refresh(lease: Lease): void {
    const subjects = this.#find(lease);
    if (subjects !== undefined) this.#state.demand.refreshPair(subjects.image, subjects.node);
  }

  /** What the end of this pod says, seen by our own watch first, by the agent second. */
  judge(lease: Lease, pod: PullPodRecord): LeaseResult {
    const { reading } = pod;
    if (reading.kind === 'pulled') {
      const { message, digest } = reading;
      return { outcome: 'Succeeded', reason: 'Cached', message, digest };
    }
    if (lease.reported !== undefined) return lease.reported;
    if (reading.kind === 'failed') {
      const { reason, message } = reading;
      const outcome = reason === 'PodVanished' ? 'Unknown' : 'Failed';
      return { outcome, reason, message, digest: undefined };
    }
    return vanished;
  }

  settle(lease: Lease, result: LeaseResult, now: Instant): void {
    const { demand } = this.#state;
    if (lease.trialOf !== undefined) lease.trialOf.trials -= 1;
    lease.trialOf = undefined;
    const subjects = this.#find(lease);
    if (subjects === undefined) return;
    const { image, node, pair } = subjects;
    if (pair.lease === lease) pair.lease = this.#findOther(lease);
    if (result.outcome === 'Succeeded') this.#succeed(subjects, lease, result, now);
    else if ((result.outcome !== 'Cancelled' || isTakenBack(result)) && lease.phase !== 'Lost') {
      this.#fail(subjects, result, now);
    }
    demand.refreshPair(image, node);
    image.tidy(node);
    demand.forgetIfUnused(image);
  }

  /** The agent knew better than our watch, which saw the pod vanish. */
  learnReported(lease: Lease, reported: LeaseResult, now: Instant): void {
    if (lease.result?.outcome !== 'Unknown' || reported.outcome === 'Unknown') return;
    lease.result = reported;
    const subjects = this.#find(lease);
    if (subjects === undefined) return;
    const { image, node, pair } = subjects;
    if (reported.outcome === 'Succeeded') this.#succeed(subjects, lease, reported, now);
    else Object.assign(pair, { reason: reported.reason, message: reported.message });
    this.#state.demand.refreshPair(image, node);
    image.tidy(node);
  }

  /** The events of its pod say more of an ended lease; they come too late for a pair that has met something else. */
  refine(lease: Lease, said: LeaseResult, refined: LeaseResult): void {
    const subjects = this.#find(lease);
    if (subjects === undefined) return;
    const { image, node, pair } = subjects;
    if (pair.reason === said.reason && pair.message === said.message)
      Object.assign(pair, { reason: refined.reason, message: refined.message });
    this.#state.demand.refreshPair(image, node);
    image.tidy(node);
  }

  /** An ended pod keeps its name until it is deleted, and with it the pair from a new lease. */
  setLeftover(pod: PullPodRecord, hasLeftoverPod: boolean): void {
    const subjects = this.#findByPod(pod);
    if (subjects === undefined) return;
    const { image, node, pair } = subjects;
    pair.hasLeftoverPod = hasLeftoverPod;
    this.#state.demand.refreshPair(image, node);
    image.tidy(node);
  }

  learnAdmitted(lease: Lease, reference: string): void {
    if (reference === lease.image || lease.image === '') return;
    const image = this.#state.demand.findImage(lease);
    if (image !== undefined) this.#state.demand.addAdmitted(image, reference);
  }

  /** A terminal pod of a former reign: its lease is over, but what it says of the pair still holds. */
  learnTerminal(pod: PullPodRecord, now: Instant): void {
    const subjects = this.#findByPod(pod);
    if (subjects === undefined) return;
    const { image, node } = subjects;
    if (pod.image !== undefined) this.#state.demand.addAdmitted(image, pod.image);
    const { reading } = pod;
    // When it ended nobody says; what is older than its creation it cannot be.
    if (reading.kind === 'pulled')
      notePulled(node, pod.image ?? image.image, reading.digest, pod.createdAtMs);
    if (reading.kind === 'failed') {
      const { reason, message } = reading;
      this.#fail(subjects, { outcome: 'Failed', reason, message, digest: undefined }, now);
    }
    this.#state.demand.refreshPair(image, node);
    image.tidy(node);
  }

  /** Another live lease of the same pair. */
  #findOther({ nodeUid, image, pullSecrets }: Lease): Lease | undefined {
    const key = desiredImageKey({ image, pullSecrets });
    for (const other of this.#state.leases.live())
      if (other.nodeUid === nodeUid && desiredImageKey(other) === key) return other;
    return undefined;
  }

  /** What an agent remembers of a pair that this coordinator knows no failure of. */
  restoreFailures(node: NodeState, failed: FailedPull, now: Instant): void {
    const image = this.#state.demand.findImage(failed);
    if (image === undefined || !image.missing.has(node)) return;
    const pair = image.pair(node);
    if (pair.lease === undefined && pair.failures < failed.failures) {
      const { failures, reason, failedAtMs } = failed;
      const spentMs = Math.max(0, now.wallMs - failedAtMs);
      Object.assign(pair, { failures, reason });
      this.#wait({ image, node, pair }, spentMs, now);
      this.#state.demand.refreshPair(image, node);
    }
    image.tidy(node);
  }

  #findByPod(pod: PullPodRecord): Subjects | undefined {
    const pair = pod.lease === undefined ? undefined : parsePair(pod.lease.pair);
    return pair === undefined ? undefined : this.#find(pair);
  }

  #find(of: Pair): Subjects | undefined {
    const image = this.#state.demand.findImage(of);
    const node = this.#state.demand.nodes.get(of.nodeUid);
    if (image === undefined || node === undefined) return undefined;
    return { image, node, pair: image.pair(node) };
  }

  #succeed({ image, node }: Subjects, lease: Lease, result: LeaseResult, now: Instant): void {
    notePulled(node, lease.pod?.image ?? lease.image, result.digest, now.wallMs);
    this.#state.demand.setProof(node, 'proven');
    if (lease.heldAtMs !== undefined && !lease.isUnseen)
      image.recordPull(now.wallMs - lease.heldAtMs);
    for (const wish of image.wishes) {
      wish.consecutiveFailures = 0;
      wish.lastPulledAt = formatTimestampSeconds(now.wallMs);
      wish.lastAttemptedAt = wish.lastPulledAt;
      wish.resolvedDigest = result.digest ?? wish.resolvedDigest;
      this.#state.demand.changedWishes.add(wish);
    }
  }

  #fail({ image, node, pair }: Subjects, result: LeaseResult, now: Instant): void {
    if (!isTakenBack(result)) this.#state.demand.setProof(node, 'failing');
    // An offer that was never used, or a lease that somebody took back, is nobody's failed pull; the backoff is the same.
    const isFailure = result.reason !== 'OfferLapsed' && !isTakenBack(result);
    if (isFailure || pair.failures === 0) {
      pair.reason = result.reason;
      pair.message = result.message;
    }
    if (isFailure) {
      pair.failures += 1;
      for (const wish of image.wishes) {
        wish.consecutiveFailures += 1;
        wish.lastAttemptedAt = formatTimestampSeconds(now.wallMs);
        this.#state.demand.changedWishes.add(wish);
      }
    }
    this.#wait({ image, node, pair }, 0, now);
  }

  /** @param spentMs so much of the backoff is over already */
  #wait({ image, node, pair }: Subjects, spentMs: number, now: Instant): void {
    const { random } = this.#state.settings;
    const fullMs = decideBackoffMs(image.failureBackoff, pair.failures, random());
    const delayMs = Math.max(0, fullMs - spentMs);
    pair.isBackingOff = true;
    pair.backingOffSinceMs = now.wallMs;
    pair.nextAttemptMs = now.monotonicMs + delayMs;
    pair.nextAttemptAtMs = now.wallMs + delayMs;
    this.#state.deadlines.add(now.monotonicMs + delayMs, { kind: 'backoffOver', image, node });
  }
}

function isTakenBack({ reason }: LeaseResult): boolean {
  return reason === 'Revoked';
}

function notePulled(
  node: NodeState,
  reference: string,
  digest: string | undefined,
  observedAtMs: number,
): void {
  if (node.inventory.has(reference)) return;
  const entry = {
    reference,
    digest,
    sizeBytes: 0,
    provenance: 'pullPod',
    observedAtMs,
  } as const;
  node.pulled.set(reference, entry);
}
