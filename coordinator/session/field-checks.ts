// Bounds on the fields of an agent's messages. Names must be names, because they travel on into pods, logs and
// views; everything else is only held to a length. Whether a reference names an image is not checked here: a strange
// name in one node's status must not cost the node its session.

import {
  bounds,
  type FailedPull,
  type Heartbeat,
  type Hello,
  type InventoryEntry,
  type LeaseUpdate,
  type UnseenPull,
} from '../../shared/protocol.ts';

// RFC 1123 subdomain, as the API server demands of node names.
const nodeName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
// Kubernetes gives UUIDs; the pair key needs uids without its separator.
const identifier = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const leaseId = /^\d{1,16}-\d{1,16}$/;

const maxWordLength = 128;
// A uid, a reference and some names of secrets.
const maxPairLength = 4_096;

/** The first field that is wrong and why; undefined when all are right. */
export function findHelloProblem(hello: Hello): string | undefined {
  if (!nodeName.test(hello.nodeName)) return 'hello.node_name is not the name of a node';
  if (!identifier.test(hello.nodeUid)) return 'hello.node_uid is not a uid';
  if (!identifier.test(hello.agentInstance)) return 'hello.agent_instance is not an identifier';
  if (hello.platform.os === '' || hello.platform.architecture === '')
    return 'hello.platform is not complete';
  return (
    tooLong('hello.platform.os', hello.platform.os, maxWordLength) ??
    tooLong('hello.platform.architecture', hello.platform.architecture, maxWordLength) ??
    tooLong('hello.kubelet_version', hello.kubeletVersion, maxWordLength) ??
    tooLong('hello.container_runtime_version', hello.containerRuntimeVersion, maxWordLength) ??
    tooLong('hello.inventory_hash', hello.inventoryHash, maxWordLength) ??
    findUnseenProblem(hello.unseenPulls) ??
    findFailedProblem(hello.failedPulls)
  );
}

/** As above. What kind of token it is, is not checked here. */
export function findHeartbeatProblem({ token = '' }: Heartbeat): string | undefined {
  return tooLong('heartbeat.token', token, bounds.maxTokenBytes);
}

/** As above; of the first entry that is wrong. */
export function findEntryProblem(entries: readonly InventoryEntry[]): string | undefined {
  for (const { reference, digest = '' } of entries) {
    const problem =
      findReferenceProblem('inventory_entry.reference', reference) ??
      tooLong('inventory_entry.digest', digest, bounds.maxDigestLength);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** As above; of the first reference that is wrong. */
export function findRemovedProblem(references: readonly string[]): string | undefined {
  for (const reference of references) {
    const problem = findReferenceProblem('inventory_delta.removed', reference);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** As above. */
export function findUpdateProblem(update: LeaseUpdate): string | undefined {
  if (!leaseId.test(update.leaseId)) return 'lease_update.lease_id is not a lease id';
  if (update.podUid !== undefined && !identifier.test(update.podUid))
    return 'lease_update.pod_uid is not a uid';
  return (
    tooLong('lease_update.message', update.message, bounds.maxMessageLength) ??
    tooLong('lease_update.digest', update.digest ?? '', bounds.maxDigestLength) ??
    tooLong('lease_update.admitted_image', update.admittedImage ?? '', bounds.maxReferenceLength)
  );
}

function findUnseenProblem(pulls: readonly UnseenPull[]): string | undefined {
  if (pulls.length > bounds.maxUnseenPulls)
    return `hello.unseen_pulls has more than ${bounds.maxUnseenPulls} entries`;
  for (const { leaseId: id, podUid, pair, limits } of pulls) {
    if (!leaseId.test(id)) return 'unseen_pull.lease_id is not a lease id';
    if (!identifier.test(podUid)) return 'unseen_pull.pod_uid is not a uid';
    const problem =
      tooLong('unseen_pull.pair', pair, maxPairLength) ??
      tooLong('unseen_pull.limits', limits.join(','), maxPairLength);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findFailedProblem(pulls: readonly FailedPull[]): string | undefined {
  if (pulls.length > bounds.maxFailedPulls)
    return `hello.failed_pulls has more than ${bounds.maxFailedPulls} entries`;
  for (const { image, pullSecrets } of pulls) {
    const problem =
      findReferenceProblem('failed_pull.image', image) ??
      tooLong('failed_pull.pull_secrets', pullSecrets.join(','), maxPairLength);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findReferenceProblem(field: string, reference: string): string | undefined {
  return reference === ''
    ? `${field} is empty`
    : tooLong(field, reference, bounds.maxReferenceLength);
}

function tooLong(field: string, text: string, maxBytes: number): string | undefined {
  const size = Buffer.byteLength(text);
  return size > maxBytes
    ? `${field} has ${size} bytes, more than the ${maxBytes} allowed`
    : undefined;
}
