// What a bench on a real API server counts by: every pull pod from the moment its creation is seen to the moment its end is,
// and every request that our programs make.

import type { Clock } from '../../shared/clock.ts';
import type { KubeClient } from '../../shared/kube-client.ts';
import type { Pod } from '../../shared/kube-types.ts';
import { labels, managedBy } from '../../shared/names.ts';
import { type ReflectorLog, runReflector } from '../../shared/reflector.ts';
import { hasEnded } from '../../sim/pod-phase.ts';
import type { Pull } from './measure.ts';

interface SeenPull extends Pull {
  readonly node: string;
  readonly succeeded: boolean;
}

export class RealRecord {
  readonly requestsAtMs: number[] = [];
  readonly #clock: Clock;
  readonly #pulls = new Map<string, SeenPull>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get pulls(): readonly Pull[] {
    return [...this.#pulls.values()];
  }

  /** Pairs of node and image that a pod has pulled. */
  get warmPairs(): number {
    const warm = [...this.#pulls.values()].filter(({ succeeded }) => succeeded);
    return new Set(warm.map(({ node, image }) => `${node} ${image}`)).size;
  }

  /** Pods beyond the first of a pair. */
  get duplicatePods(): number {
    const pods = [...this.#pulls.values()];
    return pods.length - new Set(pods.map(({ node, image }) => `${node} ${image}`)).size;
  }

  /** The client with its requests counted, watches as one each. */
  counted(client: KubeClient): KubeClient {
    const count = (): void => void this.requestsAtMs.push(this.#clock.now().wallMs);
    return {
      request: (request) => {
        count();
        return client.request(request);
      },
      watch: (path, query, signal) => {
        count();
        return client.watch(path, query, signal);
      },
    };
  }

  /** Resolves when the signal aborts. */
  follow(
    by: { readonly client: KubeClient; readonly path: string; readonly log: ReflectorLog },
    signal: AbortSignal,
  ): Promise<void> {
    return runReflector(
      {
        ...by,
        query: { labelSelector: `${labels.managedBy}=${managedBy}` },
        trim: (pod: Pod) => pod,
        clock: this.#clock,
        random: Math.random,
        onEvent: (event) => {
          if (event.kind === 'listed') for (const pod of event.objects) this.#see(pod);
          else this.#see(event.object);
        },
      },
      signal,
    );
  }

  #see(pod: Pod): void {
    const { metadata, spec, status } = pod;
    const { uid = '' } = metadata;
    const nowMs = this.#clock.now().wallMs;
    const node = spec.nodeName ?? '';
    const known = this.#pulls.get(uid) ?? {
      image: spec.containers[0]?.image ?? '',
      node,
      nodeUid: node,
      podCreatedAtMs: nowMs,
      terminalAtMs: undefined,
      succeeded: false,
    };
    this.#pulls.set(uid, {
      ...known,
      terminalAtMs: known.terminalAtMs ?? (hasEnded(pod) ? nowMs : undefined),
      succeeded: known.succeeded || status?.phase === 'Succeeded',
    });
  }
}
