// What limits see of a pair: the image with the policies that pace it, and the node with its class.

import { findImageReference } from '../../shared/image-ref.ts';
import type { Pair } from '../../shared/pair.ts';
import type { Demand } from './demand.ts';
import type { LimitSubject } from './limits.ts';
import { type NodeClass, unknownClass } from './node-class.ts';

/** One object for as long as nothing of it changes, so that answers about it can be kept. */
export interface ImageTraits {
  /** Normalised image reference. */
  readonly image: string;
  readonly registry: string;
  /** The PullPolicies that its wishes name and that exist, sorted by name. */
  readonly policies: readonly PolicyScope[];
}

/** Where a policy governs. */
export interface PolicyScope {
  readonly name: string;
  /** Node selector as `formatSelector` writes it; undefined means every node. */
  readonly selector: string | undefined;
}

/** @param nodeClass undefined leaves out the policies that do not govern every node */
export function subjectOn(
  { image, registry, policies }: ImageTraits,
  nodeClass: NodeClass | undefined,
  nodeUid: string,
): LimitSubject {
  const { zone, selectors } = nodeClass ?? unknownClass;
  return {
    image,
    registry,
    policies: policies.filter((policy) => governs(policy, selectors)).map(({ name }) => name),
    zone,
    selectors,
    nodeUid,
  };
}

/** The subject of a pair, as far as the image is wished for and the node known. */
export function subjectOfPair(pair: Pair, demand: Demand): LimitSubject {
  const { image, nodeUid } = pair;
  const node = demand.nodes.get(nodeUid);
  // Annotations are written by whoever can write pods: a pair that names no image counts where it can.
  const registry = findImageReference(image)?.registry ?? '';
  const traits = demand.findImage(pair)?.traits ?? { image, registry, policies: [] };
  return subjectOn(traits, node?.nodeClass ?? unknownClass, nodeUid);
}

export function governs({ selector }: PolicyScope, selectors: ReadonlySet<string>): boolean {
  return selector === undefined || selectors.has(selector);
}
