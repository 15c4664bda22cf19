// The closed list of reasons, in the CamelCase that conditions, logs and metrics show. The list itself is the proto's
// enum, with the meaning of each; `satisfies` keeps this table complete.

import type { Reason as WireReason } from './gen/forehold/v1/Reason.ts';

const reasonByWire = {
  REASON_UNSPECIFIED: '',
  REASON_CACHED: 'Cached',
  REASON_IN_PROGRESS: 'InProgress',
  REASON_PULLING: 'Pulling',
  REASON_COMPLETE: 'Complete',
  REASON_STALLED: 'Stalled',
  REASON_IDLE: 'Idle',
  REASON_NO_TARGET_NODES: 'NoTargetNodes',
  REASON_INVALID_SPEC: 'InvalidSpec',
  REASON_IMAGE_NOT_FOUND: 'ImageNotFound',
  REASON_UNAUTHORIZED: 'Unauthorized',
  REASON_POD_REJECTED: 'PodRejected',
  REASON_POD_VANISHED: 'PodVanished',
  REASON_ADMISSION_DENIED: 'AdmissionDenied',
  REASON_PULL_TIMEOUT: 'PullTimeout',
  REASON_PULL_FAILED: 'PullFailed',
  REASON_NO_LONGER_DESIRED: 'NoLongerDesired',
  REASON_OFFER_LAPSED: 'OfferLapsed',
  REASON_NODE_GONE: 'NodeGone',
} as const satisfies Record<WireReason, string>;

/** A reason in CamelCase; the empty string means none. */
export type Reason = (typeof reasonByWire)[WireReason];

const wireByReason = new Map(
  Object.entries(reasonByWire).map(([wire, reason]) => [reason as Reason, wire as WireReason]),
);

export function toReason(wire: WireReason): Reason {
  return reasonByWire[wire];
}

export function fromReason(reason: Reason): WireReason {
  return wireByReason.get(reason) ?? 'REASON_UNSPECIFIED';
}
