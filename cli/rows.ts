// The columns of each command.

import { formatSpan } from '../shared/span.ts';
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

function toSpan(seconds: number | null): string {
  return seconds === null ? '' : formatSpan(seconds * 1_000);
}
