// How much of every limit is in use, of how much, and who waits for it: for people and for Explain. Pairs are counted as
// Explain would judge them, but not one by one: most of a limit's answers are the same for a whole class of nodes, and
// only nodes that pull something can be held back by a limit of their own. With 5,000 nodes and 100 images that is a
// hundredth of the work.

import type { Instant } from '../../shared/clock.ts';
import { findNodeObstacle } from './availability.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Lease } from './lease-table.ts';
import { countNodes, countSlots, type EligibleNodes, type Limit, scopeKeys } from './limits.ts';
import type { NodeClass } from './node-class.ts';
import type { NodeState } from './node-state.ts';
import { findClassWait, findWait } from './pacing.ts';
import type { State } from './state.ts';
import { subjectOn } from './subject.ts';
import type { LimitScopeView } from './views.ts';

/**
 * One row for each scope with a live lease or a waiting pair, of limits per node only for those with a live lease, and one
 * for the whole cluster in any case.
 */
export function reportLimits(state: State, now: Instant): readonly LimitScopeView[] {
  const count: Count = {
    state,
    now,
    tallies: new Tallies(),
    facts: new Map(),
    busy: listBusy(state),
  };
  for (const limit of state.use.limits) {
    if (limit.per === 'cluster') count.tallies.of(limit, 'cluster');
    for (const key of state.use.scopeKeys(limit)) count.tallies.of(limit, key);
  }
  for (const image of state.demand.images.values()) countImage(image, count);
  for (const node of count.busy) countBusyNode(node, count);
  return count.tallies.list().map(({ limit, key, waiting, heldBack }) => ({
    ...showLimit(state, limit, key),
    waiting,
    heldBack,
  }));
}

/** Use of the limit in the scope that would count the pair. */
export function describeLimitUse(state: State, limit: Limit, pair: LimitedPair) {
  return showLimit(state, limit, scopeKeys(limit, subjectOf(pair))[0] ?? '');
}

/** Live leases that hold the slots that the pair waits for, oldest first. */
export function findHolders(state: State, limit: Limit, pair: LimitedPair): readonly Lease[] {
  const [key = ''] = scopeKeys(limit, subjectOf(pair));
  return [...state.leases.live()].filter((lease) => scopeKeys(limit, lease.subject).includes(key));
}

export interface LimitedPair {
  readonly image: DesiredImage;
  readonly node: NodeState;
}

interface Count {
  readonly state: State;
  readonly now: Instant;
  readonly tallies: Tallies;
  /** Nodes with a live lease. */
  readonly busy: ReadonlySet<NodeState>;
  readonly facts: Map<DesiredImage, Map<NodeClass, ClassFacts>>;
}

/** What holds of one image on all nodes of a class. */
interface ClassFacts {
  /** The scopes that count it there, of limits that do not depend on the node. */
  readonly shared: readonly Tally[];
  readonly perNode: readonly Limit[];
  /** `undefined` leaves it to the node; `limit` is absent when something else than a limit holds it back. */
  readonly wait: { readonly limit?: Limit } | undefined;
}

interface Tally {
  readonly limit: Limit;
  readonly key: string;
  waiting: number;
  heldBack: number;
}

class Tallies {
  readonly #byId = new Map<string, Tally>();

  of(limit: Limit, key: string): Tally {
    const id = `${limit.name} ${key}`;
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const tally = { limit, key, waiting: 0, heldBack: 0 };
    this.#byId.set(id, tally);
    return tally;
  }

  list(): readonly Tally[] {
    return [...this.#byId.values()];
  }
}

function listBusy({ leases, demand }: State): ReadonlySet<NodeState> {
  const busy = new Set<NodeState>();
  for (const { nodeUid } of leases.live()) {
    const node = demand.nodes.get(nodeUid);
    if (node !== undefined) busy.add(node);
  }
  return busy;
}

/** Who waits on which class of nodes, and who is held back there; busy nodes are looked at by themselves. */
function countImage(image: DesiredImage, count: Count): void {
  const leased = countByClass(
    [...image.pairs].filter(([, { lease }]) => lease !== undefined).map(([node]) => node),
  );
  const busy = countByClass(
    [...count.busy].filter((node) => node.isAvailable && image.open.has(node.index)),
  );
  for (const [nodeClass, missing] of image.tally.missing()) {
    const { shared, wait } = factsOf(image, nodeClass, count);
    const waiting = Math.max(0, missing - (leased.get(nodeClass) ?? 0));
    const held =
      count.state.demand.order.countOpen(nodeClass, image.open) - (busy.get(nodeClass) ?? 0);
    for (const tally of shared) {
      tally.waiting += waiting;
      if (tally.limit === wait?.limit) tally.heldBack += held;
    }
  }
}

function countByClass(nodes: readonly NodeState[]): ReadonlyMap<NodeClass, number> {
  const counts = new Map<NodeClass, number>();
  for (const { nodeClass } of nodes) counts.set(nodeClass, (counts.get(nodeClass) ?? 0) + 1);
  return counts;
}

function factsOf(image: DesiredImage, nodeClass: NodeClass, count: Count): ClassFacts {
  const ofImage = count.facts.get(image) ?? new Map<NodeClass, ClassFacts>();
  count.facts.set(image, ofImage);
  const known = ofImage.get(nodeClass);
  if (known !== undefined) return known;
  const { state, now, tallies } = count;
  const subject = subjectOn(image.traits, nodeClass, '');
  const counting = state.use.limits.filter((limit) => scopeKeys(limit, subject).length > 0);
  const isHeld = !state.mayOffer(now) || state.pauses.checkImage(image) !== undefined;
  const facts: ClassFacts = {
    shared: counting
      .filter(({ per }) => per !== 'node')
      .flatMap((limit) => scopeKeys(limit, subject).map((key) => tallies.of(limit, key))),
    perNode: counting.filter(({ per }) => per === 'node'),
    wait: isHeld ? {} : findClassWait(image, nodeClass, state, now),
  };
  ofImage.set(nodeClass, facts);
  return facts;
}

/** One by one: as many pairs as there are live leases times images, at most. */
function countBusyNode(node: NodeState, count: Count): void {
  const own = new Map<Limit, Tally>();
  const ownOf = (limit: Limit): Tally => {
    const tally = own.get(limit) ?? count.tallies.of(limit, node.uid);
    own.set(limit, tally);
    return tally;
  };
  const obstacle = findNodeObstacle(count.state, node, count.now);
  const isThere = obstacle === undefined || obstacle === 'NodeLimit';
  for (const image of node.missing) {
    if (image.pairs.get(node)?.lease !== undefined) continue;
    const facts = factsOf(image, node.nodeClass, count);
    const tallies = facts.perNode.map(ownOf);
    for (const tally of tallies) tally.waiting += 1;
    const limit = isThere ? findLimit({ image, node }, facts, count) : undefined;
    if (limit === undefined) continue;
    const binding = [...facts.shared, ...tallies].find((tally) => tally.limit === limit);
    if (binding !== undefined) binding.heldBack += 1;
  }
}

function findLimit(
  { image, node }: LimitedPair,
  { wait }: ClassFacts,
  { state, now }: Count,
): Limit | undefined {
  const pair = image.pairs.get(node);
  if (pair?.hasLeftoverPod || pair?.isBackingOff) return undefined;
  return (wait ?? findWait(image, node, state, now))?.limit;
}

function subjectOf({ image, node }: LimitedPair) {
  return subjectOn(image.traits, node.nodeClass, node.uid);
}

function showLimit(state: State, limit: Limit, key: string) {
  return {
    limit: limit.name,
    per: limit.per,
    scope: nameScope(state, limit, key),
    inUse: state.use.inUse(limit, key),
    slots: countSlots(limit, countNodes(limit, key, eligibleIn(state, limit, key))),
  };
}

function nameScope({ demand }: State, limit: Limit, key: string): string {
  if (limit.per === 'cluster') return '';
  return limit.per === 'node' ? (demand.nodes.get(key)?.name ?? key) : key;
}

/** What percentages refer to: for a limit per image, the target nodes of this one. */
function eligibleIn({ demand }: State, limit: Limit, key: string): EligibleNodes {
  const ofImage = limit.per === 'image' ? demand.imagesOf(key) : [];
  return {
    cluster: demand.targetCounts.nodes,
    zones: demand.targetCounts.zones,
    image: Math.max(0, ...[...ofImage].map((image) => image.targets.size)),
  };
}
