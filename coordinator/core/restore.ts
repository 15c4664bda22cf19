// A lease found in the cluster: a pull pod carries everything that its lease needs to go on after every crash of ours.

import { findImageReference } from '../../shared/image-ref.ts';
import { parsePair } from '../../shared/pair.ts';
import type { PullPodRecord } from './events.ts';
import { type Lease, newLease } from './lease-table.ts';
import type { LimitSubject } from './limits.ts';
import type { State } from './state.ts';

/** A pod whose annotations cannot be read is over by then, at the default of the kind. */
const unreadablePullTimeoutMs = 30 * 60_000;

/** The pod counts in any case; what its annotations do not tell is taken from its spec. */
export function restoreLease(pod: PullPodRecord, { demand, use }: State): Lease {
  const pair = pod.lease === undefined ? undefined : parsePair(pod.lease.pair);
  const nodeUid = pair?.nodeUid ?? demand.findNodeByName(pod.nodeName)?.uid ?? '';
  const image = pair?.image ?? pod.image ?? '';
  const zone = demand.nodes.get(nodeUid)?.zone ?? '';
  // Annotations are written by whoever can write pods: a pair that names no image counts where it can.
  const subject: LimitSubject = {
    image,
    registry: findImageReference(image)?.registry ?? '',
    zone,
    nodeUid,
  };
  return newLease({
    id: pod.lease?.leaseId ?? `pod-${pod.uid}`,
    epoch: pod.lease?.epoch ?? 0,
    nodeName: pod.nodeName,
    nodeUid,
    image,
    pullSecrets: pair?.pullSecrets ?? [],
    podName: pod.name,
    subject,
    limits: pod.lease?.limits ?? use.names(subject),
    offeredAtMs: pod.createdAtMs,
    notAfterMs: pod.lease?.notAfterMs ?? pod.createdAtMs,
    pullTimeoutMs: pod.lease?.pullTimeoutMs ?? unreadablePullTimeoutMs,
  });
}
