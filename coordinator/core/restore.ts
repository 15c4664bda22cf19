// A lease found in the cluster: a pull pod carries everything that its lease needs to go on after every crash of ours.

import { parsePair } from '../../shared/pair.ts';
import type { PullPodRecord } from './events.ts';
import { type Lease, newLease } from './lease-table.ts';
import type { State } from './state.ts';
import { subjectOfPair } from './subject.ts';

/** A pod whose annotations cannot be read is over by then, at the default of the kind. */
const unreadablePullTimeoutMs = 30 * 60_000;

/** The pod counts in any case; what its annotations do not tell is taken from its spec. */
export function restoreLease(pod: PullPodRecord, { demand, use }: State): Lease {
  const pair = pod.lease === undefined ? undefined : parsePair(pod.lease.pair);
  const nodeUid = pair?.nodeUid ?? demand.findNodeByName(pod.nodeName)?.uid ?? '';
  const image = pair?.image ?? pod.image ?? '';
  const pullSecrets = pair?.pullSecrets ?? [];
  const subject = subjectOfPair({ image, nodeUid, pullSecrets }, demand);
  return newLease({
    id: pod.lease?.leaseId ?? `pod-${pod.uid}`,
    epoch: pod.lease?.epoch ?? 0,
    nodeName: pod.nodeName,
    nodeUid,
    image,
    pullSecrets,
    podName: pod.name,
    subject,
    limits: pod.lease?.limits ?? use.names(subject),
    offeredAtMs: pod.createdAtMs,
    notAfterMs: pod.lease?.notAfterMs ?? pod.createdAtMs,
    pullTimeoutMs: pod.lease?.pullTimeoutMs ?? unreadablePullTimeoutMs,
  });
}
