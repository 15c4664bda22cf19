// What the kubelets say of their pods in events: those that Forehold and its tests look at (a pull begins, a pull fails, a
// sandbox cannot be made) and no others. As by client-go's correlator, what is said again only counts up, and from the
// tenth thing about one trouble on one event stands for all; as by the API server, an hour later they are forgotten.

import type { Clock } from '../../shared/clock.ts';
import type { KubeEvent, Pod } from '../../shared/kube-types.ts';
import { formatTimestampSeconds } from '../../shared/timestamp.ts';
import type { Store } from '../store.ts';

export interface PodNews {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

interface Told {
  readonly namespace: string;
  readonly name: string;
  /** Pod and reason: what is said of one trouble. */
  readonly topic: string;
  atMs: number;
}

const maxSimilar = 9;
const lifeMs = 3_600_000;
// A storm of thousands of failing pods leaves no more than this.
const maxEvents = 5_000;

export class EventBook {
  readonly #clock: Clock;
  readonly #store: Store;
  /** By topic and words, the longest unsaid first. */
  readonly #told = new Map<string, Told>();
  /** Different words by topic. */
  readonly #similar = new Map<string, number>();
  #count = 0;

  constructor(clock: Clock, store: Store) {
    this.#clock = clock;
    this.#store = store;
  }

  /** @param host name of the kubelet's node */
  tell(pod: Pod, news: PodNews, host: string): void {
    this.#forget();
    const topic = `${pod.metadata.uid} ${news.reason}`;
    const exact = `${topic} ${news.message}`;
    const isCombined = !this.#told.has(exact) && (this.#similar.get(topic) ?? 0) >= maxSimilar;
    const key = isCombined ? `${topic} (combined)` : exact;
    const message = isCombined ? `(combined from similar events): ${news.message}` : news.message;
    const known = this.#told.get(key);
    if (known === undefined) this.#create(key, topic, { pod, host, news: { ...news, message } });
    else this.#repeat(key, known, message);
  }

  #create(
    key: string,
    topic: string,
    { pod, host, news }: { readonly pod: Pod; readonly host: string; readonly news: PodNews },
  ): void {
    const { wallMs } = this.#clock.now();
    const { name: podName, namespace = '', uid = '' } = pod.metadata;
    this.#count += 1;
    const name = `${podName}.${toNanoseconds(wallMs, this.#count)}`;
    const at = formatTimestampSeconds(wallMs);
    const event: KubeEvent = {
      metadata: { name, namespace },
      involvedObject: { kind: 'Pod', namespace, name: podName, uid },
      ...news,
      count: 1,
      source: { component: 'kubelet', host },
      firstTimestamp: at,
      lastTimestamp: at,
      eventTime: null,
    };
    this.#store.create('events', event);
    this.#told.set(key, { namespace, name, topic, atMs: wallMs });
    this.#similar.set(topic, (this.#similar.get(topic) ?? 0) + 1);
  }

  #repeat(key: string, told: Told, message: string): void {
    const { wallMs } = this.#clock.now();
    told.atMs = wallMs;
    this.#told.delete(key);
    this.#told.set(key, told);
    if (this.#store.find('events', told) === undefined) return;
    this.#store.modify('events', told, (event) => ({
      ...event,
      message,
      count: (event.count ?? 0) + 1,
      lastTimestamp: formatTimestampSeconds(wallMs),
    }));
  }

  #forget(): void {
    const { wallMs } = this.#clock.now();
    for (const [key, told] of this.#told) {
      if (this.#told.size < maxEvents && wallMs - told.atMs < lifeMs) return;
      this.#told.delete(key);
      const left = (this.#similar.get(told.topic) ?? 1) - 1;
      if (left > 0) this.#similar.set(told.topic, left);
      else this.#similar.delete(told.topic);
      if (this.#store.find('events', told) !== undefined) this.#store.remove('events', told);
    }
  }
}

/** Names end in the time of the first telling, so that events about one pod are listed in that order. */
function toNanoseconds(wallMs: number, count: number): string {
  return (BigInt(Math.round(wallMs)) * 1_000_000n + BigInt(count % 1_000_000)).toString(16);
}
