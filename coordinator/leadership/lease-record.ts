// What the coordination Lease says and how it is written: who holds it, where its agents find it, and in which epoch.
// Holder and epoch change in one write, so that no reader ever sees a holder with another one's epoch.

import type { CoordinationLease, KubeObject } from '../../shared/kube-types.ts';
import { annotations, coordinatorLeaseName, leaderAddressAnnotation } from '../../shared/names.ts';
import { formatTimestamp } from '../../shared/timestamp.ts';
import { leadershipTiming } from './timing.ts';

/** Who leads, for those who ask another coordinator. */
export interface Leader {
  readonly identity: string;
  /** HOST:PORT; undefined when it did not say. */
  readonly address: string | undefined;
}

// 15 digits; a number that JSON and a double carry exactly.
const epochShape = /^\d{1,15}$/;
/** The highest epoch that can be written. */
export const maxEpoch = 999_999_999_999_999;

/** 0 when the object carries none; undefined when what it carries is no epoch. */
export function readEpoch({ metadata }: KubeObject): number | undefined {
  const text = metadata.annotations?.[annotations.epoch];
  if (text === undefined) return 0;
  return epochShape.test(text) ? Number(text) : undefined;
}

/** Undefined when nobody holds it. */
export function readLeader({ metadata, spec }: CoordinationLease): Leader | undefined {
  const identity = spec?.holderIdentity ?? '';
  if (identity === '') return undefined;
  return { identity, address: metadata.annotations?.[leaderAddressAnnotation] || undefined };
}

/** The Lease in the hand of a new leader. */
export interface Taking {
  /** Undefined when there is none. */
  readonly stored: CoordinationLease | undefined;
  readonly namespace: string;
  readonly leader: Leader;
  readonly epoch: number;
  readonly wallMs: number;
}

export function describeTaken(taking: Taking): CoordinationLease {
  const { stored, namespace, leader, epoch, wallMs } = taking;
  const now = formatMicroTime(wallMs);
  return {
    ...stored,
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...(stored?.metadata ?? { name: coordinatorLeaseName, namespace }),
      annotations: {
        ...stored?.metadata.annotations,
        [annotations.epoch]: String(epoch),
        [leaderAddressAnnotation]: leader.address ?? '',
      },
    },
    spec: {
      ...stored?.spec,
      holderIdentity: leader.identity,
      // Whole seconds, for those who read it; nobody reckons with it.
      leaseDurationSeconds: Math.ceil(leadershipTiming.leaseMs / 1_000),
      acquireTime: now,
      renewTime: now,
      leaseTransitions: (stored?.spec?.leaseTransitions ?? 0) + 1,
    },
  };
}

/** `held` once more, upon what is stored now; without anything stored it is written anew. */
export function describeRenewed(
  held: CoordinationLease,
  stored: CoordinationLease | undefined,
  wallMs: number,
): CoordinationLease {
  const { annotations: ours = {}, name, namespace = '' } = held.metadata;
  return {
    ...held,
    metadata: {
      ...(stored?.metadata ?? { name, namespace }),
      annotations: { ...stored?.metadata.annotations, ...ours },
    },
    spec: { ...held.spec, renewTime: formatMicroTime(wallMs) },
  };
}

/** In nobody's hand; the next epoch will be higher than `epoch`. */
export function describeReleased(stored: CoordinationLease, epoch: number): CoordinationLease {
  return {
    ...stored,
    metadata: {
      ...stored.metadata,
      annotations: {
        ...stored.metadata.annotations,
        [annotations.epoch]: String(epoch),
        [leaderAddressAnnotation]: '',
      },
    },
    spec: { ...stored.spec, holderIdentity: '', leaseDurationSeconds: 1 },
  };
}

/** The same holder since the same moment: an identity alone may be two processes'. */
export function isSameHold(held: CoordinationLease, stored: CoordinationLease): boolean {
  return (
    held.spec?.holderIdentity === stored.spec?.holderIdentity &&
    held.spec?.acquireTime === stored.spec?.acquireTime
  );
}

// MicroTime wants six digits.
function formatMicroTime(wallMs: number): string {
  return formatTimestamp(wallMs).replace('Z', '000Z');
}
