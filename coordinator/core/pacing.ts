// Which pair gets the next lease. A decision is a value: an offer, or to wait. Nothing is executed here.
//
// Order of images: priority; then the one that will take longest at its own limits, so that no single image is left
// over when the others are done; then name. Order of nodes: nearest to warm first, so that whole nodes become
// usable early, until the coldest node's own queue is what the end waits for: from then on coldest first.

import type { Instant } from '../../shared/clock.ts';
import type { Demand } from './demand.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Gate, Wait } from './gate.ts';
import type { LimitUse } from './limit-use.ts';
import type { Limit, LimitSubject } from './limits.ts';
import type { NodeState } from './node-state.ts';

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

interface Candidate {
  readonly image: DesiredImage;
  readonly criticalMs: number;
}

// Until a pull of an image was seen, all images count alike.
const assumedPullMs = 30_000;
// Coldest first as soon as a node's own queue is half as long as the whole remaining roll-out: any later, and the
// last nodes pull one after the other while slots lie idle (measured: test/coordinator/core/roll-out.test.ts).
const coldestShare = 0.5;

export function decideOffer(outlook: Outlook, now: Instant): Decision {
  const search = new Search(outlook.gates, now);
  for (const { image } of rankCandidates(outlook, search)) {
    const node = findNode(image, outlook, search);
    if (node !== undefined) return { kind: 'offer', image, node };
  }
  return { kind: 'wait', retryAtMs: search.retryAtMs };
}

/** One walk through the gates, which remembers when the first of them opens. */
class Search {
  readonly #gates: readonly Gate[];
  readonly #now: Instant;
  retryAtMs: number | undefined;

  constructor(gates: readonly Gate[], now: Instant) {
    this.#gates = gates;
    this.#now = now;
  }

  isImageFree(image: DesiredImage): boolean {
    return this.#gates.every((gate) => this.#isOpen(gate.checkImage(image, this.#now)));
  }

  isNodeFree(image: DesiredImage, node: NodeState): boolean {
    return this.#gates.every((gate) => this.#isOpen(gate.checkNode(image, node, this.#now)));
  }

  #isOpen(wait: Wait | undefined): boolean {
    if (wait?.retryAtMs !== undefined)
      this.retryAtMs = Math.min(this.retryAtMs ?? Infinity, wait.retryAtMs);
    return wait === undefined;
  }
}

/** What keeps a ready pair from an offer now, limits first, as decideOffer asks; undefined when nothing does. */
export function findObstacle(
  { image, node }: { readonly image: DesiredImage; readonly node: NodeState },
  { demand, use, gates }: Outlook,
  now: Instant,
): Limit | Wait | undefined {
  const eligible = eligibleFor(image, demand);
  return (
    use.findBindingForImage(imageSubject(image), eligible) ??
    use.findBindingForNode(subjectOf(image, node), eligible) ??
    findFirst(gates, (gate) => gate.checkImage(image, now)) ??
    findFirst(gates, (gate) => gate.checkNode(image, node, now))
  );
}

function findFirst(
  gates: readonly Gate[],
  check: (gate: Gate) => Wait | undefined,
): Wait | undefined {
  for (const gate of gates) {
    const wait = check(gate);
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/** Name of the limit that holds back the image's next pull; empty when none does or nothing waits. */
export function findBindingLimit(image: DesiredImage, demand: Demand, use: LimitUse): string {
  const eligible = eligibleFor(image, demand);
  const binding = use.findBindingForImage(imageSubject(image), eligible);
  if (image.missing.size === 0) return '';
  if (binding !== undefined) return binding.name;
  for (const node of image.missing) {
    if (image.pairs.get(node)?.lease !== undefined) continue;
    const ofNode = use.findBindingForNode(subjectOf(image, node), eligible);
    if (ofNode !== undefined) return ofNode.name;
  }
  return '';
}

export function subjectOf(image: DesiredImage, node: NodeState): LimitSubject {
  return { image: image.image, registry: image.registry, zone: node.zone, nodeUid: node.uid };
}

function rankCandidates({ demand, use }: Outlook, search: Search): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const image of demand.images.values()) {
    if (image.ready.size === 0) continue;
    const eligible = eligibleFor(image, demand);
    const subject = imageSubject(image);
    if (use.findBindingForImage(subject, eligible) !== undefined) continue;
    if (!search.isImageFree(image)) continue;
    const rounds = Math.max(1, image.missing.size / use.slotsPerImage(subject, eligible));
    candidates.push({ image, criticalMs: rounds * (image.meanPullMs ?? assumedPullMs) });
  }
  return candidates.sort(compareCandidates);
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    a.image.priority - b.image.priority ||
    b.criticalMs - a.criticalMs ||
    (a.image.key < b.image.key ? -1 : 1)
  );
}

function findNode(
  image: DesiredImage,
  { demand, use }: Outlook,
  search: Search,
): NodeState | undefined {
  const eligible = eligibleFor(image, demand);
  const rounds = demand.missingPairs / use.slotsPerCluster(eligible);
  const isColdCritical = image.ready.coldestRank() >= rounds * coldestShare;
  for (const node of image.ready.inOrder(isColdCritical ? 'coldest' : 'warmest')) {
    if (use.findBindingForNode(subjectOf(image, node), eligible) !== undefined) continue;
    if (search.isNodeFree(image, node)) return node;
  }
  return undefined;
}

function eligibleFor(image: DesiredImage, demand: Demand) {
  return { cluster: demand.targetNodes, image: image.targets.size };
}

// The node's fields are not looked at by limits that ask nothing about the node.
function imageSubject(image: DesiredImage): LimitSubject {
  return { image: image.image, registry: image.registry, zone: '', nodeUid: '' };
}
