// Every state of one pod, in order, from a watch that began before the pod existed. Cases ask what was, or wait for
// what will be; nothing is lost between two questions.

import type { KubeClient } from '../../shared/kube-client.ts';
import type { ContainerStatus, Pod } from '../../shared/kube-types.ts';

export interface PodObserverOptions {
  readonly client: KubeClient;
  readonly path: string;
  readonly name: string;
  /** Real milliseconds for a wait in the cluster's time. */
  readonly deadlineMs: (clusterMs: number) => number;
}

// Longer than kubelets take for anything but a slow pull: image lists come each 30 s, retries after 10-15 s.
const defaultDeadlineMs = 90_000;

export class PodObserver {
  readonly name: string;
  readonly #options: PodObserverOptions;
  readonly #ending = new AbortController();
  readonly #states: Pod[] = [];
  #gone = false;
  #failure: unknown;
  readonly #wakers = new Set<() => void>();

  constructor(options: PodObserverOptions) {
    this.#options = options;
    this.name = options.name;
    void this.#follow();
  }

  /** All states so far, the one of its deletion included. */
  get states(): readonly Pod[] {
    return this.#states;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** The newest state. */
  get pod(): Pod {
    const pod = this.#states.at(-1);
    if (pod === undefined) throw new Error(`cannot look at ${this.name}: it was never seen`);
    return pod;
  }

  /** Status of its first container, in the newest state that has one. */
  get container(): ContainerStatus | undefined {
    return this.pod.status?.containerStatuses?.[0];
  }

  /** The first state, past or to come, for which the predicate holds. */
  async until(what: string, predicate: (pod: Pod) => boolean): Promise<Pod> {
    let found: Pod | undefined;
    await this.#waitFor(what, () => {
      found ??= this.#states.find(predicate);
      return found !== undefined;
    });
    return found ?? this.pod;
  }

  untilPhase(phase: string): Promise<Pod> {
    return this.until(`phase ${phase}`, (pod) => pod.status?.phase === phase);
  }

  untilWaiting(reason: string): Promise<Pod> {
    return this.until(
      `waiting for ${reason}`,
      (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === reason,
    );
  }

  /** The pod's last state, once the object is gone. */
  async untilGone(): Promise<Pod | undefined> {
    await this.#waitFor('the end of the object', () => this.#gone);
    return this.#states.at(-1);
  }

  close(): void {
    this.#ending.abort();
  }

  async #follow(): Promise<void> {
    const { client, path, name } = this.#options;
    const { signal } = this.#ending;
    // A watch without a version begins with what is there.
    const query = { fieldSelector: `metadata.name=${name}` };
    try {
      for await (const event of client.watch<Pod>(path, query, signal)) {
        if (event.type === 'BOOKMARK' || event.type === 'ERROR') continue;
        this.#states.push(event.object);
        this.#gone = event.type === 'DELETED';
        for (const wake of this.#wakers) wake();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#failure = error;
      for (const wake of this.#wakers) wake();
    }
  }

  async #waitFor(what: string, condition: () => boolean): Promise<void> {
    const deadlineMs = this.#options.deadlineMs(defaultDeadlineMs);
    const timeout = AbortSignal.timeout(deadlineMs);
    while (!condition()) {
      if (this.#failure !== undefined) throw this.#failure;
      if (timeout.aborted) {
        const status = JSON.stringify(this.#states.at(-1)?.status ?? null);
        throw new Error(`waited ${deadlineMs} ms for ${what} of ${this.name}: it is ${status}`);
      }
      await this.#nextEvent(timeout);
    }
  }

  #nextEvent(timeout: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wakers.delete(wake);
        timeout.removeEventListener('abort', wake);
        resolve();
      };
      this.#wakers.add(wake);
      timeout.addEventListener('abort', wake, { once: true });
    });
  }
}
