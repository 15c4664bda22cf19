// Nodes that are bad each in the same way, and where they stand in line: what they cost the good ones must not depend on it.

import type { EmbeddedCluster, NodeOptions } from '../../sim/embedded-cluster.ts';
import { type Refusal, Registry } from '../../sim/registry/registry.ts';

/** What a node does with every pull: refused by its own mirror, without a network for pods, full, or for ever under way. */
export const troubles = ['missing', 'unauthorized', 'sandbox', 'rejected', 'hanging'] as const;
export type Trouble = (typeof troubles)[number];

/** In the order in which nodes are made and their agents come. */
export const placements = ['spread', 'first', 'last'] as const;
export type Placement = (typeof placements)[number];

export interface BadNodes {
  readonly count: number;
  readonly trouble: Trouble;
  readonly placement: Placement;
}

/** Those that hold their slots at length: a kubelet tries for a sandbox for as long as the pod is there. */
export function isSlow(trouble: Trouble): boolean {
  return trouble === 'hanging' || trouble === 'sandbox';
}

/** Longer than any bench lasts. */
const hangMs = 6 * 3_600_000;

/** Whether the node at this place of so many is one of them. */
export function isBadPlace({ count, placement }: BadNodes, place: number, nodes: number): boolean {
  if (placement === 'first') return place < count;
  if (placement === 'last') return place >= nodes - count;
  const every = Math.floor(nodes / count);
  return place % every === 0 && place / every < count;
}

/** @param registries that its mirror stands for */
export function addBadNode(
  cluster: EmbeddedCluster,
  trouble: Trouble,
  registries: readonly string[],
): void {
  const name = cluster.addNode({ ready: true, ...optionsOf(trouble, registries) });
  if (trouble === 'sandbox') cluster.node(name).setSandboxTrouble('no route to the network plugin');
}

function optionsOf(trouble: Trouble, registries: readonly string[]): NodeOptions {
  switch (trouble) {
    case 'missing':
    case 'unauthorized':
      return { registry: openMirror(trouble, registries) };
    case 'rejected':
      return { maxPods: 0 };
    case 'hanging':
      return { speed: { kind: 'fixed', pullTimeMs: hangMs } };
    case 'sandbox':
      return {};
    default:
      return trouble satisfies never;
  }
}

function openMirror(refusal: Refusal, registries: readonly string[]): Registry {
  const mirror = new Registry({ seed: 1 });
  for (const registry of registries) mirror.refuse(registry, refusal);
  return mirror;
}
