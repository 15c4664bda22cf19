// Which node gets which image. Order of nodes: nearest to warm first, so that whole nodes become usable early, until the
// coldest node's own queue is what the end waits for: from then on coldest first. Of equal ones new nodes before old.
//
// A node that hangs keeps its slots, for a pull cannot be stopped, and which one will hang nobody knows. So a node that
// nothing is known of tries the image that can best spare a slot, and no image has more than a fifth of its slots with such
// nodes as long as the others have use for them; beyond that the image goes first that has fewest. Bad nodes are dealt out to
// all images, wherever they stand in line, and stop none. A node whose last pull failed comes after all others.

import type { DesiredImage } from './desired-image.ts';
import { redrawLot } from './lot.ts';
import type { NodeClass } from './node-class.ts';
import { allProofs, type RankOrder } from './node-order.ts';
import type { NodeState, Proof } from './node-state.ts';
import { eligibleFor, type Group } from './order.ts';
import { hasTried } from './stages.ts';
import { shareOf } from './suspects.ts';
import type { Waits } from './waits.ts';

// Coldest first as soon as a node's own queue is half as long as the whole remaining roll-out: any later, and the
// last nodes pull one after the other while slots lie idle (measured: test/coordinator/core/roll-out.test.ts).
const coldestShare = 0.5;
// Before all others when a node that nothing is known of has a queue of this share: any later, and it is cold when the others
// are warm; any earlier, and the slots of those that hang are missed for longer (measured: `npm run bench -- rollout`).
const trialsDueShare = 0.6;

// A node that was passed over by so many offers of an image per target node goes first: in a roll-out every target node
// gets one, so whoever waits for twice as many is starved by nodes that come and fail.
const patienceFactor = 2;
const minPatience = 64;

interface Found {
  readonly image: DesiredImage;
  readonly node: NodeState;
}

/** Where one image may go now, and in which order. */
interface Way {
  /** Classes of nodes that stages let it through to, and those where only nodes may that have tried. */
  readonly open: readonly NodeClass[];
  readonly again: readonly NodeClass[];
  readonly order: RankOrder;
}

const proven: readonly Proof[] = ['proven'];
const untried: readonly Proof[] = ['untried'];
const sound: readonly Proof[] = ['proven', 'untried'];
const failing: readonly Proof[] = ['failing'];

export class Search {
  readonly #waits: Waits;
  readonly #ways = new Map<DesiredImage, Way>();
  /** How long what is missing takes, in pulls one after the other. */
  readonly #rounds: number;

  constructor(waits: Waits) {
    this.#waits = waits;
    const { demand, use } = waits.outlook;
    this.#rounds = demand.missingPairs / use.slotsPerCluster(demand.targetCounts.nodes);
  }

  /** Which of these images, given that they are free, can be offered to which node. */
  findPair({ images, leastPressed }: Group): Found | undefined {
    const areTrialsDue = this.#areTrialsDue(images);
    return (
      (areTrialsDue ? this.#findTrial(leastPressed()) : undefined) ??
      this.#findNext(images) ??
      this.#findLast(images)
    );
  }

  #findNext(images: readonly DesiredImage[]): Found | undefined {
    for (const image of images) {
      const node =
        this.#findStarved(image) ??
        this.#findOpen(image, ...this.#linesOf(image)) ??
        this.#findAgain(image);
      if (node !== undefined) return { image, node };
    }
    return undefined;
  }

  /** Cold nodes are tried when they are due, and until then those go first that will not hang. */
  #linesOf(image: DesiredImage): readonly (readonly Proof[])[] {
    if (this.#trialShare(image) >= 1) return [proven];
    return this.#wayOf(image).order === 'warmest' ? [sound] : [proven, untried];
  }

  #findTrial(images: readonly DesiredImage[]): Found | undefined {
    for (const image of images) {
      const node = this.#trialShare(image) < 1 ? this.#findOpen(image, untried) : undefined;
      if (node !== undefined) return { image, node };
    }
    return undefined;
  }

  /** A slot that nobody else can use is better tried than left idle. */
  #findLast(images: readonly DesiredImage[]): Found | undefined {
    const candidates = images.map((image) => {
      const lot = redrawLot(image.lot, image.trials);
      return { image, lot, share: this.#trialShare(image) };
    });
    candidates.sort((a, b) => a.share - b.share || a.lot - b.lot);
    for (const proofs of [untried, failing]) {
      for (const { image } of candidates) {
        const node = this.#findOpen(image, proofs);
        if (node !== undefined) return { image, node };
      }
    }
    return undefined;
  }

  #areTrialsDue(images: readonly DesiredImage[]): boolean {
    const { order } = this.#waits.outlook.demand;
    const dueRank = this.#rounds * trialsDueShare;
    // Spares asking about every image as long as there is much to do.
    if (order.highestRank('untried') < dueRank) return false;
    return images.some(({ open }) => order.coldestRank(open, untried) >= dueRank);
  }

  /** How much of what the image may have of its slots with nodes that are not proven it has; beyond 1 it has too much. */
  #trialShare(image: DesiredImage): number {
    if (image.trials === 0) return 0;
    const { outlook } = this.#waits;
    const { slots } = outlook.use.imagePace(image.traits, eligibleFor(image, outlook));
    return image.trials / shareOf(slots);
  }

  /** The first node in order, line after line. */
  #findOpen(image: DesiredImage, ...lines: readonly (readonly Proof[])[]): NodeState | undefined {
    const { open: classes, order } = this.#wayOf(image);
    if (classes.length === 0) return undefined;
    for (const proofs of lines) {
      const sought = { classes, proofs, open: image.open };
      const node = this.#waits.outlook.demand.order.find(sought, order, (one) =>
        this.#isFree(image, one),
      );
      if (node !== undefined) return node;
    }
    return undefined;
  }

  #findStarved(image: DesiredImage): NodeState | undefined {
    const patience = patienceFactor * image.targets.size + minPatience;
    if (image.offers < patience) return undefined;
    const { order } = this.#waits.outlook.demand;
    const sought = { classes: this.#wayOf(image).open, proofs: allProofs, open: image.open };
    return order.findLongestOpen(sought, image.offers - patience, (node) =>
      this.#isFree(image, node),
    );
  }

  #findAgain(image: DesiredImage): NodeState | undefined {
    const { again } = this.#wayOf(image);
    if (again.length === 0) return undefined;
    for (const node of image.pairs.keys()) {
      if (!again.includes(node.nodeClass) || !image.open.has(node.index)) continue;
      if (hasTried(image, node) && node.isAvailable && this.#isFree(image, node)) return node;
    }
    return undefined;
  }

  #wayOf(image: DesiredImage): Way {
    const known = this.#ways.get(image);
    if (known !== undefined) return known;
    const { order } = this.#waits.outlook.demand;
    const open: NodeClass[] = [];
    const again: NodeClass[] = [];
    for (const nodeClass of order.classes()) {
      if (!this.#waits.isFree(this.#waits.checkClass(image, nodeClass))) continue;
      const admission = this.#waits.admit(image, nodeClass);
      if (admission.kind !== 'all') this.#waits.isFree(admission.wait);
      if (admission.kind === 'all') open.push(nodeClass);
      if (admission.kind === 'again') again.push(nodeClass);
    }
    const isColdCritical = order.coldestRank(image.open, allProofs) >= this.#rounds * coldestShare;
    const way: Way = { open, again, order: isColdCritical ? 'coldest' : 'warmest' };
    this.#ways.set(image, way);
    return way;
  }

  #isFree(image: DesiredImage, node: NodeState): boolean {
    return this.#waits.isFree(this.#waits.checkNode(image, node));
  }
}
