// The agent's side of the API server: two watches (its own node, its own pull pods) and three requests about one pull
// pod at a time. Answers come back as the core's values; only an abort is thrown.

import type { Clock } from '../shared/clock.ts';
import { type KubeClient, requireKubeError } from '../shared/kube-client.ts';
import type { Node, Pod } from '../shared/kube-types.ts';
import type { Log } from '../shared/log.ts';
import { labels, managedBy } from '../shared/names.ts';
import type { Offer } from '../shared/protocol.ts';
import { buildDeletion, buildPullPod, type ObjectIdentity } from '../shared/pull-pod.ts';
import { type ReflectorEvent, runReflector } from '../shared/reflector.ts';
import type { CreateAnswer, DeleteAnswer, LookUpAnswer, OwnNode, OwnPod } from './core/events.ts';
import { findDaemonSet } from './own-daemon-set.ts';
import { trimNode, trimPod } from './trim.ts';

export interface NodeKubeOptions {
  readonly client: KubeClient;
  readonly nodeName: string;
  /** Of pull pods. */
  readonly namespace: string;
  /** Of the agent itself, which knows its DaemonSet; undefined outside a cluster. */
  readonly ownPodName: string | undefined;
  /** Of pull pods. */
  readonly priorityClassName: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

// An answer that takes longer than an offer lives is of no use.
const requestTimeoutMs = 15_000;
// Refused for the moment, or nobody knows: 401 while a token rotates, 408 and 429 by a busy server.
const passingStatuses: readonly number[] = [0, 401, 408, 429];

export interface PodDeletion {
  readonly podName: string;
  readonly podUid: string;
  /** Grace 0: the object goes at once, the pull goes on. */
  readonly force: boolean;
}

export class NodeKube {
  readonly #options: NodeKubeOptions;
  readonly #podsPath: string;
  #daemonSet: ObjectIdentity | undefined;

  constructor(options: NodeKubeOptions) {
    this.#options = options;
    this.#podsPath = `/api/v1/namespaces/${encodeURIComponent(options.namespace)}/pods`;
  }

  /** Resolves when the signal aborts. */
  watchNode(onEvent: (event: ReflectorEvent<OwnNode>) => void, signal: AbortSignal): Promise<void> {
    const { nodeName, clock } = this.#options;
    const trim = (node: Node): OwnNode => trimNode(node, clock.now().wallMs);
    const query = { fieldSelector: `metadata.name=${nodeName}` };
    const path = '/api/v1/nodes';
    return runReflector({ ...this.#options, path, query, begin: 'watch', trim, onEvent }, signal);
  }

  /** To be done before the first pod is made. */
  async learnDaemonSet(signal: AbortSignal): Promise<void> {
    const { ownPodName: podName } = this.#options;
    if (podName === undefined) return;
    this.#daemonSet = await findDaemonSet({ ...this.#options, podName }, signal);
  }

  /** Resolves when the signal aborts. */
  watchPods(onEvent: (event: ReflectorEvent<OwnPod>) => void, signal: AbortSignal): Promise<void> {
    const query = {
      fieldSelector: `spec.nodeName=${this.#options.nodeName}`,
      labelSelector: `${labels.managedBy}=${managedBy}`,
    };
    return runReflector(
      { ...this.#options, path: this.#podsPath, query, trim: trimPod, onEvent },
      signal,
    );
  }

  async createPod(offer: Offer, nodeUid: string, signal: AbortSignal): Promise<CreateAnswer> {
    const { client, nodeName } = this.#options;
    const options = { ...this.#options, daemonSet: this.#daemonSet };
    const body = buildPullPod(offer, { name: nodeName, uid: nodeUid }, options);
    const request = { method: 'POST', path: this.#podsPath, body, signal } as const;
    try {
      const pod: Pod = await client.request({ ...request, timeoutMs: requestTimeoutMs });
      return { kind: 'created', pod: trimPod(pod) };
    } catch (error) {
      const { status, message, serverMessage } = requireKubeError(error);
      if (status === 409) return { kind: 'exists' };
      const passes = passingStatuses.includes(status) || status >= 500;
      return passes
        ? { kind: 'failed', message }
        : { kind: 'refused', message: serverMessage === '' ? message : serverMessage };
    }
  }

  async lookUpPod(podName: string, signal: AbortSignal): Promise<LookUpAnswer> {
    try {
      const pod: Pod = await this.#options.client.request({
        method: 'GET',
        path: this.#podPath(podName),
        signal,
        timeoutMs: requestTimeoutMs,
      });
      return { kind: 'found', pod: trimPod(pod) };
    } catch (error) {
      const { status, message } = requireKubeError(error);
      return status === 404 ? { kind: 'missing' } : { kind: 'failed', message };
    }
  }

  async deletePod(
    { podName, podUid, force }: PodDeletion,
    signal: AbortSignal,
  ): Promise<DeleteAnswer> {
    try {
      await this.#options.client.request({
        method: 'DELETE',
        path: this.#podPath(podName),
        body: buildDeletion(podUid, force),
        signal,
        timeoutMs: requestTimeoutMs,
      });
      return 'accepted';
    } catch (error) {
      const { status, message } = requireKubeError(error);
      if (status === 404 || status === 409) return 'missing';
      this.#options.log.warn({ pod: podName, status, message }, 'pull pod deletion refused');
      return 'failed';
    }
  }

  #podPath(podName: string): string {
    return `${this.#podsPath}/${encodeURIComponent(podName)}`;
  }
}
