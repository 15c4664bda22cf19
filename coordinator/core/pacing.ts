// Which pair gets the next lease. A decision is a value: an offer, or to wait. Nothing is executed here, and what holds a
// pair back is asked in one order by decisions and by explanations: limits of the image, gates of the image, limits of
// the node's class, stages, limits of the node, gates of the node.
//
// Order of images: order.ts. Order of nodes: search.ts.

import type { Instant } from '../../shared/clock.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Wait } from './gate.ts';
import type { NodeClass } from './node-class.ts';
import type { NodeState } from './node-state.ts';
import { rankImages } from './order.ts';
import { Search } from './search.ts';
import { type Outlook, Waits } from './waits.ts';

export type Decision =
  | { readonly kind: 'offer'; readonly image: DesiredImage; readonly node: NodeState }
  /** Nothing can be offered before that monotonic time, or when undefined before an event. */
  | { readonly kind: 'wait'; readonly retryAtMs: number | undefined };

export function decideOffer(outlook: Outlook, now: Instant): Decision {
  const waits = new Waits(outlook, now);
  const search = new Search(waits);
  const images = [...outlook.demand.images.values()].filter(
    (image) => image.open.size > 0 && waits.isFree(waits.checkImage(image)),
  );
  for (const group of rankImages(images, outlook, now.monotonicMs)) {
    const found = search.findPair(group);
    if (found !== undefined) return { kind: 'offer', ...found };
  }
  return { kind: 'wait', retryAtMs: waits.retryAtMs };
}

/** What holds this pair back now, be it ready or not; undefined when nothing here does. */
export function findWait(
  image: DesiredImage,
  node: NodeState,
  outlook: Outlook,
  now: Instant,
): Wait | undefined {
  const waits = new Waits(outlook, now);
  const { nodeClass } = node;
  const wait =
    waits.checkImage(image) ??
    waits.checkClass(image, nodeClass) ??
    waits.checkStage(image, node) ??
    waits.checkNode(image, node);
  if (wait === undefined || !isShared(wait)) return wait;
  const rival = findRival(image, wait, waits);
  return rival === undefined ? wait : { ...wait, reason: 'LowerPriority', by: rival.image };
}

/** What holds the image back on all nodes of the class; undefined when it depends on the node. */
export function findClassWait(
  image: DesiredImage,
  nodeClass: NodeClass,
  outlook: Outlook,
  now: Instant,
): Wait | undefined {
  const waits = new Waits(outlook, now);
  return waits.checkImage(image) ?? waits.checkClass(image, nodeClass);
}

/** What holds back the image's next pull on every node that waits for it; undefined when nothing does or none waits. */
export function findImageWait(
  image: DesiredImage,
  outlook: Outlook,
  now: Instant,
): Wait | undefined {
  if (image.missing.size === 0) return undefined;
  const waits = new Waits(outlook, now);
  const ofImage = waits.checkImage(image);
  if (ofImage !== undefined) return ofImage;
  let first: Wait | undefined;
  for (const node of image.missing) {
    if (image.pairs.get(node)?.lease !== undefined) continue;
    const wait =
      waits.checkClass(image, node.nodeClass) ??
      waits.checkStage(image, node) ??
      waits.checkNode(image, node);
    if (wait === undefined) return undefined;
    first ??= wait;
  }
  return first;
}

/** Keeps account of who waits, once nothing more can be offered. */
export function noteWaiting({ demand }: Outlook, nowMs: number): void {
  for (const image of demand.images.values()) {
    if (image.open.size === 0) image.waitingSinceMs = undefined;
    else image.waitingSinceMs ??= nowMs;
  }
}

/** Keeps account of an offer of this image. */
export function noteOffer(image: DesiredImage, nowMs: number): void {
  image.offers += 1;
  image.waitingSinceMs = nowMs;
}

// Slots that others may take before this pair does.
function isShared({ reason }: Wait): boolean {
  return ['ClusterLimit', 'PolicyLimit', 'RegistryLimit', 'ZoneLimit', 'RateLimit'].includes(
    reason,
  );
}

/** An image with a lower priority value that waits for the same limit. */
function findRival(image: DesiredImage, wait: Wait, waits: Waits): DesiredImage | undefined {
  for (const other of waits.outlook.demand.images.values()) {
    if (other.priority >= image.priority || other.open.size === 0) continue;
    if (waits.checkImage(other)?.by === wait.by) return other;
  }
  return undefined;
}
