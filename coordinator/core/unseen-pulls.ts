// Pulls whose pod is gone although the kubelet never said that it was done: removed by force, so that a drain need not
// wait, or by whoever thinks that this stops a pull (kubernetes-facts D15, D16). The bytes go on flowing, so the lease goes
// on counting and keeps its pair, until the node is seen to hold the image, the pull's deadline has passed, the machine has
// started anew, or the node is gone.

import type { Instant } from '../../shared/clock.ts';
import { isPodName, parsePair } from '../../shared/pair.ts';
import { bounds, type UnseenPull } from '../../shared/protocol.ts';
import type { LeaseLife } from './lease-life.ts';
import { type Lease, type LeaseResult, newLease } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import type { State } from './state.ts';
import { subjectOfPair } from './subject.ts';

export class UnseenPulls {
  readonly #state: State;
  readonly #life: LeaseLife;
  /** Live leases without a pod; those that ended are dropped when they are met. */
  readonly #leases = new Set<Lease>();

  constructor(state: State, life: LeaseLife) {
    this.#state = state;
    this.#life = life;
  }

  /** The lease's pod vanished in mid-pull, or was never seen here and is said to have. */
  begin(lease: Lease, now: Instant): void {
    if (lease.isUnseen) return;
    lease.isUnseen = true;
    this.#leases.add(lease);
    this.#state.use.start(lease, now.monotonicMs);
    const startedAtMs = lease.pod?.createdAtMs ?? lease.offeredAtMs;
    const remainingMs = startedAtMs + lease.pullTimeoutMs - now.wallMs;
    const dueMs = now.monotonicMs + Math.max(0, remainingMs);
    this.#state.deadlines.add(dueMs, { kind: 'unseenOverdue', lease });
    if (!this.#tryEnd(lease, now)) this.#life.changed(lease);
  }

  /** Something was learned of the node: its inventory, or what its agent says of a lease. */
  look(node: NodeState, now: Instant): void {
    for (const lease of this.#leases) if (lease.nodeUid === node.uid) this.#tryEnd(lease, now);
  }

  overdue(lease: Lease, now: Instant): void {
    if (!lease.isUnseen || !this.#state.leases.isLive(lease)) return;
    this.#leases.delete(lease);
    this.#life.end(lease, 'Ended', lease.reported ?? forgotten, now);
  }

  /** The machine has started anew: what it was pulling before, it pulls no more. */
  stopped(node: NodeState, now: Instant): void {
    for (const lease of this.#leases) {
      if (lease.nodeUid !== node.uid || !lease.isUnseen || !this.#state.leases.isLive(lease))
        continue;
      this.#leases.delete(lease);
      this.#life.end(lease, 'Ended', lease.reported ?? stopped, now);
    }
  }

  /** What the node's agent says in its Hello of pulls that this coordinator may know nothing of. */
  restore(node: NodeState, now: Instant): void {
    const { unseenPulls = [] } = node.session?.hello ?? {};
    // No node ever has more pulls than its limit: whoever says so is not believed.
    const most = Math.min(this.#state.use.slotsPerNode(), bounds.maxUnseenPulls);
    for (const pull of unseenPulls.slice(-most)) this.#restore(node, pull, now);
  }

  #restore(node: NodeState, pull: UnseenPull, now: Instant): void {
    const known = this.#state.leases.find(pull.leaseId);
    if (known !== undefined) {
      const isUnknownPull = known.nodeUid === node.uid && known.pod === undefined;
      if (isUnknownPull && this.#state.leases.isLive(known)) this.begin(known, now);
      return;
    }
    const lease = this.#readLease(node, pull);
    if (lease === undefined || this.#state.leases.findByPodName(lease.podName)) return;
    const isOver = pull.createdAtMs + lease.pullTimeoutMs <= now.wallMs;
    if (isOver || this.#findDigest(lease) !== undefined) return;
    this.#life.begin(lease, 'Held', now);
    this.begin(lease, now);
  }

  /** Undefined when it is about another node, or no pull of ours. */
  #readLease(node: NodeState, pull: UnseenPull): Lease | undefined {
    const pair = parsePair(pull.pair);
    if (pair?.nodeUid !== node.uid || !isPodName(pull.podName)) return undefined;
    const { image, pullSecrets } = pair;
    const { leaseId: id, podName, limits, createdAtMs, pullTimeoutMs } = pull;
    return newLease({
      id,
      epoch: Number(id.split('-')[0]),
      nodeName: node.name,
      nodeUid: node.uid,
      image,
      pullSecrets,
      podName,
      subject: subjectOfPair(pair, this.#state.demand),
      limits,
      offeredAtMs: createdAtMs,
      notAfterMs: createdAtMs,
      pullTimeoutMs,
    });
  }

  #tryEnd(lease: Lease, now: Instant): boolean {
    const isOpen = lease.isUnseen && this.#state.leases.isLive(lease);
    const result = isOpen ? this.#findResult(lease) : undefined;
    if (isOpen && result === undefined) return false;
    this.#leases.delete(lease);
    if (result !== undefined) this.#life.end(lease, 'Ended', result, now);
    return true;
  }

  #findResult(lease: Lease): LeaseResult | undefined {
    const digest = this.#findDigest(lease);
    if (digest !== undefined)
      return { outcome: 'Succeeded', reason: 'Cached', message: '', ...digest };
    // The agent may have seen the end that our watch missed.
    return lease.isEndReported ? lease.reported : undefined;
  }

  /** Undefined when the node is not known to hold the image. */
  #findDigest({
    nodeUid,
    image,
    pullSecrets,
    pod,
  }: Lease): Pick<LeaseResult, 'digest'> | undefined {
    const { nodes } = this.#state.demand;
    const spellings = this.#state.demand.findImage({ image, pullSecrets })?.admitted ?? [];
    for (const reference of [image, pod?.image ?? image, ...spellings]) {
      const entry = nodes.get(nodeUid)?.entry(reference);
      if (entry !== undefined) return { digest: entry.digest };
    }
    return undefined;
  }
}

const forgotten: LeaseResult = {
  outcome: 'Unknown',
  reason: 'PodVanished',
  message: 'the pull pod was removed before it had ended, and the image did not show up in time',
  digest: undefined,
};

const stopped: LeaseResult = {
  outcome: 'Unknown',
  reason: 'PodVanished',
  message: 'the pull pod was removed before it had ended, and its machine has started anew since',
  digest: undefined,
};
