// Leases of nodes that can no longer tell about them: suspect while the node is silent, lost once it is gone.

import type { Instant } from '../../shared/clock.ts';
import type { LeaseLife } from './lease-life.ts';
import type { LeaseResult } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import type { State } from './state.ts';

export class Suspects {
  readonly #state: State;
  readonly #life: LeaseLife;

  constructor(state: State, life: LeaseLife) {
    this.#state = state;
    this.#life = life;
  }

  /** The node is gone: nothing about its pulls can be learned any more. */
  loseNode(node: NodeState, now: Instant): void {
    for (const lease of [...this.#state.leases.live()]) {
      if (lease.nodeUid === node.uid) this.#life.end(lease, 'Lost', nodeGone, now);
    }
  }

  suspectNode(node: NodeState): void {
    for (const lease of this.#state.leases.live()) {
      if (lease.nodeUid === node.uid && lease.phase === 'Held') this.#life.move(lease, 'Suspect');
    }
  }

  trustNode(node: NodeState): void {
    for (const lease of this.#state.leases.live()) {
      if (lease.nodeUid === node.uid && lease.phase === 'Suspect') this.#life.move(lease, 'Held');
    }
  }
}

const nodeGone: LeaseResult = {
  outcome: 'Unknown',
  reason: 'NodeGone',
  message: 'the node object is gone',
  digest: undefined,
};
