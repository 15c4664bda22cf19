// Every pod that was ever in the pull namespace while this watched, and how many pulled at once. The cluster's own
// record, beside which the coordinator's claims are held.

import type { KubeClient } from '../../../shared/kube-client.ts';
import type { List, Pod } from '../../../shared/kube-types.ts';

/** One pod, from its first sight to its last. */
export interface PodRecord {
  readonly name: string;
  readonly uid: string;
  readonly nodeName: string;
  readonly image: string;
  /** The object as it was seen last. */
  readonly last: Pod;
  /** `performance.now()` of each change. */
  readonly seenAtMs: number;
  readonly terminalAtMs: number | undefined;
  readonly deletingAtMs: number | undefined;
  readonly goneAtMs: number | undefined;
}

// Shorter than the API server's own longest watch, so that the end is expected.
const watchSeconds = 240;

export class PodWatch {
  readonly #client: KubeClient;
  readonly #path: string;
  readonly #stop = new AbortController();
  readonly #byUid = new Map<string, PodRecord>();
  #running: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(client: KubeClient, namespace: string) {
    this.#client = client;
    this.#path = `/api/v1/namespaces/${namespace}/pods`;
  }

  /** Resolves once the pods that are there are recorded. */
  async start(): Promise<void> {
    const list = await this.#client.request<List<Pod>>({ method: 'GET', path: this.#path });
    for (const pod of list.items) this.#see(pod);
    this.#running = this.#follow(list.metadata.resourceVersion).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#failure = error;
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /**
   * Pods of an image as the suite spelt it, in order of creation.
   * @throws the watch's own failure: a record with a gap proves nothing
   */
  of(image: string): readonly PodRecord[] {
    return this.all().filter((pod) => pod.image === image);
  }

  all(): readonly PodRecord[] {
    if (this.#failure !== undefined) throw this.#failure;
    return [...this.#byUid.values()].sort((left, right) => left.seenAtMs - right.seenAtMs);
  }

  async #follow(from: string): Promise<void> {
    let resourceVersion = from;
    while (!this.#stop.signal.aborted) {
      const query = {
        resourceVersion,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(watchSeconds),
      };
      for await (const event of this.#client.watch<Pod>(this.#path, query, this.#stop.signal)) {
        if (event.type === 'ERROR') throw new Error(`pod watch ended: ${event.object.message}`);
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
        if (event.type !== 'BOOKMARK') this.#see(event.object, event.type === 'DELETED');
      }
    }
  }

  #see(pod: Pod, gone = false): void {
    const { uid = '', name, deletionTimestamp } = pod.metadata;
    const nowMs = performance.now();
    const before = this.#byUid.get(uid);
    this.#byUid.set(uid, {
      name,
      uid,
      nodeName: pod.spec.nodeName ?? '',
      image: pod.spec.containers[0]?.image ?? '',
      last: pod,
      seenAtMs: before?.seenAtMs ?? nowMs,
      terminalAtMs: before?.terminalAtMs ?? (isTerminal(pod) ? nowMs : undefined),
      deletingAtMs: before?.deletingAtMs ?? (deletionTimestamp ? nowMs : undefined),
      goneAtMs: gone ? nowMs : before?.goneAtMs,
    });
  }
}

/** Most pods that were unfinished at one time: created, and neither terminal nor gone. */
export function countPeak(pods: readonly PodRecord[]): number {
  const changes = pods.flatMap((pod) => {
    const endMs = Math.min(pod.terminalAtMs ?? Infinity, pod.goneAtMs ?? Infinity);
    return [
      { atMs: pod.seenAtMs, by: 1 },
      { atMs: endMs, by: -1 },
    ];
  });
  // An end and a start in the same moment is no overlap.
  changes.sort((left, right) => left.atMs - right.atMs || left.by - right.by);
  let running = 0;
  let peak = 0;
  for (const change of changes) {
    running += change.by;
    peak = Math.max(peak, running);
  }
  return peak;
}

function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
