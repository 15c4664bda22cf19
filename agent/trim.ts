// What the agent keeps of Kubernetes objects, cut out as they arrive so that whole ones never pile up.

import type { Condition, Node, Pod } from '../shared/kube-types.ts';
import { isLeaving } from '../shared/leaving-node.ts';
import { observePod } from '../shared/observed-pod.ts';
import { pullContainerName } from '../shared/pull-pod.ts';
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
    leaving: isLeaving(node),
    reportedAtMs: readReportTime(status?.conditions ?? []) ?? nowMs,
  };
}

export function trimPod(pod: Pod): OwnPod {
  const { containerStatuses = [] } = pod.status ?? {};
  const pull = containerStatuses.find(({ name }) => name === pullContainerName);
  return {
    ...observePod(pod),
    finishedAtMs: parseTimestamp(pull?.state?.terminated?.finishedAt),
    sandboxReady: readSandbox(pod.status?.conditions ?? []),
  };
}

function readSandbox(conditions: readonly Condition[]): boolean | undefined {
  const ready = conditions.find(({ type }) => type === 'PodReadyToStartContainers');
  return ready === undefined ? undefined : ready.status === 'True';
}

function readReportTime(conditions: readonly NodeCondition[]): number | undefined {
  const ready = conditions.find(({ type }) => type === 'Ready');
  return parseTimestamp(ready?.lastHeartbeatTime);
}
