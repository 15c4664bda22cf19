// Views of the core as the inspector's messages.

import type { DesiredImageInput } from '../../shared/gen/forehold/v1/DesiredImage.ts';
import type { LeaseInput } from '../../shared/gen/forehold/v1/Lease.ts';
import type { LeasePhase as WirePhase } from '../../shared/gen/forehold/v1/LeasePhase.ts';
import type { NodeInput } from '../../shared/gen/forehold/v1/Node.ts';
import { fromReason } from '../../shared/reason.ts';
import { toOutcome } from '../../shared/wire-enums.ts';
import { toDuration, toOptionalTimestamp, toTimestamp } from '../../shared/wire-time.ts';
import type { ImageView, LeasePhase, LeaseView, NodeView } from '../core/views.ts';

export const phases = {
  Offered: 'LEASE_PHASE_OFFERED',
  Held: 'LEASE_PHASE_HELD',
  Revoking: 'LEASE_PHASE_REVOKING',
  Suspect: 'LEASE_PHASE_SUSPECT',
  Ended: 'LEASE_PHASE_ENDED',
  Lapsed: 'LEASE_PHASE_LAPSED',
  Lost: 'LEASE_PHASE_LOST',
} as const satisfies Record<LeasePhase, WirePhase>;

export function toLease(lease: LeaseView, nowMs: number): LeaseInput {
  return {
    id: lease.id,
    epoch: lease.epoch,
    phase: phases[lease.phase],
    nodeName: lease.nodeName,
    nodeUid: lease.nodeUid,
    image: lease.image,
    pullSecrets: [...lease.pullSecrets],
    cachedImages: [...lease.cachedImages],
    podName: lease.podName,
    podUid: lease.podUid ?? '',
    limits: [...lease.limits],
    offeredAt: toTimestamp(lease.offeredAtMs),
    notAfter: toTimestamp(lease.notAfterMs),
    heldAt: toOptionalTimestamp(lease.heldAtMs),
    endedAt: toOptionalTimestamp(lease.endedAtMs),
    age: toDuration(Math.max(0, (lease.endedAtMs ?? nowMs) - lease.offeredAtMs)),
    outcome: toOutcome(lease.outcome),
    reason: fromReason(lease.reason),
    message: lease.message,
    digest: lease.digest ?? '',
  };
}

export function toNode(node: NodeView): NodeInput {
  return {
    name: node.name,
    uid: node.uid,
    platform: node.platform,
    ready: node.ready,
    cordoned: node.cordoned,
    connected: node.connected,
    sessionId: node.sessionId ?? '',
    lastHeartbeatAt: toOptionalTimestamp(node.lastHeartbeatAtMs),
    inventoryEntries: node.inventoryEntries,
    imagesDesired: node.imagesDesired,
    imagesCached: node.imagesCached,
    liveLeases: node.liveLeases,
    warm: node.warm,
    kubeletVersion: node.kubeletVersion,
    containerRuntimeVersion: node.containerRuntimeVersion,
  };
}

export function toDesiredImage(image: ImageView): DesiredImageInput {
  return {
    image: image.image,
    pullSecrets: [...image.pullSecrets],
    cachedImages: [...image.cachedImages],
    priority: image.priority,
    nodesTargeted: image.nodesTargeted,
    nodesReady: image.nodesReady,
    nodesPulling: image.nodesPulling,
    nodesFailed: image.nodesFailed,
    bindingLimit: image.bindingLimit,
    meanPullTime: image.meanPullMs === undefined ? null : toDuration(image.meanPullMs),
  };
}
