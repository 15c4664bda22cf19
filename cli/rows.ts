// The columns of each command.

import { formatSpan } from '../shared/span.ts';
import type { ExplanationRecord, HolderRecord, LimitRecord, PauseRecord } from './explain-wire.ts';
import type { ImageRecord, LeaseRecord, NodeRecord } from './wire.ts';

export const leaseHeader = ['ID', 'PHASE', 'NODE', 'IMAGE', 'POD', 'AGE', 'OUTCOME', 'REASON'];

export function toLeaseRow(lease: LeaseRecord): readonly string[] {
  const { id, phase, node, image, pod, ageSeconds, outcome, reason } = lease;
  return [id, phase, node, image, pod, toSpan(ageSeconds), outcome, reason];
}

export const imageHeader = [
  'IMAGE',
  'READY',
  'PULLING',
  'FAILING',
  'LIMIT',
  'PULL-TIME',
  'PRIORITY',
  'CACHEDIMAGES',
];

export function toImageRow(image: ImageRecord): readonly string[] {
  return [
    image.image,
    `${image.nodesReady}/${image.nodesTargeted}`,
    String(image.nodesPulling),
    String(image.nodesFailed),
    image.bindingLimit,
    toSpan(image.meanPullSeconds),
    String(image.priority),
    image.cachedImages.join(','),
  ];
}

export const nodeHeader = [
  'NODE',
  'STATUS',
  'AGENT',
  'WARM',
  'IMAGES',
  'LEASES',
  'INVENTORY',
  'PLATFORM',
  'KUBELET',
  'RUNTIME',
];

export function toNodeRow(node: NodeRecord): readonly string[] {
  return [
    node.name,
    `${node.ready ? 'Ready' : 'NotReady'}${node.cordoned ? ',Cordoned' : ''}`,
    node.connected ? 'connected' : 'missing',
    node.warm ? 'yes' : 'no',
    `${node.imagesCached}/${node.imagesDesired}`,
    String(node.liveLeases),
    node.connected ? String(node.inventoryEntries) : '',
    node.platform,
    node.kubeletVersion,
    node.containerRuntimeVersion,
  ];
}

export const explanationHeader = ['NODE', 'REASON', 'SINCE', 'FAILED', 'MESSAGE'];

export function toExplanationRow(nowMs: number) {
  return ({ node, reason, since, attempts, message }: ExplanationRecord): readonly string[] => [
    node,
    reason,
    toAge(since, nowMs),
    attempts === 0 ? '' : String(attempts),
    message,
  ];
}

export const imageExplanationHeader = ['IMAGE', ...explanationHeader.slice(1)];

/** Of one node: the image stands first. */
export function toImageExplanationRow(nowMs: number) {
  const toRow = toExplanationRow(nowMs);
  return (explanation: ExplanationRecord): readonly string[] => [
    explanation.image,
    ...toRow(explanation).slice(1),
  ];
}

export const holderHeader = ['LEASE', 'PHASE', 'NODE', 'IMAGE', 'POD'];

export function toHolderRow({ lease, phase, node, image, pod }: HolderRecord): readonly string[] {
  return [lease, phase, node, image, pod];
}

export const limitHeader = ['LIMIT', 'PER', 'SCOPE', 'IN-USE', 'OF', 'WAITING', 'HELD-BACK'];

export function toLimitRow(record: LimitRecord): readonly string[] {
  const { limit, per, scope, inUse, slots, waiting, heldBack } = record;
  return [limit, per, scope, ...[inUse, slots, waiting, heldBack].map(String)];
}

export const pauseHeader = ['PAUSED', 'NAME', 'SINCE', 'BY', 'WHY'];

export function toPauseRow(nowMs: number) {
  return ({ scope, name, since, by, authenticatedAs, why }: PauseRecord): readonly string[] => [
    scope,
    name,
    toAge(since, nowMs),
    by || authenticatedAs,
    why,
  ];
}

/** How long ago, or when it lies ahead, in how long. */
export function toAge(time: string | null, nowMs: number): string {
  return time === null ? '' : formatSpan(Math.abs(nowMs - Date.parse(time)));
}

function toSpan(seconds: number | null): string {
  return seconds === null ? '' : formatSpan(seconds * 1_000);
}
