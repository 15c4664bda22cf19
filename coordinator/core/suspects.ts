// Leases of nodes that can no longer tell about them: suspect while the node is silent, lost once it is gone. A suspect may
// well be pulling, so it counts; but dead nodes must not stop a cluster, so that suspects may occupy no more than a fifth
// of any limit (at least one). The excess is written off as lost, oldest first, and counted again if its node returns.

import type { Instant } from '../../shared/clock.ts';
import type { LeaseLife } from './lease-life.ts';
import type { Lease, LeaseResult } from './lease-table.ts';
import { countNodes, countSlots, type Limit, scopeKeys } from './limits.ts';
import type { NodeState } from './node-state.ts';
import type { Pairs } from './pairs.ts';
import type { State } from './state.ts';

const suspectShare = 5;

export class Suspects {
  readonly #state: State;
  readonly #life: LeaseLife;
  readonly #pairs: Pairs;

  constructor(state: State, life: LeaseLife, pairs: Pairs) {
    this.#state = state;
    this.#life = life;
    this.#pairs = pairs;
  }

  /** The node is gone: nothing about its pulls can be learned any more. */
  loseNode(node: NodeState, now: Instant): void {
    for (const lease of this.#ofNode(node)) this.#life.end(lease, 'Lost', nodeGone, now);
  }

  suspectNode(node: NodeState): void {
    node.isSuspect = true;
    for (const lease of this.#ofNode(node))
      if (lease.phase === 'Held' || lease.phase === 'Revoking') this.#life.move(lease, 'Suspect');
  }

  trustNode(node: NodeState): void {
    node.isSuspect = false;
    for (const lease of this.#ofNode(node))
      if (lease.phase === 'Suspect')
        this.#life.move(lease, lease.pod?.deleting ? 'Revoking' : 'Held');
  }

  /** Writes off what suspects occupy beyond their share; to be called before anything is offered. */
  settle(now: Instant): void {
    if (!this.#state.areSuspectsToCount) return;
    this.#state.areSuspectsToCount = false;
    const suspects = [...this.#state.leases.live()].filter(({ phase }) => phase === 'Suspect');
    if (suspects.length < 2) return;
    const counts = new Map<string, number>();
    for (const lease of suspects.sort((a, b) => b.offeredAtMs - a.offeredAtMs)) {
      const scopes = [...this.#scopes(lease)];
      if (scopes.some(({ key, most }) => (counts.get(key) ?? 0) >= most))
        this.#writeOff(lease, now);
      else for (const { key } of scopes) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }

  /** Every scope that counts the lease, with how many suspects it may have. */
  *#scopes(lease: Lease): Generator<{ readonly key: string; readonly most: number }> {
    const { use, demand } = this.#state;
    const { nodes, zones } = demand.targetCounts;
    const targets = demand.findImage(lease)?.targets.size ?? 0;
    for (const limit of use.limits) {
      // A silent node holds up nobody but itself.
      if (limit.per === 'node') continue;
      for (const key of scopeKeys(limit, lease.subject)) {
        const eligible = countNodes(limit, key, { cluster: nodes, image: targets, zones });
        yield { key: scopeName(limit, key), most: shareOf(countSlots(limit, eligible)) };
      }
    }
  }

  #writeOff(lease: Lease, now: Instant): void {
    const { pod } = lease;
    this.#life.end(lease, 'Lost', writtenOff, now);
    // It keeps the name of the pair until the node can say what became of it.
    if (pod !== undefined && this.#state.pods.get(pod.name)?.uid === pod.uid)
      this.#pairs.setLeftover(pod, true);
  }

  #ofNode({ uid }: NodeState): readonly Lease[] {
    return [...this.#state.leases.live()].filter(({ nodeUid }) => nodeUid === uid);
  }
}

/** How many of so many slots suspects may occupy. */
export function shareOf(slots: number): number {
  return Math.max(1, Math.floor(slots / suspectShare));
}

function scopeName({ name }: Limit, key: string): string {
  return `${name} ${key}`;
}

const nodeGone: LeaseResult = {
  outcome: 'Unknown',
  reason: 'NodeGone',
  message: 'the node object is gone',
  digest: undefined,
};

const writtenOff: LeaseResult = {
  outcome: 'Unknown',
  reason: 'NodeNotReady',
  message: 'written off: silent nodes occupied more than a fifth of a limit',
  digest: undefined,
};
