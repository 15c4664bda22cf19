// Counts refusals, and tells the log of each cause and peer once in ten minutes: whoever knocks a thousand times must not
// fill a disk, and whoever runs the cluster must learn of him all the same.

import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { CoordinatorMetrics } from '../metrics.ts';
import { KeptAnswers } from './kept-answers.ts';
import type { Refusal } from './refusal.ts';

export interface RefusalsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<CoordinatorMetrics, 'callsRefused'>;
}

export interface RefusedCall {
  readonly service: 'session' | 'inspector';
  /** Address without port. */
  readonly peer: string;
  /** As the Hello claims; undefined before a Hello. */
  readonly node?: string | undefined;
  readonly method?: string;
}

const quietMs = 600_000;
// Causes times peers; beyond it the oldest may be told again.
const maxRemembered = 1_000;

export class Refusals {
  readonly #options: RefusalsOptions;
  readonly #told: KeptAnswers<true>;

  constructor(options: RefusalsOptions) {
    this.#options = options;
    this.#told = new KeptAnswers(options.clock, maxRemembered);
  }

  note({ reason, why }: Refusal, call: RefusedCall): void {
    const { log, metrics } = this.#options;
    const { service, peer, node, method } = call;
    metrics.callsRefused.inc({ service, reason });
    const key = [service, reason, peer, node ?? ''].join('|');
    if (this.#told.find(key)) return;
    this.#told.keep(key, true, quietMs);
    log.warn({ service, reason, why, peer, node, method, quietMs }, 'call refused');
  }
}
