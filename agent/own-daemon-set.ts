// Which DaemonSet runs this agent. Pull pods name it as an owner (not the controller), because Karpenter and others treat
// a DaemonSet's pods as part of the node. The agent's own pod knows; without an answer pull pods have one owner less.

import { type Backoff, decideBackoffMs } from '../shared/backoff.ts';
import { type Clock, waitFor } from '../shared/clock.ts';
import { type KubeClient, KubeError } from '../shared/kube-client.ts';
import type { Pod } from '../shared/kube-types.ts';
import type { Log } from '../shared/log.ts';
import type { ObjectIdentity } from '../shared/pull-pod.ts';

export interface OwnPodOptions {
  readonly client: KubeClient;
  /** Of the agent's own pod, and of pull pods: owners must be in the same namespace. */
  readonly namespace: string;
  readonly podName: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

const backoff: Backoff = { initialMs: 500, factor: 2, maxMs: 4_000, jitterRatio: 0.5 };
// About five seconds: no agent should stay away from its coordinator for an owner reference.
const maxFailures = 4;
const requestTimeoutMs = 5_000;

/**
 * Undefined when the pod has no such owner, or the API server does not say.
 * @throws the signal's reason when it aborts
 */
export async function findDaemonSet(
  options: OwnPodOptions,
  signal: AbortSignal,
): Promise<ObjectIdentity | undefined> {
  const { client, namespace, podName, clock, random, log } = options;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(podName)}`;
  for (let failures = 1; ; failures += 1) {
    try {
      const request = { method: 'GET', path, signal, timeoutMs: requestTimeoutMs } as const;
      return readDaemonSet(await client.request<Pod>(request));
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      const isFinal = error.status === 403 || error.status === 404;
      if (isFinal || failures >= maxFailures) {
        log.warn({ err: error, pod: podName }, 'own pod not found, pull pods name no DaemonSet');
        return undefined;
      }
      await waitFor(clock, decideBackoffMs(backoff, failures, random()), signal);
    }
  }
}

function readDaemonSet({ metadata }: Pod): ObjectIdentity | undefined {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'DaemonSet');
  return owner === undefined ? undefined : { name: owner.name, uid: owner.uid };
}
