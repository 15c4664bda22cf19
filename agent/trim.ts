// What the agent keeps of Kubernetes objects, cut out as they arrive so that whole ones never pile up.

import { ImageReferenceError, normaliseImageReference } from '../shared/image-ref.ts';
import type { Condition, Node, Pod } from '../shared/kube-types.ts';
import { readPodOutcome } from '../shared/pod-outcome.ts';
import { pullContainerName, readPodLease } from '../shared/pull-pod.ts';
import { parseTimestamp } from '../shared/timestamp.ts';
import type { OwnNode, OwnPod } from './core/events.ts';

// Only nodes' conditions have it: when the kubelet last wrote its status.
interface NodeCondition extends Condition {
  readonly lastHeartbeatTime?: string;
}

/** @param nowMs wall time of arrival, for a status that does not say when it was made */
export function trimNode(node: Node, nowMs: number): OwnNode {
  const { metadata, status } = node;
  const info = status?.nodeInfo;
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    platform: {
      os: info?.operatingSystem ?? '',
      architecture: info?.architecture ?? '',
    },
    kubeletVersion: info?.kubeletVersion ?? '',
    containerRuntimeVersion: info?.containerRuntimeVersion ?? '',
    images: status?.images ?? [],
    reportedAtMs: readReportTime(status?.conditions ?? []) ?? nowMs,
  };
}

export function trimPod(pod: Pod): OwnPod {
  const { metadata, spec, status } = pod;
  const terminated = status?.containerStatuses?.find(({ name }) => name === pullContainerName)
    ?.state?.terminated;
  const container = spec.containers.find(({ name }) => name === pullContainerName);
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    lease: readPodLease(metadata.annotations),
    image: container && readReference(container.image),
    createdAtMs: parseTimestamp(metadata.creationTimestamp) ?? 0,
    finishedAtMs: parseTimestamp(terminated?.finishedAt),
    deleting: metadata.deletionTimestamp !== undefined,
    reading: readPodOutcome(pod),
  };
}

function readReportTime(conditions: readonly NodeCondition[]): number | undefined {
  const ready = conditions.find(({ type }) => type === 'Ready');
  return parseTimestamp(ready?.lastHeartbeatTime);
}

// The API server takes any text for an image; the coordinator ends the session of an agent that sends a longer one.
const maxReferenceLength = 512;

function readReference(image: string): string | undefined {
  if (image.length > maxReferenceLength) return undefined;
  try {
    return normaliseImageReference(image);
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}
