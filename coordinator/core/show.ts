// Views of the core's state.

import type { Instant } from '../../shared/clock.ts';
import type { Demand } from './demand.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Lease } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import { findImageWait } from './pacing.ts';
import type { ImageView, LeaseView, NodeView } from './views.ts';
import type { Outlook } from './waits.ts';

export function showLease(lease: Lease, demand: Demand): LeaseView {
  const result = lease.result ?? lease.reported;
  const goesOn = lease.isUnseen && result === undefined;
  return {
    id: lease.id,
    epoch: lease.epoch,
    phase: lease.phase,
    nodeName: lease.nodeName,
    nodeUid: lease.nodeUid,
    image: lease.image,
    pullSecrets: lease.pullSecrets,
    cachedImages: listWishes(demand.findImage(lease)),
    podName: lease.podName,
    podUid: lease.pod?.uid,
    limits: lease.limits,
    offeredAtMs: lease.offeredAtMs,
    notAfterMs: lease.notAfterMs,
    heldAtMs: lease.heldAtMs,
    endedAtMs: lease.endedAtMs,
    outcome: result?.outcome,
    reason: goesOn ? 'PodVanished' : (result?.reason ?? ''),
    message: goesOn
      ? 'the pull pod was removed by force and the pull goes on'
      : (result?.message ?? ''),
    digest: result?.digest,
  };
}

/** Undefined for a node of which only the agent has told. */
export function showNode(node: NodeState): NodeView | undefined {
  const { record, session } = node;
  if (record === undefined) return undefined;
  return {
    name: record.name,
    uid: record.uid,
    platform: record.platform,
    ready: record.ready,
    cordoned: record.unschedulable,
    connected: session !== undefined && node.isInventoryComplete,
    sessionId: session?.id,
    lastHeartbeatAtMs: session?.heartbeat?.receivedAt.wallMs,
    inventoryEntries: node.inventory.size + node.pulled.size,
    imagesDesired: node.targetOf.size,
    imagesCached: node.targetOf.size - node.missing.size,
    liveLeases: node.liveLeases,
    warm: node.missing.size === 0,
    kubeletVersion: record.kubeletVersion,
    containerRuntimeVersion: record.containerRuntimeVersion,
  };
}

export function showImage(image: DesiredImage, outlook: Outlook, now: Instant): ImageView {
  const counts = { pulling: 0, failed: 0 };
  for (const pair of image.pairs.values()) {
    if (pair.lease !== undefined && pair.lease.phase !== 'Offered') counts.pulling += 1;
    if (pair.failures > 0) counts.failed += 1;
  }
  return {
    image: image.image,
    pullSecrets: image.pullSecrets,
    cachedImages: listWishes(image),
    priority: image.priority,
    nodesTargeted: image.targets.size,
    nodesReady: image.targets.size - image.missing.size,
    nodesPulling: counts.pulling,
    nodesFailed: counts.failed,
    resting: image.rest !== undefined,
    bindingLimit: findImageWait(image, outlook, now)?.by ?? '',
    meanPullMs: image.meanPullMs,
  };
}

function listWishes(image: DesiredImage | undefined): readonly string[] {
  return [...(image?.wishes ?? [])].map((wish) => wish.name).sort();
}
