// Demand = desired - inventory, on target nodes: who wants what where, who has it, and which pairs could be offered
// now. Everything is indexed both ways and kept up to date pair by pair, so that an event costs what it changes and
// not what the cluster holds.

import { DesiredImage, desiredImageKey, type ImageKey } from './desired-image.ts';
import type { CachedImageObject, NodeRecord } from './events.ts';
import { type NodeClass, NodeClasses, type Selector } from './node-class.ts';
import { NodeOrder } from './node-order.ts';
import { NodeState, type Proof } from './node-state.ts';
import type { PolicyState } from './policy-state.ts';
import { decideStanding, isWantedBy } from './standing.ts';
import { isTarget } from './target.ts';
import { TargetCounts } from './target-counts.ts';
import { parseWish } from './wish.ts';
import { WishState } from './wish-state.ts';

export class Demand {
  readonly nodes = new Map<string, NodeState>();
  readonly images = new Map<string, DesiredImage>();
  readonly wishes = new Map<string, WishState>();
  readonly policies = new Map<string, PolicyState>();
  /** The nodes that could pull something now. */
  readonly order = new NodeOrder();
  /** How many nodes are targets of at least one desired image. */
  readonly targetCounts = new TargetCounts();
  /** Wishes whose counts or spec changed since the core looked last. */
  readonly changedWishes = new Set<WishState>();
  /** Images whose policies and nodes whose class changed since then: their leases count elsewhere now. */
  readonly changedImages = new Set<DesiredImage>();
  readonly changedNodes = new Set<NodeState>();
  readonly #nodesByName = new Map<string, NodeState>();
  readonly #imagesByReference = new Map<string, Set<DesiredImage>>();
  readonly #classes = new NodeClasses();
  /** Of forgotten nodes, so that indexes stay below the greatest number of nodes there ever was. */
  readonly #freeIndexes: number[] = [];
  /** Pairs of target nodes and images that they lack; changed here only. */
  missingPairs = 0;

  findNodeByName(name: string): NodeState | undefined {
    return this.#nodesByName.get(name);
  }

  /** The state of a node of which the object, or at first only the agent, has told. */
  node(uid: string, name: string): NodeState {
    const known = this.nodes.get(uid);
    if (known !== undefined) return known;
    const node = new NodeState(uid, name);
    node.index = this.#freeIndexes.pop() ?? this.nodes.size;
    this.nodes.set(uid, node);
    return node;
  }

  setNodeRecord(record: NodeRecord): NodeState {
    const node = this.node(record.uid, record.name);
    node.record = record;
    node.createdAtMs = record.createdAtMs;
    this.#nodesByName.set(record.name, node);
    this.#setClass(node, this.#classes.classOf(record));
    for (const wish of this.wishes.values()) this.#retarget(wish, node);
    return node;
  }

  /** Takes back everything that depended on the node object; forgets the node unless its agent is connected. */
  removeNodeRecord(node: NodeState): void {
    node.record = undefined;
    this.setAvailable(node, false);
    if (this.#nodesByName.get(node.name) === node) this.#nodesByName.delete(node.name);
    for (const image of [...node.targetOf]) {
      for (const wish of image.wishes) this.#setTarget(wish, image, node, false);
      image.pairs.delete(node);
    }
    this.forgetIfUnknown(node);
  }

  forgetIfUnknown(node: NodeState): void {
    if (node.record !== undefined || node.session !== undefined) return;
    if (!this.nodes.delete(node.uid)) return;
    this.#freeIndexes.push(node.index);
    node.index = -1;
  }

  setWish(object: CachedImageObject): WishState {
    const previous = this.wishes.get(object.metadata.name);
    const same = previous?.uid === (object.metadata.uid ?? '') ? previous : undefined;
    if (same !== undefined && same.generation === object.metadata.generation) return same;
    const wish = new WishState(object, parseWish(object.spec), same);
    if (previous !== undefined) this.removeWish(previous.name);
    this.wishes.set(wish.name, wish);
    this.changedWishes.add(wish);
    if (wish.parsed.kind === 'invalid') return wish;
    const image = this.image(wish.parsed.wish);
    wish.desired = image;
    wish.policy = wish.policyName === undefined ? undefined : this.policies.get(wish.policyName);
    image.wishes.add(wish);
    if (image.readWishes()) this.changedImages.add(image);
    for (const node of this.nodes.values()) this.#retarget(wish, node);
    return wish;
  }

  removeWish(name: string): void {
    const wish = this.wishes.get(name);
    if (wish === undefined) return;
    this.wishes.delete(name);
    this.changedWishes.delete(wish);
    const image = wish.desired;
    if (image === undefined) return;
    for (const node of [...wish.standings.keys()]) this.#setTarget(wish, image, node, false);
    image.wishes.delete(wish);
    if (image.readWishes()) this.changedImages.add(image);
    this.forgetIfUnused(image);
  }

  /** Takes a policy as it is now, or with undefined takes it away, for everything that names it. */
  setPolicy(name: string, policy: PolicyState | undefined): void {
    if (policy === undefined) this.policies.delete(name);
    else this.policies.set(name, policy);
    for (const wish of this.wishes.values()) {
      if (wish.policyName !== name) continue;
      wish.policy = policy;
      this.changedWishes.add(wish);
      if (wish.desired?.readWishes()) this.changedImages.add(wish.desired);
      for (const node of this.nodes.values()) this.#retarget(wish, node);
    }
  }

  /** Says which node selectors limits use, beside those of policies. */
  setSelectors(selectors: readonly Selector[]): void {
    if (!this.#classes.setSelectors(selectors)) return;
    for (const node of this.nodes.values()) {
      if (node.record !== undefined) this.#setClass(node, this.#classes.classOf(node.record));
    }
  }

  image(of: ImageKey): DesiredImage {
    const known = this.images.get(desiredImageKey(of));
    if (known !== undefined) return known;
    const image = new DesiredImage(of);
    this.images.set(image.key, image);
    this.#index(image.image, image);
    return image;
  }

  findImage(of: Pick<ImageKey, 'image' | 'pullSecrets'>): DesiredImage | undefined {
    return this.images.get(desiredImageKey(of));
  }

  /** Desired images with this reference: one for each credential set. */
  *imagesOf(reference: string): Generator<DesiredImage> {
    for (const image of this.#imagesByReference.get(reference) ?? [])
      if (image.image === reference && image.wishes.size > 0) yield image;
  }

  /** Desired images of this registry. */
  countImagesOf(registry: string): number {
    let count = 0;
    for (const image of this.images.values())
      if (image.registry === registry && image.wishes.size > 0) count += 1;
    return count;
  }

  forgetIfUnused(image: DesiredImage): void {
    if (image.isInUse) return;
    this.images.delete(image.key);
    for (const reference of [image.image, ...image.admitted]) {
      this.#imagesByReference.get(reference)?.delete(image);
      if (this.#imagesByReference.get(reference)?.size === 0)
        this.#imagesByReference.delete(reference);
    }
  }

  /** Pods of this image run from another reference: a webhook rewrote it. */
  addAdmitted(image: DesiredImage, reference: string): void {
    if (!image.addAdmitted(reference)) return;
    this.#index(reference, image);
    for (const node of image.targets) this.refreshPair(image, node);
  }

  /** The node's inventory changed at these references. */
  refreshReferences(node: NodeState, references: Iterable<string>): void {
    for (const reference of references) {
      for (const image of this.#imagesByReference.get(reference) ?? [])
        this.refreshPair(image, node);
    }
  }

  refreshNode(node: NodeState): void {
    for (const image of node.targetOf) this.refreshPair(image, node);
  }

  setAvailable(node: NodeState, isAvailable: boolean): void {
    if (node.isAvailable === isAvailable) return;
    node.isAvailable = isAvailable;
    this.#rank(node);
  }

  /** Says what its newest pull shows of the node. */
  setProof(node: NodeState, proof: Proof): void {
    if (node.proof === proof) return;
    this.order.set(node, 0);
    node.proof = proof;
    this.#rank(node);
  }

  /** Draws every conclusion from the pair's inventory entry, lease and backoff. */
  refreshPair(image: DesiredImage, node: NodeState): void {
    const isHeld = image.isHeldBy(node);
    if (isHeld) image.clearFailures(node);
    const standing = decideStanding(image, node, isHeld);
    for (const wish of image.wishes) {
      if (wish.standings.has(node) && wish.setStanding(node, standing))
        this.changedWishes.add(wish);
    }
    this.#setMissing(image, node, image.targets.has(node) && !isHeld);
    this.#refreshOpen(image, node);
  }

  #retarget(wish: WishState, node: NodeState): void {
    const { desired, rule } = wish;
    if (desired === undefined || rule === undefined) return;
    const isTargetNow = node.record !== undefined && isTarget(node.record, rule);
    this.#setTarget(wish, desired, node, isTargetNow);
  }

  #setTarget(wish: WishState, image: DesiredImage, node: NodeState, isTargetNow: boolean): void {
    if (wish.standings.has(node) !== isTargetNow) {
      wish.setStanding(
        node,
        isTargetNow ? decideStanding(image, node, image.isHeldBy(node)) : undefined,
      );
      this.changedWishes.add(wish);
    }
    const isWanted = isTargetNow || isWantedBy(image, node);
    if (isWanted === image.targets.has(node)) return;
    if (isWanted) {
      image.targets.add(node);
      image.tally.change(node.nodeClass, { targets: 1, missing: 0 });
      if (node.targetOf.size === 0) this.targetCounts.change(node, 1);
      node.targetOf.add(image);
    } else {
      image.targets.delete(node);
      image.tally.change(node.nodeClass, { targets: -1, missing: 0 });
      node.targetOf.delete(image);
      if (node.targetOf.size === 0) this.targetCounts.change(node, -1);
    }
    this.refreshPair(image, node);
  }

  #setMissing(image: DesiredImage, node: NodeState, isMissing: boolean): void {
    if (image.missing.has(node) === isMissing) return;
    image.tally.change(node.nodeClass, { targets: 0, missing: isMissing ? 1 : -1 });
    if (isMissing) {
      image.missing.add(node);
      node.missing.add(image);
      this.missingPairs += 1;
      // What it could pull yesterday says little about today.
      if (node.proof === 'proven') this.setProof(node, 'untried');
    } else {
      image.missing.delete(node);
      node.missing.delete(image);
      this.missingPairs -= 1;
    }
    this.#rank(node);
  }

  #rank(node: NodeState): void {
    this.order.set(node, node.isAvailable ? node.missing.size : 0);
  }

  #refreshOpen(image: DesiredImage, node: NodeState): void {
    const pair = image.pairs.get(node);
    const isOpen =
      image.missing.has(node) &&
      pair?.lease === undefined &&
      pair?.hasLeftoverPod !== true &&
      pair?.isBackingOff !== true;
    if (isOpen) image.open.add(node.index, image.offers);
    else image.open.delete(node.index);
  }

  /** Moves everything that is kept by class. */
  #setClass(node: NodeState, nodeClass: NodeClass): void {
    if (node.nodeClass === nodeClass) return;
    this.order.set(node, 0);
    this.#tallyNode(node, -1);
    node.nodeClass = nodeClass;
    this.#tallyNode(node, 1);
    this.#rank(node);
    this.changedNodes.add(node);
  }

  #tallyNode(node: NodeState, by: 1 | -1): void {
    for (const image of node.targetOf) {
      const missing = image.missing.has(node) ? by : 0;
      image.tally.change(node.nodeClass, { targets: by, missing });
    }
    if (node.targetOf.size > 0) this.targetCounts.change(node, by);
  }

  #index(reference: string, image: DesiredImage): void {
    const images = this.#imagesByReference.get(reference) ?? new Set<DesiredImage>();
    this.#imagesByReference.set(reference, images.add(image));
  }
}
