// How much of every limit is in use, of how much, and who waits for it: for people and for Explain. Waiting pairs are
// counted by the reasons that Explain would give them, so that both tell the same.

import type { Instant } from '../../shared/clock.ts';
import type { DesiredImage } from './desired-image.ts';
import { decideVerdict, type PairQuestion } from './explain.ts';
import type { Lease } from './lease-table.ts';
import { countNodes, countSlots, type EligibleNodes, type Limit, scopeKeys } from './limits.ts';
import type { NodeState } from './node-state.ts';
import type { State } from './state.ts';
import { subjectOn } from './subject.ts';
import type { LimitScopeView } from './views.ts';

interface Tally {
  readonly limit: Limit;
  readonly key: string;
  waiting: number;
  heldBack: number;
}

/** One row for each scope with a live lease or a waiting pair, and one for a limit that has neither. */
export function reportLimits(state: State, now: Instant): readonly LimitScopeView[] {
  const tallies = new Map<string, Tally>();
  for (const limit of state.use.limits) {
    if (limit.per === 'cluster') tallyOf(tallies, limit, 'cluster');
    for (const key of state.use.scopeKeys(limit)) tallyOf(tallies, limit, key);
  }
  for (const image of state.demand.images.values())
    for (const node of image.missing) countWaiting({ state, image, node, now }, tallies);
  return [...tallies.values()].map((tally) => ({
    ...showLimit(state, tally.limit, tally.key),
    waiting: tally.waiting,
    heldBack: tally.heldBack,
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

function countWaiting(question: PairQuestion, tallies: Map<string, Tally>): void {
  const { state, image, node } = question;
  if (image.pairs.get(node)?.lease !== undefined) return;
  const verdict = decideVerdict(question);
  const subject = subjectOf({ image, node });
  for (const limit of state.use.limits) {
    for (const key of scopeKeys(limit, subject)) {
      const tally = tallyOf(tallies, limit, key);
      tally.waiting += 1;
      if (verdict.kind === 'limit' && verdict.limit === limit) tally.heldBack += 1;
    }
  }
}

function subjectOf({ image, node }: LimitedPair) {
  return subjectOn(image.traits, node.nodeClass, node.uid);
}

function tallyOf(tallies: Map<string, Tally>, limit: Limit, key: string): Tally {
  const id = `${limit.name} ${key}`;
  const known = tallies.get(id);
  if (known !== undefined) return known;
  const tally = { limit, key, waiting: 0, heldBack: 0 };
  tallies.set(id, tally);
  return tally;
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
