// The closed list of reasons, in the CamelCase that conditions, logs and metrics show. The list itself is the proto's
// enum, with the meaning of each; `satisfies` keeps this table complete.

import type { Reason as WireReason } from './gen/forehold/v1/Reason.ts';
import { reasonTexts } from './gen/reason-texts.ts';

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
  REASON_LEASE_OFFERED: 'LeaseOffered',
  REASON_NOT_TARGETED: 'NotTargeted',
  REASON_NODE_NOT_READY: 'NodeNotReady',
  REASON_NODE_CORDONED: 'NodeCordoned',
  REASON_NODE_TAINTED: 'NodeTainted',
  REASON_NODE_DELETING: 'NodeDeleting',
  REASON_NODE_PRESSURE: 'NodePressure',
  REASON_INSUFFICIENT_DISK: 'InsufficientDisk',
  REASON_PLATFORM_MISMATCH: 'PlatformMismatch',
  REASON_AGENT_MISSING: 'AgentMissing',
  REASON_AGENT_DISCONNECTED: 'AgentDisconnected',
  REASON_PAUSED: 'Paused',
  REASON_LOWER_PRIORITY: 'LowerPriority',
  REASON_CLUSTER_LIMIT: 'ClusterLimit',
  REASON_POLICY_LIMIT: 'PolicyLimit',
  REASON_IMAGE_LIMIT: 'ImageLimit',
  REASON_REGISTRY_LIMIT: 'RegistryLimit',
  REASON_ZONE_LIMIT: 'ZoneLimit',
  REASON_NODE_LIMIT: 'NodeLimit',
  REASON_RATE_LIMIT: 'RateLimit',
  REASON_MIN_DELAY: 'MinDelay',
  REASON_BACKOFF: 'Backoff',
  REASON_REGISTRY_CIRCUIT_OPEN: 'RegistryCircuitOpen',
  REASON_NODE_CIRCUIT_OPEN: 'NodeCircuitOpen',
  REASON_CANARY_WAIT: 'CanaryWait',
  REASON_SEED_WAIT: 'SeedWait',
  REASON_REGISTRY_RATE_LIMITED: 'RegistryRateLimited',
  REASON_REGISTRY_UNAVAILABLE: 'RegistryUnavailable',
  REASON_DNS_ERROR: 'DnsError',
  REASON_TLS_ERROR: 'TlsError',
  REASON_NO_POD_IP: 'NoPodIP',
  REASON_SANDBOX_FAILED: 'SandboxFailed',
  REASON_WEBHOOK_UNAVAILABLE: 'WebhookUnavailable',
  REASON_QUOTA_EXCEEDED: 'QuotaExceeded',
  REASON_SIGNATURE_REJECTED: 'SignatureRejected',
  REASON_POLICY_NOT_FOUND: 'PolicyNotFound',
  REASON_RECOVERING: 'Recovering',
  REASON_REVOKED: 'Revoked',
  REASON_LEFTOVER_POD: 'LeftoverPod',
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

/** All but the empty one. */
export function listReasons(): readonly Reason[] {
  return [...wireByReason.keys()].filter((reason) => reason !== '');
}

/** What the reason means and what to do about it, in sentences with full stops; both empty for no reason. */
export function describeReason(reason: Reason): ReasonText {
  const wire = fromReason(reason);
  return wire === 'REASON_UNSPECIFIED' ? { meaning: '', remedy: '' } : reasonTexts[wire];
}

export interface ReasonText {
  readonly meaning: string;
  readonly remedy: string;
}
