// What a kubelet wants the API server to know of its pods: the newest status of each, and which ones it has let go.
// While the kubelet cannot reach the API server this waits here; the objects may be gone by the time it can.

import type { Pod } from '../../shared/kube-types.ts';
import { ApiError } from '../store/api-error.ts';
import type { Store } from '../store.ts';
import type { PodStatus } from './pod-status.ts';

interface Entry {
  readonly pod: Pod;
  readonly status: PodStatus | undefined;
  readonly remove: boolean;
}

export class PodOutbox {
  readonly #store: Store;
  /** By pod uid; one per pod of the node at most. */
  readonly #entries = new Map<string, Entry>();
  #connected = true;

  constructor(store: Store) {
    this.#store = store;
  }

  disconnect(): void {
    this.#connected = false;
  }

  connect(): void {
    this.#connected = true;
    for (const [uid, entry] of [...this.#entries]) this.#send(uid, entry);
  }

  /** What waits here is forgotten, as when the kubelet's process ends. */
  clear(): void {
    this.#entries.clear();
  }

  writeStatus(pod: Pod, status: PodStatus): void {
    this.#put(pod, { status });
  }

  /** Ends the pod's graceful deletion. */
  remove(pod: Pod): void {
    this.#put(pod, { remove: true });
  }

  #put(pod: Pod, change: Partial<Entry>): void {
    const uid = pod.metadata.uid ?? '';
    const entry = { status: undefined, remove: false, ...this.#entries.get(uid), pod, ...change };
    this.#entries.set(uid, entry);
    if (this.#connected) this.#send(uid, entry);
  }

  #send(uid: string, { pod, status, remove }: Entry): void {
    this.#entries.delete(uid);
    const { name, namespace } = pod.metadata;
    const at = namespace === undefined ? { name } : { namespace, name };
    // Another pod may have this name by now.
    if (this.#store.find('pods', at)?.metadata.uid !== uid) return;
    try {
      if (status !== undefined) {
        this.#store.modify('pods', at, (stored) => ({ ...stored, status }), {
          subresource: 'status',
        });
      }
      if (remove) this.#store.remove('pods', at, { uid, graceSeconds: 0 });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}
