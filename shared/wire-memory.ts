// What an agent remembers in its Hello, between the code's words and the wire's.

import type {
  FailedPullInput,
  FailedPull as WireFailedPull,
} from './gen/forehold/v1/FailedPull.ts';
import type {
  UnseenPullInput,
  UnseenPull as WireUnseenPull,
} from './gen/forehold/v1/UnseenPull.ts';
import type { FailedPull, UnseenPull } from './protocol.ts';
import { fromReason, toReason } from './reason.ts';
import { emptyIsUndefined, requireCount, requireSet } from './wire-parts.ts';
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

export function toFailedPull(pull: FailedPull): FailedPullInput {
  return {
    image: pull.image,
    pullSecrets: [...pull.pullSecrets],
    failures: pull.failures,
    failedAt: toTimestamp(pull.failedAtMs),
    reason: fromReason(pull.reason),
  };
}

/**
 * @throws WireError
 */
export function fromFailedPull(wire: WireFailedPull): FailedPull {
  return {
    image: wire.image,
    pullSecrets: wire.pullSecrets,
    failures: requireCount('failed_pull.failures', wire.failures),
    failedAtMs: requireSet('failed_pull.failed_at', fromTimestamp(wire.failedAt)),
    reason: toReason(wire.reason) ?? '',
  };
}
