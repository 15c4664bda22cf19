// Nodes, agents, images and pull pods as the coordinator's core hears of them, for those who feed it events without a cluster:
// benches and tests of the core.

import type { CachedImageObject, NodeRecord, PullPodRecord } from '../coordinator/core/events.ts';
import { parsePair } from '../shared/pair.ts';
import type { Hello, Offer } from '../shared/protocol.ts';

/** When these worlds begin. */
export const startWallMs = Date.parse('2026-01-01T00:00:00Z');

/** A CachedImage of that name. */
export function cachedImage(name: string, spec: Record<string, unknown>): CachedImageObject {
  return { metadata: { name, uid: `uid-${name}`, generation: 1 }, spec };
}

/** A Ready node without labels, unless told otherwise. */
export function nodeRecord(name: string, change: Partial<NodeRecord> = {}): NodeRecord {
  return {
    name,
    uid: `uid-${name}`,
    labels: {},
    taints: [],
    unschedulable: false,
    deleting: false,
    ready: true,
    createdAtMs: startWallMs,
    platform: { os: 'linux', architecture: 'amd64' },
    kubeletVersion: 'v1.36.3',
    containerRuntimeVersion: 'containerd://2.4.2',
    bootId: 'boot-1',
    ...change,
  };
}

/** What the agent of that node says first. */
export function helloOf(node: string, change: Partial<Hello> = {}): Hello {
  return {
    kind: 'hello',
    protocolVersion: 1,
    nodeName: node,
    nodeUid: `uid-${node}`,
    agentInstance: 'a',
    platform: { os: 'linux', architecture: 'amd64' },
    kubeletVersion: 'v1.36.3',
    containerRuntimeVersion: 'containerd://2.4.2',
    inventoryHash: 'none',
    unseenPulls: [],
    failedPulls: [],
    newestEpoch: 0,
    ...change,
  };
}

/** The pod that the offer becomes. */
export function podOf(
  offer: Offer,
  nodeName: string,
  createdAtMs: number,
  uid = `uid-${offer.podName}`,
): PullPodRecord {
  if (parsePair(offer.pair) === undefined) throw new Error(`offer with pair ${offer.pair}`);
  return {
    name: offer.podName,
    uid,
    nodeName,
    image: offer.image,
    lease: {
      leaseId: offer.leaseId,
      epoch: offer.epoch,
      pair: offer.pair,
      limits: offer.limits,
      notAfterMs: offer.notAfterMs,
      pullTimeoutMs: offer.pullTimeoutMs,
    },
    createdAtMs,
    deleting: false,
    reading: { kind: 'pulling' },
  };
}
