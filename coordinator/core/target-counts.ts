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

  add({ zone }: NodeState): void {
    this.#nodes += 1;
    this.#zones.set(zone, (this.#zones.get(zone) ?? 0) + 1);
  }

  remove({ zone }: NodeState): void {
    this.#nodes -= 1;
    const left = (this.#zones.get(zone) ?? 0) - 1;
    if (left > 0) this.#zones.set(zone, left);
    else this.#zones.delete(zone);
  }
}
