// From the inspector's messages to the records that the CLI prints: words as conditions, logs and metrics spell
// them, times as text. `--json` prints exactly these.

import type { DesiredImage } from '../shared/gen/forehold/v1/DesiredImage.ts';
import type { Lease } from '../shared/gen/forehold/v1/Lease.ts';
import type { Node } from '../shared/gen/forehold/v1/Node.ts';
import type { Timestamp } from '../shared/gen/google/protobuf/Timestamp.ts';
import { toReason } from '../shared/reason.ts';
import { formatTimestamp } from '../shared/timestamp.ts';
import { fromOutcome } from '../shared/wire-enums.ts';
import { fromDuration, fromTimestamp } from '../shared/wire-time.ts';

export interface LeaseRecord {
  readonly id: string;
  readonly epoch: number;
  /** Offered, Held, Revoking, Suspect, Ended, Lapsed, Lost. */
  readonly phase: string;
  readonly node: string;
  readonly nodeUid: string;
  readonly image: string;
  readonly pullSecrets: readonly string[];
  readonly cachedImages: readonly string[];
  readonly pod: string;
  readonly podUid: string;
  readonly limits: readonly string[];
  readonly offeredAt: string | null;
  readonly notAfter: string | null;
  readonly heldAt: string | null;
  readonly endedAt: string | null;
  readonly ageSeconds: number | null;
  /** Empty while nothing is known, as are the following. */
  readonly outcome: string;
  readonly reason: string;
  readonly message: string;
  readonly digest: string;
}

export interface NodeRecord {
  readonly name: string;
  readonly uid: string;
  /** Such as `linux/amd64`. */
  readonly platform: string;
  readonly ready: boolean;
  readonly cordoned: boolean;
  readonly connected: boolean;
  readonly sessionId: string;
  readonly lastHeartbeatAt: string | null;
  readonly inventoryEntries: number;
  readonly imagesDesired: number;
  readonly imagesCached: number;
  readonly liveLeases: number;
  readonly warm: boolean;
  readonly kubeletVersion: string;
  readonly containerRuntimeVersion: string;
}

export interface ImageRecord {
  readonly image: string;
  readonly pullSecrets: readonly string[];
  readonly cachedImages: readonly string[];
  readonly priority: number;
  readonly nodesTargeted: number;
  readonly nodesReady: number;
  readonly nodesPulling: number;
  readonly nodesFailed: number;
  readonly bindingLimit: string;
  /** Null while no pull of it has ended. */
  readonly meanPullSeconds: number | null;
}

export function toLeaseRecord(lease: Lease): LeaseRecord {
  return {
    id: lease.id,
    epoch: lease.epoch,
    phase: toPhase(lease.phase),
    node: lease.nodeName,
    nodeUid: lease.nodeUid,
    image: lease.image,
    pullSecrets: lease.pullSecrets,
    cachedImages: lease.cachedImages,
    pod: lease.podName,
    podUid: lease.podUid,
    limits: lease.limits,
    offeredAt: toTime(lease.offeredAt),
    notAfter: toTime(lease.notAfter),
    heldAt: toTime(lease.heldAt),
    endedAt: toTime(lease.endedAt),
    ageSeconds: toSeconds(fromDuration(lease.age)),
    outcome: fromOutcome(lease.outcome) ?? '',
    reason: toReasonWord(lease.reason),
    message: lease.message,
    digest: lease.digest,
  };
}

export function toNodeRecord(node: Node): NodeRecord {
  const { platform, lastHeartbeatAt, ...rest } = node;
  return {
    ...rest,
    platform: platform === null ? '' : `${platform.os}/${platform.architecture}`,
    lastHeartbeatAt: toTime(lastHeartbeatAt),
  };
}

export function toImageRecord(image: DesiredImage): ImageRecord {
  const { meanPullTime, ...rest } = image;
  return { ...rest, meanPullSeconds: toSeconds(fromDuration(meanPullTime)) };
}

/** LEASE_PHASE_HELD is Held; a phase that this CLI does not know yet reads the same way. */
export function toPhase(wire: Lease['phase']): string {
  const word = String(wire)
    .replace(/^LEASE_PHASE_/, '')
    .toLowerCase();
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

/** A coordinator newer than this CLI may know more reasons; those arrive as numbers. */
export function toReasonWord(wire: Lease['reason']): string {
  const word: string | undefined = toReason(wire);
  return word ?? String(wire);
}

/** RFC 3339; null when unset. */
export function toTime(time: Timestamp | null): string | null {
  const wallMs = fromTimestamp(time);
  return wallMs === undefined ? null : formatTimestamp(wallMs);
}

function toSeconds(spanMs: number | undefined): number | null {
  return spanMs === undefined ? null : spanMs / 1_000;
}
