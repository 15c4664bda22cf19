// The two things that the coordinator asks about single pull pods: is it there, and away with it. Both are repeated until
// the API server answers, because the core waits for the answer; a few at a time, because a burst of them must
// not crowd out the watches.

import { type Backoff, decideBackoffMs } from '../../shared/backoff.ts';
import { type Clock, waitFor } from '../../shared/clock.ts';
import { type KubeClient, KubeError, type KubeRequest } from '../../shared/kube-client.ts';
import type { Pod } from '../../shared/kube-types.ts';
import type { Log } from '../../shared/log.ts';
import { buildDeletion } from '../../shared/pull-pod.ts';
import type { Event } from '../core/events.ts';
import { podsPath } from './paths.ts';
import { trimPod } from './trim.ts';

export interface PodRequestsOptions {
  readonly kube: KubeClient;
  readonly pullNamespace: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onEvent: (event: Event) => void;
  readonly signal: AbortSignal;
}

const backoff: Backoff = { initialMs: 500, factor: 2, maxMs: 30_000, jitterRatio: 0.5 };
const maxConcurrent = 16;

/** Requests by key: one per lease or pod at a time, so their number is bounded by that of pull pods and leases. */
export class PodRequests {
  readonly #options: PodRequestsOptions;
  readonly #waiting = new Map<string, () => Promise<void>>();
  readonly #running = new Set<string>();

  constructor(options: PodRequestsOptions) {
    this.#options = options;
  }

  /** GETs the pod and tells the core what was found. */
  lookUp(leaseId: string, podName: string): void {
    this.#enqueue(`lookUp ${leaseId}`, async () => {
      const answer = await this.#ask<Pod>({ method: 'GET', path: this.#path(podName) }, [404]);
      const pod = answer === undefined ? undefined : trimPod(answer);
      this.#options.onEvent({ kind: 'podLookedUp', leaseId, pod });
    });
  }

  delete(podName: string, podUid: string): void {
    this.#enqueue(`delete ${podUid}`, async () => {
      const body = buildDeletion(podUid);
      await this.#ask({ method: 'DELETE', path: this.#path(podName), body }, [404, 409]);
    });
  }

  #path(podName: string): string {
    return `${podsPath(this.#options.pullNamespace)}/${podName}`;
  }

  #enqueue(key: string, run: () => Promise<void>): void {
    if (this.#waiting.has(key) || this.#running.has(key)) return;
    this.#waiting.set(key, run);
    this.#startNext();
  }

  #startNext(): void {
    for (const [key, run] of this.#waiting) {
      if (this.#running.size >= maxConcurrent) return;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#run(key, run);
    }
  }

  /** Never rejects. */
  async #run(key: string, run: () => Promise<void>): Promise<void> {
    const { log, signal } = this.#options;
    try {
      await run();
    } catch (error) {
      if (!signal.aborted) log.error({ err: error, key }, 'pod request given up');
    }
    this.#running.delete(key);
    if (!signal.aborted) this.#startNext();
  }

  /** Undefined when the answer was one of the `accepted` refusals. */
  async #ask<T>(request: KubeRequest, accepted: readonly number[]): Promise<T | undefined> {
    const { kube, clock, random, log, signal } = this.#options;
    for (let failures = 1; ; failures += 1) {
      try {
        return await kube.request<T>({ ...request, signal });
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        if (accepted.includes(error.status)) return undefined;
        const delayMs = decideBackoffMs(backoff, failures, random());
        log.warn({ err: error, delayMs }, 'pod request failed');
        await waitFor(clock, delayMs, signal);
      }
    }
  }
}
