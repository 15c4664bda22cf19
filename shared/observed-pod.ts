// What both sides keep of a pull pod, cut out as it arrives.

import { findImageReference, formatImageReference } from './image-ref.ts';
import type { Pod } from './kube-types.ts';
import { type PodReading, readPodOutcome } from './pod-outcome.ts';
import { bounds } from './protocol.ts';
import { type PodLease, pullContainerName, readPodLease } from './pull-pod.ts';
import { parseTimestamp } from './timestamp.ts';

export interface ObservedPod {
  readonly name: string;
  readonly uid: string;
  /** Undefined when the annotations cannot be read. */
  readonly lease: PodLease | undefined;
  /** Normalised reference of the image that the API server admitted; undefined when it is none. */
  readonly image: string | undefined;
  readonly createdAtMs: number;
  /** A deletion was asked for; the object stays until the kubelet is done. */
  readonly deleting: boolean;
  readonly reading: PodReading;
}

export function observePod(pod: Pod): ObservedPod {
  const { metadata, spec } = pod;
  const { containers } = spec;
  const container = containers.find(({ name }) => name === pullContainerName) ?? containers[0];
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    lease: readPodLease(metadata.annotations),
    image: readImage(container?.image ?? ''),
    createdAtMs: parseTimestamp(metadata.creationTimestamp) ?? 0,
    deleting: metadata.deletionTimestamp !== undefined,
    reading: readPodOutcome(pod),
  };
}

/** Its kubelet is done with it: an ended pod has said all it had to say. */
export function isTerminal({ reading }: Pick<ObservedPod, 'reading'>): boolean {
  return reading.kind !== 'pulling' && reading.terminal;
}

// The API server takes any text for an image; the coordinator ends the session of an agent that sends a longer one.
function readImage(image: string): string | undefined {
  const reference =
    image.length > bounds.maxReferenceLength ? undefined : findImageReference(image);
  return reference === undefined ? undefined : formatImageReference(reference);
}
