// What really happened, written down by the embedded kubelets: every pull pod from its creation to its end, and every
// pull from its first byte to its last, which may be later. Budgets and roll-out times are judged by this record and
// never by what the coordinator believes. Times are wall time of the cluster's clock.

import type { Clock } from '../../shared/clock.ts';
import { ImageReferenceError, normaliseImageReference } from '../../shared/image-ref.ts';
import type { Pod } from '../../shared/kube-types.ts';
import type { Store } from '../store.ts';
import { LiveCount, type Peaks } from './live-count.ts';

/** One pull pod. */
export interface PullPodEntry {
  readonly node: string;
  /** Empty when no such node existed as the pod was created. */
  readonly nodeUid: string;
  /** Normalised; as written in the pod when it is no reference. */
  readonly image: string;
  readonly pullSecrets: readonly string[];
  readonly podName: string;
  readonly podUid: string;
  readonly podCreatedAtMs: number;
  /** The pod turned Succeeded or Failed, or was gone before; undefined while it lives. */
  readonly terminalAtMs: number | undefined;
  /** How it ended; `Gone` when the object vanished first. */
  readonly outcome: 'Succeeded' | 'Failed' | 'Gone' | undefined;
}

/** One pull: the time that the kubelet spent in PullImage, without queueing before it. */
export interface PullEntry {
  readonly node: string;
  readonly nodeUid: string;
  /** Normalised. */
  readonly image: string;
  readonly podUid: string;
  readonly startedAtMs: number;
  /** Undefined while bytes flow. */
  readonly endedAtMs: number | undefined;
  /** `aborted`: the kubelet itself went away. */
  readonly outcome: 'succeeded' | 'failed' | 'aborted' | undefined;
  /** Begun while the same node was pulling the same image, or had it already. */
  readonly duplicate: boolean;
}

export interface PullBegin {
  readonly node: string;
  readonly nodeUid: string;
  readonly image: string;
  readonly podUid: string;
  /** The node has what would be pulled. */
  readonly present: boolean;
}

/** Ends the entry that it was given for. */
export type EndPull = (outcome: 'succeeded' | 'failed' | 'aborted') => void;

export class PullRecord {
  readonly #clock: Clock;
  readonly #namespace: string;
  /** One per pull pod and one per pull of the whole run. */
  readonly #pods = new Map<string, PullPodEntry>();
  readonly #pulls: PullEntry[] = [];
  readonly #livePods = new LiveCount();
  readonly #livePulls = new LiveCount();

  /** @param namespace of pull pods; pods elsewhere are not recorded */
  constructor(clock: Clock, namespace: string) {
    this.#clock = clock;
    this.#namespace = namespace;
  }

  /** Follows the pods of the store from now on; returns the end of it. */
  follow(store: Store): () => void {
    return store.subscribe(
      'pods',
      ({ type, object }) => {
        if (type === 'DELETED') this.#endPod(object.metadata.uid, 'Gone');
        else this.#seePod(object, store);
      },
      { namespace: this.#namespace },
    );
  }

  /** In order of creation. */
  pods(): readonly PullPodEntry[] {
    return [...this.#pods.values()];
  }

  /** In order of beginning. */
  pulls(): readonly PullEntry[] {
    return this.#pulls;
  }

  duplicatePulls(): number {
    return this.#pulls.filter((pull) => pull.duplicate).length;
  }

  failedPulls(): number {
    return this.#pulls.filter((pull) => pull.outcome === 'failed').length;
  }

  /** Most pull pods at once that were created and neither terminal nor gone: what limits count. */
  peakConcurrentPulls(): Peaks {
    return this.#livePods.peaks();
  }

  /** Most pulls at once whose bytes flowed, those of vanished pods included. */
  peakConcurrentTransfers(): Peaks {
    return this.#livePulls.peaks();
  }

  /** Pull pods that live now. */
  livePods(): number {
    return this.#livePods.count;
  }

  beginPull(begin: PullBegin): EndPull {
    const { present, ...pull } = begin;
    const duplicate = present || this.#livePulls.isLive(begin.node, begin.image);
    const index = this.#pulls.push({
      ...pull,
      startedAtMs: this.#clock.now().wallMs,
      endedAtMs: undefined,
      outcome: undefined,
      duplicate,
    });
    this.#livePulls.add(begin.node, begin.image);
    return (outcome) => {
      const entry = this.#pulls[index - 1];
      if (entry === undefined || entry.outcome !== undefined) return;
      this.#pulls[index - 1] = { ...entry, endedAtMs: this.#clock.now().wallMs, outcome };
      this.#livePulls.remove(begin.node, begin.image);
    };
  }

  #seePod(pod: Pod, store: Store): void {
    const { uid } = pod.metadata;
    const { nodeName } = pod.spec;
    if (uid === undefined || nodeName === undefined) return;
    if (!this.#pods.has(uid)) this.#startPod(uid, nodeName, { pod, store });
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') this.#endPod(uid, phase);
  }

  #startPod(podUid: string, node: string, at: { readonly pod: Pod; readonly store: Store }): void {
    const { pod, store } = at;
    const image = normaliseOrKeep(pod.spec.containers[0]?.image ?? '');
    this.#livePods.add(node, image);
    this.#pods.set(podUid, {
      node,
      nodeUid: store.find('nodes', { name: node })?.metadata.uid ?? '',
      image,
      pullSecrets: (pod.spec.imagePullSecrets ?? []).map((secret) => secret.name).sort(),
      podName: pod.metadata.name,
      podUid,
      podCreatedAtMs: this.#clock.now().wallMs,
      terminalAtMs: undefined,
      outcome: undefined,
    });
  }

  #endPod(uid: string, outcome: 'Succeeded' | 'Failed' | 'Gone'): void {
    const entry = this.#pods.get(uid);
    if (entry === undefined || entry.outcome !== undefined) return;
    this.#pods.set(uid, { ...entry, terminalAtMs: this.#clock.now().wallMs, outcome });
    this.#livePods.remove(entry.node, entry.image);
  }
}

function normaliseOrKeep(image: string): string {
  try {
    return normaliseImageReference(image);
  } catch (error) {
    if (error instanceof ImageReferenceError) return image;
    throw error;
  }
}
