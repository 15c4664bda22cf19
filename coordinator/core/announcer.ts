// Says which statuses changed, once agents had the time to tell what is there: before that, all that a new coordinator could
// say is that nobody has anything.

import { describePause } from './pauses.ts';
import type { State } from './state.ts';
import { summariseStatus } from './status.ts';
import type { WishState } from './wish-state.ts';

export class Announcer {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  announce(): void {
    if (!this.#state.areStatusesAllowed && this.#areInventoriesIn()) this.allow();
    if (!this.#state.areStatusesAllowed) return;
    const { demand, changedPolicies } = this.#state;
    for (const wish of demand.changedWishes) {
      const summary = summariseStatus(wish, findPause(this.#state, wish));
      const transition = summary !== wish.announced;
      wish.announced = summary;
      this.#state.emit({ kind: 'statusChanged', name: wish.name, transition });
      if (wish.policy !== undefined) this.#state.touchPolicy(wish.policy.name);
    }
    demand.changedWishes.clear();
    for (const [name, transition] of changedPolicies)
      this.#state.emit({ kind: 'policyStatusChanged', name, transition });
    changedPolicies.clear();
  }

  /** From now on statuses are said, whatever is not known yet. */
  allow(): void {
    const { demand } = this.#state;
    this.#state.areStatusesAllowed = true;
    for (const wish of demand.wishes.values()) demand.changedWishes.add(wish);
    for (const name of demand.policies.keys()) this.#state.touchPolicy(name);
  }

  #areInventoriesIn(): boolean {
    for (const node of this.#state.demand.nodes.values()) {
      if (node.record?.ready && node.targetOf.size > 0 && !node.isInventoryComplete) return false;
    }
    return true;
  }
}

/** What holds the image back by somebody's wish, in words; undefined when nothing does. */
export function findPause(
  { pauses }: Pick<State, 'pauses'>,
  { desired }: WishState,
): string | undefined {
  const pause = desired === undefined ? undefined : pauses.find(desired);
  return pause === undefined ? undefined : describePause(pause);
}
