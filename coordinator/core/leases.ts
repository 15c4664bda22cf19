// The life of a lease. It is born as an offer, becomes a hold when the pull pod is seen, and ends only with what the
// watch of pull pods shows: a pull cannot be stopped, so nothing that an agent or a timer says may free its slot.

import type { Instant } from '../../shared/clock.ts';
import type { LeaseUpdate } from '../../shared/protocol.ts';
import type { Reason } from '../../shared/reason.ts';
import { refreshAvailability } from './availability.ts';
import type { DesiredImage } from './desired-image.ts';
import type { PullPodRecord } from './events.ts';
import type { Lease, LeaseResult } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import { makeOffer } from './offers.ts';
import { Pairs } from './pairs.ts';
import { restoreLease } from './restore.ts';
import { showLease } from './show.ts';
import type { State } from './state.ts';
import { matchesSelector } from './target.ts';
import type { LeasePhase } from './views.ts';

/** An agent that was told to delete a pod, or should know to, has this long before the coordinator does it. */
const deletionPatienceMs = 10_000;
/** An agent enforces pullTimeout itself; the coordinator steps in this much later. */
const timeoutPatienceMs = 60_000;
/** A terminal pod is its agent's outbox; when no agent has taken it after this long, it is removed. */
const abandonedAfterMs = 10 * 60_000;

export class Leases {
  readonly #state: State;
  readonly #pairs: Pairs;
  #count = 0;

  constructor(state: State) {
    this.#state = state;
    this.#pairs = new Pairs(state);
  }

  offer(image: DesiredImage, node: NodeState, now: Instant): void {
    const { lease, effect, lapsesMs } = makeOffer(
      { id: this.#nextId(), image, node, now },
      this.#state,
    );
    this.#begin(lease, 'Offered', now);
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
    this.#end(lease, 'Ended', this.#pairs.judge(lease, pod), now);
    this.#leave(pod, now);
  }

  podGone(pod: PullPodRecord, now: Instant): void {
    const known = this.#state.pods.get(pod.name);
    if (known?.uid === pod.uid) {
      this.#state.pods.delete(pod.name);
      this.#pairs.setLeftover(pod, false);
    }
    const lease = this.#state.leases.findByPodName(pod.name);
    if (lease === undefined || lease.pod?.uid !== pod.uid) return;
    this.#end(lease, 'Ended', this.#pairs.judge(lease, pod), now);
  }

  podLookedUp(leaseId: string, pod: PullPodRecord | undefined, now: Instant): void {
    const lease = this.#state.leases.find(leaseId);
    if (lease === undefined || !lease.isBeingLookedUp) return;
    lease.isBeingLookedUp = false;
    if (!this.#state.leases.isLive(lease) || lease.pod !== undefined) return;
    if (pod !== undefined) this.podSeen(pod, now);
    else this.#end(lease, 'Lapsed', lease.reported ?? lapsed, now);
  }

  update(node: NodeState, lease: Lease, update: LeaseUpdate, now: Instant): void {
    if (update.admittedImage !== undefined) this.#pairs.learnAdmitted(lease, update.admittedImage);
    if (update.state === 'accepted') return;
    const { outcome = 'Unknown', reason, message, digest } = update;
    lease.reported = { outcome, reason, message, digest };
    if (update.state === 'declined') return;
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

  /** Revokes the leases of this image that nobody wants on their nodes any more. */
  revokeUnwanted(image: DesiredImage, now: Instant): void {
    for (const [node, { lease }] of image.pairs) {
      if (lease !== undefined && !isWanted(image, node))
        this.#revoke(lease, 'NoLongerDesired', now);
    }
  }

  /** The node is gone: nothing about its pulls can be learned any more. */
  loseNode(node: NodeState, now: Instant): void {
    for (const lease of [...this.#state.leases.live()]) {
      if (lease.nodeUid === node.uid) this.#end(lease, 'Lost', nodeGone, now);
    }
  }

  suspectNode(node: NodeState): void {
    for (const lease of this.#state.leases.live()) {
      if (lease.nodeUid !== node.uid || lease.phase !== 'Held') continue;
      lease.phase = 'Suspect';
      this.#changed(lease);
    }
  }

  trustNode(node: NodeState): void {
    for (const lease of this.#state.leases.live()) {
      if (lease.nodeUid !== node.uid || lease.phase !== 'Suspect') continue;
      lease.phase = 'Held';
      this.#changed(lease);
    }
  }

  offerLapsing(lease: Lease): void {
    if (!this.#state.leases.isLive(lease) || lease.pod !== undefined || lease.isBeingLookedUp)
      return;
    lease.isBeingLookedUp = true;
    this.#state.emit({ kind: 'lookUpPod', leaseId: lease.id, podName: lease.podName });
  }

  pullOverdue(lease: Lease, now: Instant): void {
    if (!this.#state.leases.isLive(lease) || lease.pod?.deleting) return;
    this.#revoke(lease, 'PullTimeout', now);
  }

  deletionOverdue(lease: Lease): void {
    if (!this.#state.leases.isLive(lease) || lease.pod === undefined || lease.pod.deleting) return;
    this.#state.emit({ kind: 'deletePod', podName: lease.podName, podUid: lease.pod.uid });
  }

  podAbandoned(podName: string, podUid: string): void {
    if (this.#state.pods.get(podName)?.uid !== podUid) return;
    this.#state.emit({ kind: 'deletePod', podName, podUid });
  }

  /** Skips ids of pods that are still there from a reign of the same number, before the coordination Lease was lost. */
  #nextId(): string {
    for (;;) {
      this.#count += 1;
      const id = `${this.#state.settings.epoch}-${this.#count}`;
      if (this.#state.leases.find(id) === undefined) return id;
    }
  }

  #begin(lease: Lease, phase: LeasePhase, now: Instant): void {
    lease.phase = phase;
    this.#state.leases.add(lease);
    this.#state.use.add(lease.subject);
    this.#pairs.link(lease);
    this.#occupy(lease, 1, now);
    this.#changed(lease);
  }

  #hold(lease: Lease, pod: PullPodRecord, now: Instant): void {
    const isNew = lease.pod === undefined;
    lease.pod = pod;
    const phase = pod.deleting || lease.phase === 'Revoking' ? 'Revoking' : 'Held';
    if (isNew) {
      lease.heldAtMs = now.wallMs;
      const spentMs = Math.max(0, now.wallMs - pod.createdAtMs);
      const overdueMs = now.monotonicMs + lease.pullTimeoutMs - spentMs + timeoutPatienceMs;
      this.#state.deadlines.add(overdueMs, { kind: 'pullOverdue', lease });
      if (pod.image !== undefined) this.#pairs.learnAdmitted(lease, pod.image);
      if (lease.phase === 'Revoking') this.#revoke(lease, 'NoLongerDesired', now);
    }
    if (lease.phase === 'Suspect' && phase === 'Held') return;
    if (!isNew && lease.phase === phase) return;
    lease.phase = phase;
    this.#pairs.refresh(lease);
    this.#changed(lease);
  }

  #revoke(lease: Lease, reason: Reason, now: Instant): void {
    const { session } = this.#state.demand.nodes.get(lease.nodeUid) ?? {};
    if (session !== undefined) {
      const podUid = lease.pod?.uid ?? '';
      const message = { kind: 'revoke', leaseId: lease.id, podUid, reason } as const;
      this.#state.emit({ kind: 'send', sessionId: session.id, message });
    }
    lease.reported ??= {
      outcome: reason === 'PullTimeout' ? 'Failed' : 'Cancelled',
      reason,
      message: '',
      digest: undefined,
    };
    const patienceMs = session === undefined ? 0 : deletionPatienceMs;
    this.#state.deadlines.add(now.monotonicMs + patienceMs, { kind: 'deletionOverdue', lease });
    if (lease.phase === 'Revoking') return;
    lease.phase = 'Revoking';
    this.#pairs.refresh(lease);
    this.#changed(lease);
  }

  #end(lease: Lease, phase: LeasePhase, result: LeaseResult, now: Instant): void {
    lease.phase = phase;
    lease.result = result;
    lease.endedAtMs = now.wallMs;
    this.#state.leases.end(lease);
    this.#state.use.remove(lease.subject);
    this.#pairs.settle(lease, result, now);
    this.#occupy(lease, -1, now);
    this.#changed(lease);
  }

  #occupy({ nodeUid }: Lease, by: 1 | -1, now: Instant): void {
    const node = this.#state.demand.nodes.get(nodeUid);
    if (node === undefined) return;
    node.liveLeases += by;
    refreshAvailability(this.#state, node, now);
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
    this.#begin(lease, 'Offered', now);
    return lease;
  }

  #leave(pod: PullPodRecord, now: Instant): void {
    this.#pairs.setLeftover(pod, true);
    const due = { kind: 'podAbandoned', podName: pod.name, podUid: pod.uid } as const;
    this.#state.deadlines.add(now.monotonicMs + abandonedAfterMs, due);
  }

  #changed(lease: Lease): void {
    this.#state.emit({ kind: 'leaseChanged', lease: showLease(lease, this.#state.demand) });
  }
}

const lapsed: LeaseResult = {
  outcome: 'Unknown',
  reason: 'OfferLapsed',
  message: 'no pull pod was created before the offer ran out',
  digest: undefined,
};

const nodeGone: LeaseResult = {
  outcome: 'Unknown',
  reason: 'NodeGone',
  message: 'the node object is gone',
  digest: undefined,
};

function isTerminal({ reading }: PullPodRecord): boolean {
  return reading.kind !== 'pulling' && reading.terminal;
}

function isWanted(image: DesiredImage, node: NodeState): boolean {
  for (const { parsed } of image.wishes) {
    if (parsed.kind === 'invalid') continue;
    if (node.record === undefined || matchesSelector(node.record, parsed.wish)) return true;
  }
  return false;
}
