// Leases that are to end early: nobody wants them any more, or they take too long. The agent is told and deletes the pod;
// the coordinator does it itself when no agent will. Neither frees a slot: the pull goes on until the pod is gone.

import type { Instant } from '../../shared/clock.ts';
import type { Reason } from '../../shared/reason.ts';
import type { DesiredImage } from './desired-image.ts';
import type { LeaseLife } from './lease-life.ts';
import type { Lease } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import type { PodEvents } from './pod-events.ts';
import type { State } from './state.ts';
import { matchesSelector } from './target.ts';

/** An agent that was told to delete a pod, or should know to, has this long before the coordinator does it. */
const deletionPatienceMs = 10_000;

export class Revocations {
  readonly #state: State;
  readonly #life: LeaseLife;
  readonly #podEvents: PodEvents;

  constructor(state: State, life: LeaseLife, podEvents: PodEvents) {
    this.#state = state;
    this.#life = life;
    this.#podEvents = podEvents;
  }

  /** The leases of this image that nobody wants on their nodes any more. */
  revokeUnwanted(image: DesiredImage, now: Instant): void {
    for (const [node, { lease }] of image.pairs) {
      if (lease !== undefined && !isWanted(image, node)) this.revoke(lease, 'NoLongerDesired', now);
    }
  }

  /** Somebody takes the lease back, if it is there. */
  takeBack(leaseId: string, message: string, now: Instant): void {
    const lease = this.#state.leases.find(leaseId);
    if (lease === undefined || lease.phase === 'Revoking') return;
    if (!this.#state.leases.isLive(lease)) return;
    lease.reported ??= { outcome: 'Cancelled', reason: 'Revoked', message, digest: undefined };
    this.revoke(lease, 'Revoked', now);
  }

  revoke(lease: Lease, reason: Reason, now: Instant): void {
    const { session } = this.#state.demand.nodes.get(lease.nodeUid) ?? {};
    if (session !== undefined) {
      const podUid = lease.pod?.uid ?? '';
      const message = { kind: 'revoke', leaseId: lease.id, podUid, reason } as const;
      this.#state.emit({ kind: 'send', sessionId: session.id, message });
    }
    lease.reported ??= this.#podEvents.refine(lease, {
      outcome: reason === 'PullTimeout' ? 'Failed' : 'Cancelled',
      reason,
      message: '',
      digest: undefined,
    });
    const patienceMs = session === undefined ? 0 : deletionPatienceMs;
    this.#state.deadlines.add(now.monotonicMs + patienceMs, { kind: 'deletionOverdue', lease });
    if (lease.phase !== 'Revoking' && lease.phase !== 'Suspect') this.#life.move(lease, 'Revoking');
  }

  pullOverdue(lease: Lease, now: Instant): void {
    if (!this.#state.leases.isLive(lease) || lease.pod?.deleting || lease.isUnseen) return;
    this.revoke(lease, 'PullTimeout', now);
  }

  /** The pull is over, well or badly, and its pod goes on trying: whoever should have ended that is away. */
  pullLingering(lease: Lease, now: Instant): void {
    const { pod } = lease;
    if (!this.#state.leases.isLive(lease) || pod === undefined || pod.deleting) return;
    const { reading } = pod;
    if (reading.kind === 'failed') {
      const { reason, message } = reading;
      lease.reported ??= { outcome: 'Failed', reason, message, digest: undefined };
      this.revoke(lease, reason, now);
    }
    if (reading.kind === 'pulled') this.revoke(lease, 'Cached', now);
  }

  deletionOverdue(lease: Lease): void {
    if (!this.#state.leases.isLive(lease) || lease.isUnseen) return;
    if (lease.pod === undefined || lease.pod.deleting) return;
    this.#state.emit({ kind: 'deletePod', podName: lease.podName, podUid: lease.pod.uid });
  }
}

function isWanted(image: DesiredImage, node: NodeState): boolean {
  for (const { parsed } of image.wishes) {
    if (parsed.kind === 'invalid') continue;
    if (node.record === undefined || matchesSelector(node.record, parsed.wish)) return true;
  }
  return false;
}
