// The controllers of a real cluster that remove pods without being asked: pods of a node that is gone (PodGC, after a
// quarantine, because a node may come back under its name), and the oldest finished pods above a threshold.

import { type Clock, waitFor } from '../../shared/clock.ts';
import type { Pod } from '../../shared/kube-types.ts';
import { formatTimestampSeconds, parseTimestamp } from '../../shared/timestamp.ts';
import { nodeNameOf, type Stored } from '../store/resources.ts';
import type { Store } from '../store.ts';

export interface PodGcOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Finished pods that may stay, in the whole cluster; 12,500 unless given, hardened clusters use 10. */
  readonly terminatedPodThreshold?: number;
}

// Both as in kube-controller-manager.
const checkIntervalMs = 20_000;
const quarantineMs = 40_000;
const defaultTerminatedPodThreshold = 12_500;

export class PodGc {
  readonly #options: PodGcOptions;
  /** Nodes that pods name and that do not exist, with the monotonic time when that was first seen. */
  readonly #missingSinceMs = new Map<string, number>();

  constructor(options: PodGcOptions) {
    this.#options = options;
  }

  /** Checks every 20 s until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.check();
      await waitFor(this.#options.clock, checkIntervalMs, signal).catch(() => undefined);
    }
  }

  /** One round. */
  check(): void {
    const pods = this.#options.store.list('pods');
    this.#removeOrphans(pods);
    this.#removeTerminated(pods);
  }

  #removeOrphans(pods: readonly Stored<'pods'>[]): void {
    const { store, clock } = this.#options;
    const nowMs = clock.now().monotonicMs;
    const missing = new Set<string>();
    for (const pod of pods) {
      const nodeName = nodeNameOf(pod);
      if (nodeName === undefined || store.find('nodes', { name: nodeName }) !== undefined) continue;
      missing.add(nodeName);
      const sinceMs = this.#missingSinceMs.get(nodeName) ?? nowMs;
      this.#missingSinceMs.set(nodeName, sinceMs);
      if (nowMs - sinceMs >= quarantineMs) this.#removeOrphan(pod);
    }
    for (const nodeName of this.#missingSinceMs.keys()) {
      if (!missing.has(nodeName)) this.#missingSinceMs.delete(nodeName);
    }
  }

  /** A pod that has not ended is marked as failed first, so that watchers learn why it goes. */
  #removeOrphan(pod: Stored<'pods'>): void {
    const { store, clock } = this.#options;
    if (!isTerminal(pod)) {
      const status = disrupted(pod, formatTimestampSeconds(clock.now().wallMs));
      store.modify('pods', pod.metadata, (now) => ({ ...now, status }), { subresource: 'status' });
    }
    store.remove('pods', pod.metadata, { graceSeconds: 0 });
  }

  #removeTerminated(pods: readonly Stored<'pods'>[]): void {
    const { store, terminatedPodThreshold = defaultTerminatedPodThreshold } = this.#options;
    const terminated = pods
      .filter((pod) => isTerminal(pod) && store.find('pods', pod.metadata) !== undefined)
      .sort((a, b) => createdAtMs(a) - createdAtMs(b));
    for (const pod of terminated.slice(
      0,
      Math.max(0, terminated.length - terminatedPodThreshold),
    )) {
      store.remove('pods', pod.metadata, { graceSeconds: 0 });
    }
  }
}

function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

function createdAtMs(pod: Stored<'pods'>): number {
  return parseTimestamp(pod.metadata.creationTimestamp) ?? 0;
}

function disrupted(pod: Pod, time: string): NonNullable<Pod['status']> {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
    lastTransitionTime: time,
  };
  const others = pod.status?.conditions?.filter(({ type }) => type !== condition.type) ?? [];
  return { ...pod.status, phase: 'Failed', conditions: [...others, condition] };
}
