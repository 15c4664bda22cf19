// The pulls that really run now, for the checks: pull pods that have not ended, and pulls whose pod vanished while their
// bytes flowed. Pulls of suspects are apart: the budget has an exception for them (ARCHITECTURE.md, I1).

import type { Node, Pod } from '../../../shared/kube-types.ts';
import { hasEnded } from '../../pod-phase.ts';
import type { StoreEvent } from '../../store/collection.ts';
import { pullTimeoutMs } from '../wishes.ts';
import type { World } from '../world.ts';
import { isSaidToFail, type PullPod, readPullPod } from './pull-pods.ts';

/** A node that is not Ready for longer holds suspects (ARCHITECTURE.md, I1). */
const suspectAfterMs = 300_000;

interface Live extends PullPod {
  readonly createdAtMs: number;
  /** Epoch in force when its pod vanished; undefined while the pod is there. */
  readonly vanishedInEpoch: number | undefined;
}

export class LivePulls {
  readonly #world: World;
  readonly #live = new Map<string, Live>();
  /** Since when a node is not Ready, by uid. */
  readonly #notReadySince = new Map<string, number>();
  /** Pods that were on a suspect node at any time. */
  readonly #suspects = new Set<string>();
  #epoch = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Call with every event of pods, before the checks that use this. */
  podEvent({ type, object }: StoreEvent<Pod>): void {
    const pod = readPullPod(object);
    if (pod === undefined) return;
    const isOver = hasEnded(object) || (type === 'DELETED' && isSaidToFail(object));
    if (isOver) this.#live.delete(pod.uid);
    else if (type === 'DELETED') this.#vanish(pod);
    else {
      const createdAtMs = this.#live.get(pod.uid)?.createdAtMs ?? this.#nowMs();
      this.#live.set(pod.uid, { ...pod, createdAtMs, vanishedInEpoch: undefined });
    }
  }

  nodeEvent({ type, object }: StoreEvent<Node>): void {
    const { uid = '' } = object.metadata;
    const ready = object.status?.conditions?.find((one) => one.type === 'Ready')?.status;
    if (type === 'DELETED' || ready === 'True') this.#notReadySince.delete(uid);
    else if (!this.#notReadySince.has(uid)) this.#notReadySince.set(uid, this.#nowMs());
  }

  epochWritten(epoch: number): void {
    this.#epoch = epoch;
  }

  /**
   * Those that the budget counts now. A pull whose pod vanished is counted as long as somebody is bound to remember
   * it: the coordinator that reigned then, up to the pull's deadline.
   */
  counted(): readonly PullPod[] {
    this.#noteSuspects();
    const running = new Set(
      this.#world.cluster.record
        .pulls()
        .filter(({ endedAtMs }) => endedAtMs === undefined)
        .map(({ podUid }) => podUid),
    );
    const nodeUids = new Set(this.#nodes().map(({ metadata }) => metadata.uid));
    const counted: PullPod[] = [];
    for (const pull of [...this.#live.values()]) {
      const isOver = pull.vanishedInEpoch !== undefined && !running.has(pull.uid);
      if (isOver || !nodeUids.has(pull.nodeUid)) this.#live.delete(pull.uid);
      else if (!this.#suspects.has(pull.uid) && this.#isKnown(pull)) counted.push(pull);
    }
    return counted;
  }

  /** Somebody is bound to know of it: its pod is there, or its coordinator and its deadline are. */
  #isKnown({ vanishedInEpoch, createdAtMs }: Live): boolean {
    if (vanishedInEpoch === undefined) return true;
    return vanishedInEpoch === this.#epoch && this.#nowMs() - createdAtMs < pullTimeoutMs;
  }

  #vanish(pod: PullPod): void {
    const live = this.#live.get(pod.uid);
    if (live !== undefined) this.#live.set(pod.uid, { ...live, vanishedInEpoch: this.#epoch });
  }

  #noteSuspects(): void {
    for (const { uid, nodeUid } of this.#live.values()) {
      const sinceMs = this.#notReadySince.get(nodeUid);
      if (sinceMs !== undefined && this.#nowMs() - sinceMs >= suspectAfterMs)
        this.#suspects.add(uid);
    }
  }

  #nodes(): readonly Node[] {
    return this.#world.cluster.store.list('nodes');
  }

  #nowMs(): number {
    return this.#world.clock.now().monotonicMs;
  }
}
