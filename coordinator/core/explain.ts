// Why an image is or is not on a node: what came of an offer, or the first rule that keeps one from going out. It asks the
// same functions as offers do (targets, availability, backoff, gates, limits), so that it cannot say anything else than
// pacing does. A property test holds it to that. The words for it are made in explain-words.ts.

import type { Instant } from '../../shared/clock.ts';
import type { Reason } from '../../shared/reason.ts';
import { findNodeObstacle } from './availability.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Wait } from './gate.ts';
import type { Lease } from './lease-table.ts';
import type { Limit } from './limits.ts';
import type { NodeState } from './node-state.ts';
import { findWait } from './pacing.ts';
import type { State } from './state.ts';
import { findTargetObstacle, type TargetObstacle } from './target.ts';

export interface PairQuestion {
  readonly state: State;
  readonly image: DesiredImage;
  readonly node: NodeState;
  readonly now: Instant;
}

/** What decided, and its word in the closed list. */
export type Verdict = { readonly reason: Reason } & (
  | { readonly kind: 'lease'; readonly lease: Lease }
  | { readonly kind: 'limit'; readonly limit: Limit; readonly wait: Wait }
  | { readonly kind: 'gate'; readonly wait: Wait }
  /** `free`: nothing holds it back, it is offered with the event that is being worked on. */
  | {
      readonly kind: 'held' | 'target' | 'recovering' | 'node' | 'leftoverPod' | 'backoff' | 'free';
    }
);

export function decideVerdict(question: PairQuestion): Verdict {
  const { state, image, node, now } = question;
  const pair = image.pairs.get(node);
  if (pair?.lease !== undefined)
    return { kind: 'lease', reason: leaseReason(pair.lease), lease: pair.lease };
  if (image.isHeldBy(node)) return { kind: 'held', reason: 'Cached' };
  if (!image.targets.has(node)) return { kind: 'target', reason: whyNoTarget(image, node) };
  const pause = state.pauses.checkImage(image);
  if (pause !== undefined) return { kind: 'gate', reason: pause.reason, wait: pause };
  if (!state.mayOffer(now)) return { kind: 'recovering', reason: 'Recovering' };
  const obstacle = findNodeObstacle(state, node, now);
  // Which limit it is, and who holds it, is asked below.
  if (obstacle !== undefined && obstacle !== 'NodeLimit') return { kind: 'node', reason: obstacle };
  if (pair?.hasLeftoverPod) return { kind: 'leftoverPod', reason: 'LeftoverPod' };
  if (pair?.isBackingOff) return { kind: 'backoff', reason: 'Backoff' };
  return decidePacing(question);
}

function decidePacing({ state, image, node, now }: PairQuestion): Verdict {
  const wait = findWait(image, node, state, now);
  if (wait === undefined) return { kind: 'free', reason: 'Idle' };
  const { reason, limit } = wait;
  return limit === undefined
    ? { kind: 'gate', reason, wait }
    : { kind: 'limit', reason, limit, wait };
}

function leaseReason({ phase }: Lease): Reason {
  if (phase === 'Offered') return 'LeaseOffered';
  return phase === 'Suspect' ? 'NodeNotReady' : 'Pulling';
}

/** How far the nearest of its CachedImages gets: one whose selector matches says more than one that is for others. */
function whyNoTarget(image: DesiredImage, node: NodeState): TargetObstacle {
  const obstacles = new Set<TargetObstacle | undefined>();
  for (const { rule } of image.wishes) {
    if (node.record !== undefined && rule !== undefined)
      obstacles.add(findTargetObstacle(node.record, rule));
  }
  for (const nearest of ['NodeTainted', 'NodeCordoned', 'NodeDeleting'] as const)
    if (obstacles.has(nearest)) return nearest;
  return 'NotTargeted';
}
