// The steps that every lease takes, whoever decides them: it begins to count, changes its phase, and ends, which frees
// its slots and settles its pair. All books about a lease (table, limits, pair, node) are kept here and nowhere else.

import type { Instant } from '../../shared/clock.ts';
import { refreshAvailability } from './availability.ts';
import type { Lease, LeaseResult } from './lease-table.ts';
import type { Pairs } from './pairs.ts';
import { showLease } from './show.ts';
import type { State } from './state.ts';
import type { LeasePhase } from './views.ts';

export class LeaseLife {
  readonly #state: State;
  readonly #pairs: Pairs;

  constructor(state: State, pairs: Pairs) {
    this.#state = state;
    this.#pairs = pairs;
  }

  /** Counts the lease from now on. */
  begin(lease: Lease, phase: LeasePhase, now: Instant): void {
    lease.phase = phase;
    this.#state.leases.add(lease);
    this.#state.use.add(lease);
    this.#pairs.link(lease);
    this.#occupy(lease, 1, now);
    this.changed(lease);
  }

  /** From one live phase to another. */
  move(lease: Lease, phase: LeasePhase): void {
    lease.phase = phase;
    if (phase === 'Suspect') this.#state.areSuspectsToCount = true;
    this.#pairs.refresh(lease);
    this.changed(lease);
  }

  end(lease: Lease, phase: LeasePhase, result: LeaseResult, now: Instant): void {
    lease.phase = phase;
    lease.result = result;
    lease.endedAtMs = now.wallMs;
    this.#state.leases.end(lease);
    this.#state.use.remove(lease, now.monotonicMs, phase === 'Lapsed');
    this.#tellBreakers(lease, result, now);
    this.#pairs.settle(lease, result, now);
    this.#occupy(lease, -1, now);
    this.changed(lease);
  }

  changed(lease: Lease): void {
    this.#state.emit({ kind: 'leaseChanged', lease: showLease(lease, this.#state.demand) });
  }

  #tellBreakers(lease: Lease, result: LeaseResult, now: Instant): void {
    const { demand, breakers } = this.#state;
    const image = demand.findImage(lease);
    if (image === undefined) return;
    const { registry, targets } = image;
    const about = {
      imagesOfRegistry: demand.countImagesOf(registry),
      targets: targets.size,
      underWay: image.countLeases(lease),
      backoff: image.failureBackoff,
    };
    breakers.ended(lease, result, about, now);
    image.rest = breakers.imageRest(image.key);
  }

  #occupy({ nodeUid }: Lease, by: 1 | -1, now: Instant): void {
    const node = this.#state.demand.nodes.get(nodeUid);
    if (node === undefined) return;
    node.liveLeases += by;
    refreshAvailability(this.#state, node, now);
  }
}
