// `coordinator.mjs uninstall`: takes away what was made at run time, when the rest of the release is gone: pull pods,
// coordination Lease, pauses, certificates, the published authority. Pods are deleted as always, gracefully, because a
// pull cannot be stopped: one that is still under way at the end of the patience goes by itself when its kubelet is done.

import { type Clock, waitFor } from '../shared/clock.ts';
import {
  type KubeClient,
  KubeError,
  type KubeRequest,
  requireKubeError,
} from '../shared/kube-client.ts';
import type { KubeObject, List, Pod } from '../shared/kube-types.ts';
import {
  caConfigMapName,
  labels,
  managedBy,
  pausesConfigMapName,
  tlsSecretName,
} from '../shared/names.ts';
import { buildDeletion } from '../shared/pull-pod.ts';
import { configMapPath, coordinatorLeasePath, podsPath, secretPath } from './kube/paths.ts';

export interface UninstallOptions {
  readonly kube: KubeClient;
  readonly clock: Clock;
  /** Where coordinators lived. */
  readonly namespace: string;
  readonly pullNamespace: string;
  /** Takes one sentence for each thing done, and for each that could not be. */
  readonly say: (sentence: string) => void;
}

// Less than the four minutes that the chart's hook may take.
const patienceMs = 180_000;
const pauseMs = 1_000;
// An API server that restarts is back by then.
const maxAttempts = 20;
// Pods of one page; the API server answers a large namespace in parts.
const pageSize = 500;
// Refused for the moment, or nobody knows; 5xx besides.
const passingStatuses: readonly number[] = [0, 408, 429];

/**
 * False when something is left that nothing will take away.
 * @throws the signal's reason when it aborts.
 */
export async function uninstall(options: UninstallOptions, signal: AbortSignal): Promise<boolean> {
  const { namespace, pullNamespace } = options;
  const paths = [
    coordinatorLeasePath(namespace),
    configMapPath(namespace, pausesConfigMapName),
    secretPath(namespace, tlsSecretName),
  ];
  const steps = [
    () => clearPulls(options, `/api/v1/namespaces/${pullNamespace}`, signal),
    ...paths.map((path) => () => remove(options, path, signal)),
  ];
  let complete = true;
  for (const step of steps)
    try {
      await step();
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      options.say(`cannot uninstall: ${error.message}`);
      complete = false;
    }
  return complete;
}

/** Until the namespace is gone or empty of pulls, or the patience ends and what is left only waits for its kubelets. */
async function clearPulls(
  options: UninstallOptions,
  namespacePath: string,
  signal: AbortSignal,
): Promise<void> {
  const { clock, say } = options;
  const untilMs = clock.now().monotonicMs + patienceMs;
  const request = { method: 'GET', path: namespacePath, signal } as const;
  const deleted = new Set<string>();
  for (;;) {
    const namespace = await ask<KubeObject>(options, request, [404]);
    if (namespace === undefined) return say(`${namespacePath}: gone, and all pull pods with it`);
    const isLeaving = namespace.metadata.deletionTimestamp !== undefined;
    const left = isLeaving ? undefined : await deletePods(options, deleted, signal);
    if (left?.length === 0) {
      say(`pull pods: ${deleted.size} deleted, none is left`);
      return remove(options, configMapPath(options.pullNamespace, caConfigMapName), signal);
    }
    if (clock.now().monotonicMs >= untilMs) {
      const which =
        left?.slice(0, 10).join(', ') ?? `those of ${namespacePath}, which goes with them`;
      return say(`pull pods: left until their pulls end: ${which}`);
    }
    await waitFor(clock, pauseMs, signal);
  }
}

/** Asks for the deletion of every pull pod, once; returns those that are still there. */
async function deletePods(
  options: UninstallOptions,
  deleted: Set<string>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const path = podsPath(options.pullNamespace);
  const pods = await listPods(options, path, signal);
  for (const { metadata } of pods) {
    const { name, uid = '', deletionTimestamp } = metadata;
    if (deletionTimestamp !== undefined || deleted.has(uid)) continue;
    const body = buildDeletion(uid);
    await ask(options, { method: 'DELETE', path: `${path}/${name}`, body, signal }, [404, 409]);
    deleted.add(uid);
  }
  return pods.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`);
}

async function listPods(
  options: UninstallOptions,
  path: string,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const labelSelector = `${labels.managedBy}=${managedBy}`;
  const pods: Pod[] = [];
  let token: string | undefined;
  do {
    const query = { labelSelector, limit: String(pageSize), continue: token };
    const page = await ask<List<Pod>>(options, { method: 'GET', path, query, signal }, []);
    pods.push(...(page?.items ?? []));
    token = page?.metadata.continue;
  } while (token);
  return pods;
}

async function remove(options: UninstallOptions, path: string, signal: AbortSignal): Promise<void> {
  const answer = await ask(options, { method: 'DELETE', path, signal }, [404]);
  options.say(`${path}: ${answer === undefined ? 'was gone already' : 'deleted'}`);
}

/** Undefined when the answer was one of the `accepted` refusals; what may pass is asked again, a bounded number of times. */
async function ask<T>(
  { kube, clock }: UninstallOptions,
  request: KubeRequest & { readonly signal: AbortSignal },
  accepted: readonly number[],
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await kube.request<T>(request);
    } catch (thrown) {
      const error = requireKubeError(thrown);
      if (accepted.includes(error.status)) return undefined;
      if (attempt === maxAttempts || !mayPass(error.status)) throw error;
      await waitFor(clock, pauseMs, request.signal);
    }
}

function mayPass(status: number): boolean {
  return passingStatuses.includes(status) || status >= 500;
}
