// Requests about the one coordination Lease. Every write carries the version that was read, so that whoever came in
// between makes it a conflict. Should the Lease be gone, the ConfigMap of pauses is a witness: every leader writes its
// epoch there when it begins.

import { type KubeClient, KubeError, type WatchEvent } from '../../shared/kube-client.ts';
import type { CoordinationLease, KubeObject } from '../../shared/kube-types.ts';
import { coordinatorLeaseName, pausesConfigMapName } from '../../shared/names.ts';
import { configMapPath, coordinationLeasesPath, coordinatorLeasePath } from '../kube/paths.ts';
import { readEpoch } from './lease-record.ts';
import { leadershipTiming } from './timing.ts';

// The server ends a watch after so long; a quiet connection that died is noticed by the candidate's attempts.
const watchSeconds = '300';

/** What one look at the API server shows. */
export interface Look {
  /** Undefined when there is none. */
  readonly lease: CoordinationLease | undefined;
  /** Epoch of some former leader, which the witness tells when there is no Lease; 0 when it tells none. */
  readonly formerEpoch: number;
}

export class LeaseRequests {
  readonly namespace: string;
  readonly #kube: KubeClient;

  constructor(kube: KubeClient, namespace: string) {
    this.#kube = kube;
    this.namespace = namespace;
  }

  /** @throws KubeError, or the signal's reason */
  async look(signal: AbortSignal): Promise<Look> {
    const lease = await this.read(signal);
    if (lease !== undefined) return { lease, formerEpoch: 0 };
    const path = configMapPath(this.namespace, pausesConfigMapName);
    const witness = await this.#find<KubeObject>(path, signal);
    return { lease, formerEpoch: witness === undefined ? 0 : (readEpoch(witness) ?? 0) };
  }

  /**
   * Undefined when there is none.
   * @throws KubeError, or the signal's reason
   */
  read(signal: AbortSignal): Promise<CoordinationLease | undefined> {
    return this.#find<CoordinationLease>(coordinatorLeasePath(this.namespace), signal);
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

  async #find<T>(path: string, signal: AbortSignal): Promise<T | undefined> {
    const { requestTimeoutMs: timeoutMs } = leadershipTiming;
    try {
      return await this.#kube.request<T>({ method: 'GET', path, signal, timeoutMs });
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
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
