// Leases in the log and in the counters: one line when a lease enters a phase, however often the core mentions it.

import type { Log } from '../shared/log.ts';
import type { LeasePhase, LeaseView } from './core/views.ts';
import type { CoordinatorMetrics } from './metrics.ts';

const messages = {
  Offered: 'offer sent',
  Held: 'hold begun',
  Revoking: 'lease revoked',
  Suspect: 'lease suspected',
  Ended: 'lease ended',
  Lapsed: 'offer lapsed',
  Lost: 'lease lost',
} as const satisfies Record<LeasePhase, string>;

export class LeaseJournal {
  readonly #log: Log;
  readonly #metrics: Pick<CoordinatorMetrics, 'offers' | 'pulls'>;
  /** Of live leases, so bounded by slots and pull pods. */
  readonly #phases = new Map<string, LeasePhase>();

  constructor(log: Log, metrics: Pick<CoordinatorMetrics, 'offers' | 'pulls'>) {
    this.#log = log;
    this.#metrics = metrics;
  }

  note(lease: LeaseView): void {
    const { id, phase } = lease;
    if (this.#phases.get(id) === phase) return;
    if (phase === 'Ended' || phase === 'Lapsed' || phase === 'Lost') this.#phases.delete(id);
    else this.#phases.set(id, phase);
    this.#count(lease);
    this.#log[levelOf(lease)](describe(lease), messages[phase]);
  }

  #count({ phase, outcome = 'Unknown', reason }: LeaseView): void {
    if (phase === 'Offered') this.#metrics.offers.inc();
    if (phase === 'Ended' || phase === 'Lost')
      this.#metrics.pulls.inc({ outcome, reason: reason === '' ? 'None' : reason });
  }
}

function levelOf({ phase, outcome }: LeaseView): 'info' | 'warn' {
  const isBad = outcome === 'Failed' || phase === 'Suspect' || phase === 'Lost';
  return isBad ? 'warn' : 'info';
}

function describe(lease: LeaseView): Readonly<Record<string, unknown>> {
  const { id, nodeName, image, podName, outcome, reason, message } = lease;
  const { offeredAtMs, heldAtMs, endedAtMs } = lease;
  return {
    leaseId: id,
    node: nodeName,
    image,
    pod: podName,
    outcome,
    reason: reason || undefined,
    message: message || undefined,
    // Both are said once, at the end.
    offeredMs: spanMs(endedAtMs && offeredAtMs, heldAtMs ?? endedAtMs),
    heldMs: spanMs(heldAtMs, endedAtMs),
  };
}

function spanMs(fromMs: number | undefined, toMs: number | undefined): number | undefined {
  return fromMs === undefined || toMs === undefined ? undefined : Math.round(toMs - fromMs);
}
