// What a pair's own lease says of it, in sentences for people.

import type { Facts } from './explain-words.ts';
import type { Lease } from './lease-table.ts';
import type { HolderView } from './views.ts';

export function sayLease(lease: Lease): Facts {
  return { holders: [showHolder(lease)], ...describePhase(lease) };
}

export function showHolder({ id, phase, podName, nodeName, image }: Lease): HolderView {
  return { leaseId: id, phase, podName, nodeName, image };
}

function describePhase(lease: Lease): Facts {
  const { id, phase, podName, heldAtMs } = lease;
  switch (phase) {
    case 'Offered':
      return {
        message: `lease ${id} was offered to the agent of the node`,
        nextAction: 'the agent creates the pull pod, or the offer lapses and is made again',
        sinceMs: lease.offeredAtMs,
        nextAtMs: lease.notAfterMs,
      };
    case 'Suspect':
      return {
        message: `lease ${id} is suspect: its node is not Ready, so nobody can tell how its pull goes`,
        nextAction: 'look at the node; when it is Ready again the pull is followed as before',
        sinceMs: heldAtMs,
      };
    case 'Revoking':
      return {
        message: `lease ${id} is being given up (${lease.reported?.reason ?? 'Revoked'}): pull pod ${podName} counts until it is gone`,
        nextAction: 'the kubelet ends the pull, which cannot be stopped, and the pod goes',
        sinceMs: heldAtMs,
      };
    default:
      return {
        message: `the kubelet pulls it for pull pod ${podName} of lease ${id}`,
        nextAction: 'the pull ends, or its pod is deleted when pullTimeout has passed',
        sinceMs: heldAtMs,
        nextAtMs: (lease.pod?.createdAtMs ?? lease.offeredAtMs) + lease.pullTimeoutMs,
      };
  }
}
