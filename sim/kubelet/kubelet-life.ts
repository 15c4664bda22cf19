// One life of a kubelet's process, from start to stop or crash: the pods it knows, the pulls it has under way. A
// restarted kubelet is a new life over the same images, with everything else forgotten.

import type { Clock } from '../../shared/clock.ts';
import type { Pod } from '../../shared/kube-types.ts';
import type { Store } from '../store.ts';
import { decideAdmission } from './admission.ts';
import type { PodNews } from './event-book.ts';
import type { ImageStore } from './image-store.ts';
import type { NodeIdentity } from './node-object.ts';
import type { PodOutbox } from './pod-outbox.ts';
import type { Rejection } from './pod-status.ts';
import { PodWorker, type WorkerHost } from './pod-worker.ts';
import type { PullQueue } from './pull-queue.ts';

export interface KubeletLifeOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly store: Store;
  readonly identity: NodeIdentity;
  readonly images: ImageStore;
  readonly outbox: PodOutbox;
  readonly pulls: PullQueue;
  /** Resolves as soon as the kubelet is not frozen. */
  readonly awake: () => Promise<void>;
  readonly sandboxTrouble: () => string | undefined;
  readonly tell: (pod: Pod, news: PodNews) => void;
}

export class KubeletLife {
  readonly pulls: PullQueue;
  readonly #options: KubeletLifeOptions;
  readonly #ending = new AbortController();
  readonly #host: WorkerHost;
  /** By pod uid, as the one below: bounded by the pods of a node. */
  readonly #workers = new Map<string, PodWorker>();
  /** Digests that each pod's containers were created from. */
  readonly #usedImages = new Map<string, Set<string>>();
  #unsubscribe: () => void = () => {};

  constructor(options: KubeletLifeOptions) {
    this.#options = options;
    this.pulls = options.pulls;
    const { clock, seed, identity, images, outbox, pulls } = options;
    this.#host = {
      clock,
      seed,
      hostIp: identity.hostIp,
      images,
      pulls,
      signal: this.#ending.signal,
      awake: options.awake,
      admit: (pod) => this.#admit(pod),
      sandboxTrouble: options.sandboxTrouble,
      tell: options.tell,
      writeStatus: (pod, status) => outbox.writeStatus(pod, status),
      removePod: (pod) => outbox.remove(pod),
      imageUsed: (podUid, digest) => this.#noteUse(podUid, digest),
    };
  }

  /** Lists the pods of the node and goes on from there, as after any gap. */
  follow(): void {
    const { store, identity } = this.#options;
    const filter = { nodeName: identity.name };
    this.unfollow();
    this.#unsubscribe = store.subscribe(
      'pods',
      ({ type, object }) => {
        if (type === 'DELETED') this.#podGone(object.metadata.uid);
        else this.#podSeen(object);
      },
      filter,
    );
    const pods = store.list('pods', filter);
    const uids = new Set(pods.map((pod) => pod.metadata.uid));
    for (const uid of [...this.#workers.keys()]) if (!uids.has(uid)) this.#podGone(uid);
    for (const pod of pods) this.#podSeen(pod);
  }

  /** Sees no pod any more, until `follow`. */
  unfollow(): void {
    this.#unsubscribe();
    this.#unsubscribe = () => {};
  }

  end(): void {
    this.unfollow();
    this.#ending.abort();
    this.pulls.abort();
  }

  /** Digests that some container, finished ones too, was created from. */
  imagesInUse(): ReadonlySet<string> {
    return new Set([...this.#usedImages.values()].flatMap((digests) => [...digests]));
  }

  #podSeen(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#workers.get(uid);
    known?.podChanged(pod);
    // A pod that ended before this kubelet's time needs nothing any more.
    const phase = pod.status?.phase;
    if (known !== undefined || phase === 'Succeeded' || phase === 'Failed') return;
    const worker = new PodWorker(pod, this.#host);
    this.#workers.set(uid, worker);
    void worker.run();
  }

  #podGone(uid: string): void {
    this.#workers.get(uid)?.podGone();
    this.#workers.delete(uid);
    this.#usedImages.delete(uid);
  }

  #admit(pod: Pod): Rejection | undefined {
    const { store, identity } = this.#options;
    const node = store.find('nodes', { name: identity.name });
    if (node === undefined) return undefined;
    let livePods = 0;
    for (const [uid, worker] of this.#workers) {
      if (uid !== pod.metadata.uid && worker.isLive) livePods += 1;
    }
    return decideAdmission(pod, node, { livePods, maxPods: identity.maxPods });
  }

  #noteUse(podUid: string, digest: string): void {
    // Only of pods whose object still is: nobody else removes the entry.
    if (!this.#workers.has(podUid)) return;
    const digests = this.#usedImages.get(podUid) ?? new Set();
    this.#usedImages.set(podUid, digests.add(digest));
    this.#options.images.markUsed(digest, this.#options.clock.now().monotonicMs);
  }
}
