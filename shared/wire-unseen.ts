// A pull without a pod, between the code's words and the wire's.

import type {
  UnseenPullInput,
  UnseenPull as WireUnseenPull,
} from './gen/forehold/v1/UnseenPull.ts';
import type { UnseenPull } from './protocol.ts';
import { emptyIsUndefined, requireSet } from './wire-parts.ts';
import { fromDuration, fromTimestamp, toDuration, toTimestamp } from './wire-time.ts';

export function toUnseenPull(pull: UnseenPull): UnseenPullInput {
  return {
    leaseId: pull.leaseId,
    pair: pull.pair,
    podName: pull.podName,
    podUid: pull.podUid,
    admittedImage: pull.admittedImage ?? '',
    limits: [...pull.limits],
    createdAt: toTimestamp(pull.createdAtMs),
    pullTimeout: toDuration(pull.pullTimeoutMs),
  };
}

/**
 * @throws WireError
 */
export function fromUnseenPull(wire: WireUnseenPull): UnseenPull {
  return {
    leaseId: wire.leaseId,
    pair: wire.pair,
    podName: wire.podName,
    podUid: wire.podUid,
    admittedImage: emptyIsUndefined(wire.admittedImage),
    limits: wire.limits,
    createdAtMs: requireSet('unseen_pull.created_at', fromTimestamp(wire.createdAt)),
    pullTimeoutMs: requireSet('unseen_pull.pull_timeout', fromDuration(wire.pullTimeout)),
  };
}
