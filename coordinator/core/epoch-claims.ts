// What agents say about epochs. They act for the newest one that they have met; when the coordination Lease was deleted
// or restored from a backup, this reign's number is below it and they decline its offers. Then a new reign has to
// begin above what they claim. A claim is one node's word: a fifth of the nodes must agree, so that a broken or stolen
// agent moves nothing in a cluster of more than five, and one step is bounded, so that no lie brings the numbers to their
// end: at one step in ten minutes (replica.ts) there are enough for thousands of years.

import type { Instant } from '../../shared/clock.ts';
import type { State } from './state.ts';

/** Share of the listed nodes that must have met a newer epoch. */
const quorumRatio = 0.2;
/** More reigns than any cluster sees: one a minute for two years. */
const maxLeap = 1_000_000;
/** The first to come back are not those who know most; a reign that has just begun offers nothing yet anyway. */
const gatherMs = 15_000;

export class EpochClaims {
  readonly #state: State;
  /** A claim came, and no quorum was found since. */
  #isOpen = false;
  /** Claims are being gathered, or a new reign was asked for. */
  #isDecided = false;

  constructor(state: State) {
    this.#state = state;
  }

  /** An agent has met this epoch; called with its session in place. */
  hear(epoch: number, now: Instant): void {
    if (epoch <= this.#state.settings.epoch) return;
    this.#isOpen = true;
    this.weigh(now);
  }

  /** Looks whether enough nodes claim a newer epoch; they can be counted once they are listed. */
  weigh({ monotonicMs }: Instant): void {
    if (!this.#isOpen || this.#isDecided || !this.#state.listed.nodes) return;
    this.#isOpen = false;
    if (this.#agree() === undefined) return;
    this.#isDecided = true;
    this.#state.deadlines.add(monotonicMs + gatherMs, { kind: 'claimsGathered' });
  }

  /** Asks for the next reign, unless too many have changed their minds. */
  gathered(): void {
    const epoch = this.#agree();
    this.#isDecided = epoch !== undefined;
    if (epoch !== undefined) this.#state.emit({ kind: 'epochSurpassed', epoch });
  }

  /** The highest epoch that so many nodes have met, within bounds; undefined when they are too few. */
  #agree(): number | undefined {
    const { epoch } = this.#state.settings;
    let listed = 0;
    const claims: number[] = [];
    for (const { record, session } of this.#state.demand.nodes.values()) {
      if (record === undefined) continue;
      listed += 1;
      if (session !== undefined && session.hello.newestEpoch > epoch)
        claims.push(session.hello.newestEpoch);
    }
    const quorum = Math.max(1, Math.ceil(listed * quorumRatio));
    claims.sort((left, right) => right - left);
    const agreed = claims[quorum - 1];
    return agreed === undefined ? undefined : Math.min(agreed, epoch + maxLeap);
  }
}
