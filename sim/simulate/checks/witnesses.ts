// Who is bound to know of a pull whose pod was removed in the middle of it: the coordinator that reigned then, and the
// node's agent if it saw the pod and has not restarted since. When neither is left, nothing in the cluster tells of the
// pull any more, and whoever pulls again is not to blame.

import type { Pod } from '../../../shared/kube-types.ts';
import { hasEnded } from '../../pod-phase.ts';
import type { StoreEvent } from '../../store/collection.ts';
import { isSaidToFail } from './pull-pods.ts';

/** What is asked of the world. */
export interface Watchers {
  /** The life of the node's agent, known by its identity; undefined while there is none or it learns nothing. */
  seeingAgent(node: string): object | undefined;
  /** The same, whether it learns something or not. */
  runningAgent(node: string): object | undefined;
}

interface PodChange extends Pick<StoreEvent<Pod>, 'type'> {
  readonly object: Pod;
}

interface Sighting {
  readonly node: string;
  /** For how long each life of the agent could have looked. */
  readonly seenMs: Map<object, number>;
  /** Undefined while the pod is there. */
  vanishedInEpoch: number | undefined;
  /** The kubelet's last word was that the pull had failed. */
  isSaidToFail: boolean;
}

// A watch that was broken goes on within its backoff of 30 s, and a list takes its time.
const certainMs = 45_000;

export class Witnesses {
  readonly #watchers: Watchers;
  /** The newest pod of each name that has not ended. */
  readonly #sightings = new Map<string, Sighting>();
  #epoch = 0;

  constructor(watchers: Watchers) {
    this.#watchers = watchers;
  }

  epochWritten(epoch: number): void {
    this.#epoch = epoch;
  }

  podEvent({ type, object }: PodChange): void {
    const { name } = object.metadata;
    const sighting = this.#sightings.get(name);
    if (type === 'ADDED') this.#begin(name, object.spec.nodeName ?? '');
    else if (hasEnded(object)) this.#sightings.delete(name);
    else if (type === 'DELETED' && sighting !== undefined) {
      sighting.vanishedInEpoch = this.#epoch;
      sighting.isSaidToFail = isSaidToFail(object);
    }
  }

  /** Call as often as this many milliseconds say. */
  sample(everyMs: number): void {
    for (const { node, seenMs, vanishedInEpoch } of this.#sightings.values()) {
      const agent = this.#watchers.seeingAgent(node);
      if (agent === undefined || vanishedInEpoch !== undefined) continue;
      seenMs.set(agent, (seenMs.get(agent) ?? 0) + everyMs);
    }
  }

  /** A pod of this name vanished in mid-pull and nobody is bound to know. */
  isForgotten(name: string): boolean {
    const sighting = this.#sightings.get(name);
    if (sighting?.vanishedInEpoch === undefined) return false;
    const { node, seenMs, vanishedInEpoch } = sighting;
    if (sighting.isSaidToFail) return true;
    if (vanishedInEpoch === this.#epoch) return false;
    const agent = this.#watchers.runningAgent(node);
    return agent === undefined || (seenMs.get(agent) ?? 0) < certainMs;
  }

  #begin(name: string, node: string): void {
    const creator = this.#watchers.seeingAgent(node);
    const seenMs = new Map(creator === undefined ? [] : [[creator, certainMs]]);
    this.#sightings.set(name, { node, seenMs, vanishedInEpoch: undefined, isSaidToFail: false });
  }
}
