// How many nodes are targets of anything, in all and by zone: what percentages refer to.

import type { NodeState } from './node-state.ts';

export class TargetCounts {
  readonly #zones = new Map<string, number>();
  #nodes = 0;

  /** Nodes that at least one desired image targets. */
  get nodes(): number {
    return this.#nodes;
  }

  get zones(): ReadonlyMap<string, number> {
    return this.#zones;
  }

  change({ zone }: NodeState, by: 1 | -1): void {
    this.#nodes += by;
    const nodes = (this.#zones.get(zone) ?? 0) + by;
    if (nodes > 0) this.#zones.set(zone, nodes);
    else this.#zones.delete(zone);
  }
}
