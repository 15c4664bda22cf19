// Where a target node stands with an image.

import type { DesiredImage } from './desired-image.ts';
import type { NodeState } from './node-state.ts';
import type { Standing } from './wish-state.ts';

// The node's report may show an image a moment before the watch shows the end of its pull; Ready waits for the end, so that
// what it brings (digest, times) is one and the same status.
export function decideStanding(image: DesiredImage, node: NodeState, isHeld: boolean): Standing {
  const pair = image.pairs.get(node);
  const hasFailed = (pair?.failures ?? 0) > 0;
  const isPulling = pair?.lease !== undefined && pair.lease.phase !== 'Offered';
  if (isPulling) return hasFailed ? 'retrying' : 'pulling';
  if (isHeld) return 'ready';
  return hasFailed ? 'failed' : 'missing';
}

/** At least one CachedImage of the image targets the node. */
export function isWantedBy(image: DesiredImage, node: NodeState): boolean {
  for (const wish of image.wishes) if (wish.standings.has(node)) return true;
  return false;
}
