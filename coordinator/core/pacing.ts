// Which pair gets the next lease. A decision is a value: an offer, or to wait. Nothing is executed here, and what holds a
// pair back is asked in one order by decisions and by explanations: limits of the image, gates of the image, limits of
// the node's class, stages, limits of the node, gates of the node.
//
// Order of images: order.ts. Order of nodes: nearest to warm first, so that whole nodes become usable early, until the
// coldest node's own queue is what the end waits for: from then on coldest first. Of equal ones new nodes before old.

import type { Instant } from '../../shared/clock.ts';
import type { Demand } from './demand.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Gate, Wait } from './gate.ts';
import type { LimitUse } from './limit-use.ts';
import type { NodeClass } from './node-class.ts';
import type { NodeState } from './node-state.ts';
import { eligibleFor, rankImages } from './order.ts';
import { admitClass, hasTried } from './stages.ts';

export type Decision =
  | { readonly kind: 'offer'; readonly image: DesiredImage; readonly node: NodeState }
  /** Nothing can be offered before that monotonic time, or when undefined before an event. */
  | { readonly kind: 'wait'; readonly retryAtMs: number | undefined };

/** What a decision looks at, and changes nothing of. */
export interface Outlook {
  readonly demand: Demand;
  readonly use: LimitUse;
  readonly gates: readonly Gate[];
}

// Coldest first as soon as a node's own queue is half as long as the whole remaining roll-out: any later, and the
// last nodes pull one after the other while slots lie idle (measured: test/coordinator/core/roll-out.test.ts).
const coldestShare = 0.5;

// A node that was passed over by so many offers of an image per target node goes first: in a roll-out every target node
// gets one, so whoever waits for twice as many is starved by nodes that come and fail.
const patienceFactor = 2;
const minPatience = 64;

export function decideOffer(outlook: Outlook, now: Instant): Decision {
  const search = new Search(outlook, now);
  const images = [...outlook.demand.images.values()].filter(
    (image) => image.open.size > 0 && search.isImageFree(image),
  );
  for (const { image } of rankImages(images, outlook, now.monotonicMs)) {
    const node = search.findNode(image);
    if (node !== undefined) return { kind: 'offer', image, node };
  }
  return { kind: 'wait', retryAtMs: search.retryAtMs };
}

/** What holds this pair back now, be it ready or not; undefined when nothing here does. */
export function findWait(
  image: DesiredImage,
  node: NodeState,
  outlook: Outlook,
  now: Instant,
): Wait | undefined {
  const search = new Search(outlook, now);
  const { nodeClass } = node;
  const wait =
    search.checkImage(image) ??
    search.checkClass(image, nodeClass) ??
    search.checkStage(image, node) ??
    search.checkNode(image, node);
  if (wait === undefined || !isShared(wait)) return wait;
  const rival = findRival(image, wait, search);
  return rival === undefined ? wait : { ...wait, reason: 'LowerPriority', by: rival.image };
}

/** What holds the image back on all nodes of the class; undefined when it depends on the node. */
export function findClassWait(
  image: DesiredImage,
  nodeClass: NodeClass,
  outlook: Outlook,
  now: Instant,
): Wait | undefined {
  const search = new Search(outlook, now);
  return search.checkImage(image) ?? search.checkClass(image, nodeClass);
}

/** What holds back the image's next pull on every node that waits for it; undefined when nothing does or none waits. */
export function findImageWait(
  image: DesiredImage,
  outlook: Outlook,
  now: Instant,
): Wait | undefined {
  if (image.missing.size === 0) return undefined;
  const search = new Search(outlook, now);
  const ofImage = search.checkImage(image);
  if (ofImage !== undefined) return ofImage;
  let first: Wait | undefined;
  for (const node of image.missing) {
    if (image.pairs.get(node)?.lease !== undefined) continue;
    const wait =
      search.checkClass(image, node.nodeClass) ??
      search.checkStage(image, node) ??
      search.checkNode(image, node);
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

/** One look at everything that can hold pairs back, which remembers when the first of it ends by itself. */
class Search {
  readonly outlook: Outlook;
  readonly #now: Instant;
  retryAtMs: number | undefined;

  constructor(outlook: Outlook, now: Instant) {
    this.outlook = outlook;
    this.#now = now;
  }

  isImageFree(image: DesiredImage): boolean {
    return this.#isFree(this.checkImage(image));
  }

  /** The first node in order to which the image can be offered, given that the image is free. */
  findNode(image: DesiredImage): NodeState | undefined {
    const open: NodeClass[] = [];
    const again: NodeClass[] = [];
    for (const nodeClass of this.outlook.demand.order.classes()) {
      if (!this.#isFree(this.checkClass(image, nodeClass))) continue;
      const admission = admitClass(image, nodeClass, this.#now);
      if (admission.kind !== 'all') this.#isFree(admission.wait);
      if (admission.kind === 'all') open.push(nodeClass);
      if (admission.kind === 'again') again.push(nodeClass);
    }
    return (
      this.#findStarved(image, open) ?? this.#findOpen(image, open) ?? this.#findAgain(image, again)
    );
  }

  checkImage(image: DesiredImage): Wait | undefined {
    const { use, gates } = this.outlook;
    const eligible = eligibleFor(image, this.outlook);
    const wait = use.checkImage(image.traits, eligible, this.#now.monotonicMs);
    return wait ?? firstWait(gates, (gate) => gate.checkImage(image, this.#now));
  }

  checkClass(image: DesiredImage, nodeClass: NodeClass): Wait | undefined {
    const eligible = eligibleFor(image, this.outlook);
    const { monotonicMs } = this.#now;
    return this.outlook.use.checkClass({ image: image.traits, nodeClass }, eligible, monotonicMs);
  }

  checkStage(image: DesiredImage, node: NodeState): Wait | undefined {
    const admission = admitClass(image, node.nodeClass, this.#now);
    if (admission.kind === 'all') return undefined;
    return admission.kind === 'again' && hasTried(image, node) ? undefined : admission.wait;
  }

  checkNode(image: DesiredImage, node: NodeState): Wait | undefined {
    const { use, gates } = this.outlook;
    const eligible = eligibleFor(image, this.outlook);
    const wait = use.checkNode({ image: image.traits, node }, eligible, this.#now.monotonicMs);
    return wait ?? firstWait(gates, (gate) => gate.checkNode(image, node, this.#now));
  }

  #findOpen(image: DesiredImage, classes: readonly NodeClass[]): NodeState | undefined {
    if (classes.length === 0) return undefined;
    const { demand, use } = this.outlook;
    const rounds = demand.missingPairs / use.slotsPerCluster(demand.targetCounts.nodes);
    const isColdCritical = demand.order.coldestRank(image.open) >= rounds * coldestShare;
    const order = isColdCritical ? 'coldest' : 'warmest';
    return demand.order.find(classes, order, image.open, (node) =>
      this.#isFree(this.checkNode(image, node)),
    );
  }

  #findStarved(image: DesiredImage, classes: readonly NodeClass[]): NodeState | undefined {
    const patience = patienceFactor * image.targets.size + minPatience;
    if (image.offers < patience) return undefined;
    const node = this.outlook.demand.order.longestOpen(classes, image.open);
    if (node === undefined || image.offers - image.open.offersBefore(node.index) < patience)
      return undefined;
    return this.#isFree(this.checkNode(image, node)) ? node : undefined;
  }

  #findAgain(image: DesiredImage, classes: readonly NodeClass[]): NodeState | undefined {
    if (classes.length === 0) return undefined;
    for (const node of image.pairs.keys()) {
      if (!classes.includes(node.nodeClass) || !image.open.has(node.index)) continue;
      if (hasTried(image, node) && node.isAvailable && this.#isFree(this.checkNode(image, node)))
        return node;
    }
    return undefined;
  }

  #isFree(wait: Wait | undefined): boolean {
    if (wait?.retryAtMs !== undefined)
      this.retryAtMs = Math.min(this.retryAtMs ?? Infinity, wait.retryAtMs);
    return wait === undefined;
  }
}

function firstWait(
  gates: readonly Gate[],
  ask: (gate: Gate) => Wait | undefined,
): Wait | undefined {
  for (const gate of gates) {
    const wait = ask(gate);
    if (wait !== undefined) return wait;
  }
  return undefined;
}

// Slots that others may take before this pair does.
function isShared({ reason }: Wait): boolean {
  return ['ClusterLimit', 'PolicyLimit', 'RegistryLimit', 'ZoneLimit', 'RateLimit'].includes(
    reason,
  );
}

/** An image with a lower priority value that waits for the same limit. */
function findRival(image: DesiredImage, wait: Wait, search: Search): DesiredImage | undefined {
  for (const other of search.outlook.demand.images.values()) {
    if (other.priority >= image.priority || other.open.size === 0) continue;
    if (search.checkImage(other)?.by === wait.by) return other;
  }
  return undefined;
}
