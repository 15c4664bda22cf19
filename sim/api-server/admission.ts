// The policies that stand between a valid object and the store: a namespace must exist, and a pull pod must not be
// created after its not-after (the fence of an offer, a ValidatingAdmissionPolicy on a real cluster).

import { annotations, labels, managedBy } from '../../shared/names.ts';
import { parseTimestamp } from '../../shared/timestamp.ts';
import { ApiError } from '../store/api-error.ts';
import type { ApiObject } from '../store/resources.ts';
import type { Store } from '../store.ts';

const policyName = 'forehold-not-after';

/** @throws ApiError NotFound */
export function admitNamespace(store: Store, namespace: string | undefined): void {
  if (namespace !== undefined) store.get('namespaces', { name: namespace });
}

/**
 * @param createdAtMs when the pod is created, by the API server's wall clock
 * @throws ApiError Invalid, in the words of the real policy
 */
export function admitPullPod(pod: ApiObject, pullNamespace: string, createdAtMs: number): void {
  const { metadata } = pod;
  if (metadata.namespace !== pullNamespace) return;
  if (metadata.labels?.[labels.managedBy] !== managedBy) return;
  const notAfter = metadata.annotations?.[annotations.notAfter] ?? '';
  if (notAfter === '') {
    throw denied(metadata.name, `a pull pod needs the annotation ${annotations.notAfter}`);
  }
  const notAfterMs = parseTimestamp(notAfter);
  if (notAfterMs === undefined) {
    throw denied(metadata.name, `${annotations.notAfter} is no time: ${notAfter}`);
  }
  // The policy sees creationTimestamp, which has whole seconds, rounded down.
  if (Math.floor(createdAtMs / 1_000) * 1_000 > notAfterMs) {
    const why = `pull pod is created after its ${annotations.notAfter}, ${notAfter}`;
    throw denied(metadata.name, why);
  }
}

function denied(name: string, why: string): ApiError {
  const message = `ValidatingAdmissionPolicy '${policyName}' with binding '${policyName}' denied request: ${why}`;
  return new ApiError(422, 'Invalid', `pods "${name}" is forbidden: ${message}`, {
    details: { name, kind: 'pods', causes: [{ message }] },
  });
}
