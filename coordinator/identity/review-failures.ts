// Reviews that nobody answered: a refusal for the caller, and a line for whoever runs the cluster. Five thousand agents that
// come back while the API server is away must not become five thousand lines.

import type { Clock } from '../../shared/clock.ts';
import { KubeError } from '../../shared/kube-client.ts';
import type { Log } from '../../shared/log.ts';
import { type Refusal, refuse } from './refusal.ts';
import { QueueError } from './review-queue.ts';

const quietMs = 10_000;

export class ReviewFailures {
  readonly #clock: Clock;
  readonly #log: Log;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  /** Failures since the last line. */
  #untold = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** What the caller is told; the log says more. */
  describe(error: unknown): Refusal {
    if (error instanceof QueueError) return refuse('TooManyReviews', error.message);
    this.#tell(error);
    return refuse('ReviewUnavailable', 'the API server could not be asked about the caller');
  }

  #tell(error: unknown): void {
    const nowMs = this.#clock.now().monotonicMs;
    this.#untold += 1;
    if (nowMs - this.#toldAtMs < quietMs) return;
    const { status = 0 } = error instanceof KubeError ? error : {};
    this.#log.warn({ err: error, status, failures: this.#untold }, 'review not answered');
    this.#toldAtMs = nowMs;
    this.#untold = 0;
  }
}
