// What the coordinator keeps of Kubernetes objects. They are trimmed on arrival: a node's list of images and everybody's
// managed fields are most of an object and nothing that a decision needs.

import type { KubeEvent, KubeObject, Node, ObjectMeta, Pod } from '../../shared/kube-types.ts';
import { observePod } from '../../shared/observed-pod.ts';
import type { PodEvent } from '../../shared/sandbox-failure.ts';
import { parseTimestamp } from '../../shared/timestamp.ts';
import type { NodeRecord, PullPodRecord } from '../core/events.ts';

interface CustomObject extends KubeObject {
  readonly spec?: unknown;
  readonly status?: object;
}

export function trimNode({ metadata, spec, status }: Node): NodeRecord {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const { kubeletVersion = '', containerRuntimeVersion = '' } = status?.nodeInfo ?? {};
  const {
    operatingSystem: os = '',
    architecture = '',
    bootID: bootId = '',
  } = status?.nodeInfo ?? {};
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    labels: metadata.labels ?? {},
    taints: spec?.taints ?? [],
    unschedulable: spec?.unschedulable ?? false,
    deleting: metadata.deletionTimestamp !== undefined,
    ready: ready?.status === 'True',
    createdAtMs: parseTimestamp(metadata.creationTimestamp) ?? 0,
    platform: { os, architecture },
    kubeletVersion,
    containerRuntimeVersion,
    bootId,
  };
}

export function trimPod(pod: Pod): PullPodRecord {
  return { ...observePod(pod), nodeName: pod.spec.nodeName ?? '' };
}

// The API server takes longer ones from others than kubelets write.
const maxEventMessageLength = 4_096;

export function trimEvent(event: KubeEvent): PodEvent {
  const { reason = '', message = '', lastTimestamp, series, eventTime, metadata } = event;
  const said = lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp;
  return {
    reason,
    message: message.slice(0, maxEventMessageLength),
    atMs: parseTimestamp(said) ?? 0,
  };
}

/** Of our own kinds everything but metadata counts. */
export function trimCustomObject<T extends CustomObject>(object: T): Pick<T, keyof CustomObject> {
  const { spec, status } = object;
  return {
    metadata: trimMetadata(object.metadata),
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
  };
}

function trimMetadata(metadata: ObjectMeta): ObjectMeta {
  const { name, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = metadata;
  return {
    name,
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(generation === undefined ? {} : { generation }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
  };
}
