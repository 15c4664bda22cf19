// The life of a lease. It is born as an offer, becomes a hold when the pull pod is seen, and ends only with what the
// watch of pull pods shows: a pull cannot be stopped, so nothing that an agent or a timer says may free its slot.

import type { Instant } from '../../shared/clock.ts';
import { isTerminal } from '../../shared/observed-pod.ts';
import type { LeaseUpdate } from '../../shared/protocol.ts';
import type { DesiredImage } from './desired-image.ts';
import type { PullPodRecord } from './events.ts';
import type { LeaseLife } from './lease-life.ts';
import type { Lease, LeaseResult } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import { makeOffer } from './offers.ts';
import type { Pairs } from './pairs.ts';
import type { PodEvents } from './pod-events.ts';
import { restoreLease } from './restore.ts';
import type { Revocations } from './revocations.ts';
import type { State } from './state.ts';
import type { UnseenPulls } from './unseen-pulls.ts';

/** An agent enforces pullTimeout itself; the coordinator steps in this much later. */
const timeoutPatienceMs = 60_000;
/** An agent deletes a pod whose pull is over once it has told so; the coordinator does it this much later. */
const lingerMs = 60_000;
/** A terminal pod is its agent's outbox; when no agent has taken it after this long, it is removed. */
const abandonedAfterMs = 10 * 60_000;

export interface LeaseParts {
  readonly state: State;
  readonly pairs: Pairs;
  readonly life: LeaseLife;
  readonly revocations: Revocations;
  readonly unseen: UnseenPulls;
  readonly podEvents: PodEvents;
}

export class Leases {
  readonly #state: State;
  readonly #pairs: Pairs;
  readonly #life: LeaseLife;
  readonly #revocations: Revocations;
  readonly #unseen: UnseenPulls;
  readonly #podEvents: PodEvents;
  #count = 0;

  constructor({ state, pairs, life, revocations, unseen, podEvents }: LeaseParts) {
    this.#state = state;
    this.#pairs = pairs;
    this.#life = life;
    this.#revocations = revocations;
    this.#unseen = unseen;
    this.#podEvents = podEvents;
  }

  /** How many ids this reign has used: each of them but the newest ended ones is looked up in vain once it has ended. */
  get count(): number {
    return this.#count;
  }

  offer(image: DesiredImage, node: NodeState, now: Instant): void {
    const { lease, effect, lapsesMs } = makeOffer(
      { id: this.#nextId(), image, node, now },
      this.#state,
    );
    this.#life.begin(lease, 'Offered', now);
    this.#state.breakers.began(lease, now);
    this.#state.deadlines.add(lapsesMs, { kind: 'offerLapsing', lease });
    this.#state.emit(effect);
  }

  /** All pull pods there are: what is live and not among them has vanished unseen. */
  podsListed(pods: readonly PullPodRecord[], now: Instant): void {
    const uids = new Set(pods.map((pod) => pod.uid));
    const vanished = [...this.#state.pods.values()].filter((pod) => !uids.has(pod.uid));
    for (const pod of vanished) this.podGone(pod, now);
    for (const pod of pods) this.podSeen(pod, now);
  }

  podSeen(pod: PullPodRecord, now: Instant): void {
    const before = this.#state.pods.get(pod.name);
    // Name and uid differ when the watch was interrupted: the former pod is gone.
    if (before !== undefined && before.uid !== pod.uid) this.podGone(before, now);
    this.#state.pods.set(pod.name, pod);
    // An ended pod has said all it had to say.
    if (before?.uid === pod.uid && isTerminal(before)) return;
    const lease = this.#state.leases.findByPodName(pod.name) ?? this.#adopt(pod, now);
    // What is left of an earlier lease of the pair says nothing about this one.
    const isLeftover = isTerminal(pod) && pod.lease?.leaseId !== lease?.id;
    if (lease === undefined || isLeftover) return;
    this.#hold(lease, pod, now);
    if (!isTerminal(pod)) return;
    this.#life.end(lease, 'Ended', this.#pairs.judge(lease, pod), now);
    this.#leave(pod, now);
  }

  /** Pods of a node that is back, which were written off meanwhile: their pulls may go on. */
  takeUp({ name }: NodeState, now: Instant): void {
    for (const pod of [...this.#state.pods.values()])
      if (pod.nodeName === name && !isTerminal(pod)) this.podSeen(pod, now);
  }

  podGone(pod: PullPodRecord, now: Instant): void {
    const known = this.#state.pods.get(pod.name);
    if (known?.uid === pod.uid) {
      this.#state.pods.delete(pod.name);
      this.#pairs.setLeftover(pod, false);
    }
    const lease = this.#state.leases.findByPodName(pod.name);
    if (lease === undefined || lease.pod?.uid !== pod.uid || lease.isUnseen) return;
    // A kubelet that was asked says that it is done before the object goes.
    if (pod.reading.kind === 'pulling') this.#unseen.begin(lease, now);
    else this.#life.end(lease, 'Ended', this.#pairs.judge(lease, pod), now);
  }

  podLookedUp(leaseId: string, pod: PullPodRecord | undefined, now: Instant): void {
    const lease = this.#state.leases.find(leaseId);
    if (lease === undefined || !lease.isBeingLookedUp) return;
    lease.isBeingLookedUp = false;
    if (!this.#mayLapse(lease)) return;
    if (pod !== undefined) this.podSeen(pod, now);
    // It came and went while our watch was away.
    else if (lease.isPodReported) this.#unseen.begin(lease, now);
    else this.#life.end(lease, 'Lapsed', lease.reported ?? lapsed, now);
  }

  update(node: NodeState, lease: Lease, update: LeaseUpdate, now: Instant): void {
    if (update.admittedImage !== undefined) this.#pairs.learnAdmitted(lease, update.admittedImage);
    if (update.podUid !== undefined) lease.isPodReported = true;
    if (update.state === 'accepted') {
      // A pod that came and went between two looks of our watch.
      if (update.unseen && this.#mayLapse(lease)) this.#unseen.begin(lease, now);
      return;
    }
    const { outcome = 'Unknown', reason, message, digest } = update;
    lease.reported = this.#podEvents.refine(lease, { outcome, reason, message, digest });
    if (update.state === 'declined') return;
    lease.isEndReported = outcome !== 'Unknown' && reason !== 'PullTimeout';
    this.#unseen.look(node, now);
    // The hold itself ends with the watch; here only what the watch cannot see is kept.
    if (lease.result !== undefined) this.#pairs.learnReported(lease, lease.reported, now);
    if (update.podUid !== undefined) this.acknowledge(node, lease.id, update.podUid);
  }

  acknowledge(node: NodeState, leaseId: string, podUid: string): void {
    if (node.session === undefined) return;
    this.#state.emit({
      kind: 'send',
      sessionId: node.session.id,
      message: { kind: 'outcomeAck', leaseId, podUid },
    });
  }

  offerLapsing(lease: Lease): void {
    if (!this.#mayLapse(lease) || lease.isBeingLookedUp) return;
    lease.isBeingLookedUp = true;
    this.#state.emit({ kind: 'lookUpPod', leaseId: lease.id, podName: lease.podName });
  }

  podAbandoned(podName: string, podUid: string): void {
    if (this.#state.pods.get(podName)?.uid !== podUid) return;
    this.#state.emit({ kind: 'deletePod', podName, podUid });
  }

  /** Nothing was ever seen of the offer's pod. */
  #mayLapse(lease: Lease): boolean {
    return this.#state.leases.isLive(lease) && lease.pod === undefined && !lease.isUnseen;
  }

  /** Skips ids of pods that are still there from a reign of the same number, before the coordination Lease was lost. */
  #nextId(): string {
    for (;;) {
      this.#count += 1;
      const id = `${this.#state.settings.epoch}-${this.#count}`;
      if (this.#state.leases.find(id) === undefined) return id;
    }
  }

  #hold(lease: Lease, pod: PullPodRecord, now: Instant): void {
    const isNew = lease.pod === undefined;
    if (
      lease.pod?.reading.kind !== pod.reading.kind &&
      pod.reading.kind !== 'pulling' &&
      !isTerminal(pod)
    )
      this.#state.deadlines.add(now.monotonicMs + lingerMs, { kind: 'pullLingering', lease });
    lease.pod = pod;
    lease.isUnseen = false;
    const phase = pod.deleting || lease.phase === 'Revoking' ? 'Revoking' : 'Held';
    if (isNew) {
      this.#state.use.start(lease, now.monotonicMs);
      lease.heldAtMs = now.wallMs;
      const spentMs = Math.max(0, now.wallMs - pod.createdAtMs);
      const overdueMs = now.monotonicMs + lease.pullTimeoutMs - spentMs + timeoutPatienceMs;
      this.#state.deadlines.add(overdueMs, { kind: 'pullOverdue', lease });
      if (pod.image !== undefined) this.#pairs.learnAdmitted(lease, pod.image);
      if (lease.phase === 'Revoking') this.#revocations.revoke(lease, 'NoLongerDesired', now);
    }
    const isSuspect = this.#state.demand.nodes.get(lease.nodeUid)?.isSuspect === true;
    const next = isSuspect ? 'Suspect' : phase;
    if (isNew || lease.phase !== next) this.#life.move(lease, next);
  }

  /** A pod that no live lease knows: of a former reign, or one that outlived its lapsed offer. It is a lease. */
  #adopt(pod: PullPodRecord, now: Instant): Lease | undefined {
    if (isTerminal(pod)) {
      this.#leave(pod, now);
      this.#pairs.learnTerminal(pod, now);
      return undefined;
    }
    const lease = restoreLease(pod, this.#state);
    // Pods of a node that is gone: as lost as the node's leases were.
    if (this.#state.demand.nodes.get(lease.nodeUid)?.record === undefined) return undefined;
    this.#pairs.setLeftover(pod, false);
    this.#life.begin(lease, 'Offered', now);
    return lease;
  }

  #leave(pod: PullPodRecord, now: Instant): void {
    this.#pairs.setLeftover(pod, true);
    const due = { kind: 'podAbandoned', podName: pod.name, podUid: pod.uid } as const;
    this.#state.deadlines.add(now.monotonicMs + abandonedAfterMs, due);
  }
}

const lapsed: LeaseResult = {
  outcome: 'Unknown',
  reason: 'OfferLapsed',
  message: 'no pull pod was created before the offer ran out',
  digest: undefined,
};
