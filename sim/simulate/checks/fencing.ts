// I3: agents act only for the newest epoch, and a coordinator that lost the leadership offers nothing once its successor
// does.

import { timing } from '../../../shared/protocol.ts';
import type { PullPod } from './pull-pods.ts';
import type { Report } from './violation.ts';

export class FencingCheck {
  readonly #report: Report;
  /** When each epoch was written. */
  readonly #writtenAtMs = new Map<number, number>();
  #newestOffered = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  epochWritten(epoch: number, nowMs: number): void {
    if (!this.#writtenAtMs.has(epoch)) this.#writtenAtMs.set(epoch, nowMs);
  }

  /** An offer left a coordinator. */
  offered(epoch: number, by: string): void {
    if (epoch < this.#newestOffered)
      this.#report({
        invariant: 'I3',
        what: `${by} offers in epoch ${epoch} after epoch ${this.#newestOffered} has offered`,
      });
    this.#newestOffered = Math.max(this.#newestOffered, epoch);
  }

  podCreated({ name, node, epoch }: PullPod, nowMs: number): void {
    const fenceMs = timing.offerTtlMs + timing.maxClockSkewMs;
    for (const [newer, writtenAtMs] of this.#writtenAtMs) {
      if (newer <= epoch || nowMs <= writtenAtMs + fenceMs) continue;
      this.#report({
        invariant: 'I3',
        what: `${name} on ${node} is of epoch ${epoch}, ${Math.round(nowMs - writtenAtMs)} ms after epoch ${newer} began`,
      });
      return;
    }
  }
}
