// Requests about the one coordination Lease. Every write carries the version that was read, so that whoever came in
// between makes it a conflict.

import { type KubeClient, KubeError, type WatchEvent } from '../../shared/kube-client.ts';
import type { CoordinationLease } from '../../shared/kube-types.ts';
import { coordinatorLeaseName } from '../../shared/names.ts';
import { coordinationLeasesPath, coordinatorLeasePath } from '../kube/paths.ts';
import { leadershipTiming } from './timing.ts';

// The server ends a watch after so long; a quiet connection that died is noticed by the candidate's attempts.
const watchSeconds = '300';

export class LeaseRequests {
  readonly namespace: string;
  readonly #kube: KubeClient;

  constructor(kube: KubeClient, namespace: string) {
    this.#kube = kube;
    this.namespace = namespace;
  }

  /**
   * Undefined when there is none.
   * @throws KubeError, or the signal's reason
   */
  async read(signal: AbortSignal): Promise<CoordinationLease | undefined> {
    const path = coordinatorLeasePath(this.namespace);
    const { requestTimeoutMs: timeoutMs } = leadershipTiming;
    try {
      return await this.#kube.request<CoordinationLease>({
        method: 'GET',
        path,
        signal,
        timeoutMs,
      });
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Replaces the version that the Lease carries, or creates it when it carries none; answers with what is stored now.
   * @throws KubeError, or the signal's reason
   */
  write(
    body: CoordinationLease,
    signal: AbortSignal,
    timeoutMs: number = leadershipTiming.requestTimeoutMs,
  ): Promise<CoordinationLease> {
    const isNew = body.metadata.resourceVersion === undefined;
    return this.#kube.request<CoordinationLease>({
      method: isNew ? 'POST' : 'PUT',
      path: isNew ? coordinationLeasesPath(this.namespace) : coordinatorLeasePath(this.namespace),
      body,
      signal,
      timeoutMs,
    });
  }

  /** Changes after the version that was read. */
  watch(
    version: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<CoordinationLease>> {
    const query = {
      fieldSelector: `metadata.name=${coordinatorLeaseName}`,
      resourceVersion: version,
      timeoutSeconds: watchSeconds,
    };
    return this.#kube.watch(coordinationLeasesPath(this.namespace), query, signal);
  }
}
