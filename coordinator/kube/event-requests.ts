// Reads the events about a pull pod, for the words that nothing else has. One list a failed pull, never repeated: nobody
// waits for it, and without it the reason is merely less exact. The API server goes through all events of the namespace
// for each, so only a few are under way at a time.

import type { KubeClient } from '../../shared/kube-client.ts';
import type { KubeEvent, List } from '../../shared/kube-types.ts';
import type { Log } from '../../shared/log.ts';
import type { Event } from '../core/events.ts';
import { eventsPath } from './paths.ts';
import { trimEvent } from './trim.ts';

export interface EventRequestsOptions {
  readonly kube: KubeClient;
  readonly pullNamespace: string;
  readonly log: Log;
  readonly onEvent: (event: Event) => void;
  readonly signal: AbortSignal;
}

const maxConcurrent = 2;
// A network plugin fails on many nodes at once; what all of them say is known from the first ones.
const maxWaiting = 100;
// The pod is gone soon after, and its lease with it.
const timeoutMs = 5_000;
// Kubelets hold themselves to 25 events about an object, and to one more in five minutes (client-go's spam filter).
const maxEvents = 50;

interface Question {
  readonly leaseId: string;
  readonly podUid: string;
}

export class EventRequests {
  readonly #options: EventRequestsOptions;
  readonly #waiting: Question[] = [];
  #running = 0;

  constructor(options: EventRequestsOptions) {
    this.#options = options;
  }

  /** Tells the core what the events say; nothing when they cannot be had, or too many others wait. */
  read(leaseId: string, podUid: string): void {
    if (this.#waiting.length >= maxWaiting) return;
    this.#waiting.push({ leaseId, podUid });
    this.#startNext();
  }

  #startNext(): void {
    if (this.#running >= maxConcurrent || this.#options.signal.aborted) return;
    const question = this.#waiting.shift();
    if (question === undefined) return;
    this.#running += 1;
    void this.#ask(question);
  }

  /** Never rejects. */
  async #ask({ leaseId, podUid }: Question): Promise<void> {
    const { kube, pullNamespace, log, signal, onEvent } = this.#options;
    try {
      const { items } = await kube.request<List<KubeEvent>>({
        method: 'GET',
        path: eventsPath(pullNamespace),
        query: { fieldSelector: `involvedObject.uid=${podUid}`, limit: String(maxEvents) },
        timeoutMs,
        signal,
      });
      onEvent({ kind: 'podEventsRead', leaseId, events: items.map(trimEvent) });
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error, leaseId }, 'pod events not read');
    }
    this.#running -= 1;
    this.#startNext();
  }
}
