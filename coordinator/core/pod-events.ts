// Failures that only the events of the pull pod explain: it never got a sandbox, or so it may be. They are asked while the
// pod is still going, so that the lease ends with the better reason everywhere; an answer that comes later still reaches
// the pair and whoever looks at the lease, but what was counted and logged stays. Without the right nothing is asked.

import { hadSandbox, type PodEvent, readSandboxFailure } from '../../shared/sandbox-failure.ts';
import type { LeaseLife } from './lease-life.ts';
import type { Lease, LeaseResult } from './lease-table.ts';
import type { Pairs } from './pairs.ts';
import type { State } from './state.ts';

export class PodEvents {
  readonly #state: State;
  readonly #life: LeaseLife;
  readonly #pairs: Pairs;

  constructor(state: State, life: LeaseLife, pairs: Pairs) {
    this.#state = state;
    this.#life = life;
    this.#pairs = pairs;
  }

  /** What the lease is to end with: `said`, or what the events have made of it; asks them, once a lease. */
  refine(lease: Lease, said: LeaseResult): LeaseResult {
    if (!isUnclear(said)) return said;
    if (lease.refined !== undefined) return lease.refined;
    const { pod } = lease;
    if (this.#state.settings.readsEvents !== true || pod === undefined || lease.areEventsAsked)
      return said;
    lease.areEventsAsked = true;
    this.#state.emit({ kind: 'readPodEvents', leaseId: lease.id, podUid: pod.uid });
    return said;
  }

  read(leaseId: string, events: readonly PodEvent[]): void {
    const lease = this.#state.leases.find(leaseId);
    const said = lease?.result ?? lease?.reported;
    if (lease === undefined || said === undefined || !isUnclear(said)) return;
    // A pull that took too long may have waited for its sandbox at first, as many do.
    if (said.reason === 'PullTimeout' && hadSandbox(events)) return;
    const found = readSandboxFailure(events);
    if (found === undefined) return;
    const refined = { ...said, ...found };
    lease.refined = refined;
    lease.reported = refined;
    if (lease.result === undefined) {
      this.#life.changed(lease);
      return;
    }
    lease.result = refined;
    this.#pairs.refine(lease, said, refined);
  }
}

/** Kubelets before 1.36 do not say whether there is a sandbox, so that its want looks like a slow pull. */
function isUnclear({ outcome, reason }: LeaseResult): boolean {
  return outcome === 'Failed' && (reason === 'SandboxFailed' || reason === 'PullTimeout');
}
