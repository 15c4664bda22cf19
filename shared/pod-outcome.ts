// What a pull pod's status says about the pull. A pod that cannot run its command has still pulled its image, and a
// pod that was never allowed to run has pulled nothing: both look alike to a reader of phases, so this goes by the
// container's state, in the order in which a kubelet works: admission, pull, creation, run (kubernetes-facts D3, D10,
// D15). The messages that tell pull failures apart are those of containerd and CRI-O; pull-failure.ts reads them.

import { isDigest } from './image-ref.ts';
import type { ContainerStatus, Pod } from './kube-types.ts';
import { bounds } from './protocol.ts';
import { classifyPullFailure, isLocalLimit, isPullFailure } from './pull-failure.ts';
import { pullContainerName } from './pull-pod.ts';
import type { Reason } from './reason.ts';
import { redact } from './redact.ts';
import { classifyRejection } from './refusal.ts';

// More than is kept, so that what is taken out leaves enough, and yet no work to do for a flood.
const maxWordsLength = 16 * bounds.maxMessageLength;

export type PodReading =
  /** Nothing is known yet; the kubelet may be queueing or pulling. */
  | { readonly kind: 'pulling' }
  /** The image is on the node. `terminal` is false when the kubelet would go on trying to run it. */
  | {
      readonly kind: 'pulled';
      readonly terminal: boolean;
      readonly digest: string | undefined;
      readonly message: string;
    }
  /** The pull failed. `terminal` is false when the kubelet would go on trying by itself. */
  | {
      readonly kind: 'failed';
      readonly terminal: boolean;
      readonly reason: Reason;
      readonly message: string;
    };

// Reasons to wait that a kubelet gives only once the image is there.
const reasonsAfterPull: readonly string[] = [
  'CreateContainerConfigError',
  'PreCreateHookError',
  'CreateContainerError',
  'PreStartHookError',
  'PostStartHookError',
  'StartError',
  'RunContainerError',
  'CrashLoopBackOff',
];

/** Reads the pull container; webhooks may have put others beside it. */
export function readPodOutcome(pod: Pod): PodReading {
  const { phase } = pod.status ?? {};
  const container = findContainer(pod);
  if (isCollected(pod, container)) return { kind: 'pulling' };
  const terminal = phase === 'Succeeded' || phase === 'Failed';
  if (phase === 'Succeeded' || (container !== undefined && hasPulled(container)))
    return {
      kind: 'pulled',
      terminal,
      digest: readDigest(container?.imageID),
      message: readContainerMessage(container),
    };
  const waiting = container?.state?.waiting;
  if (waiting?.reason !== undefined && isPullFailure(waiting.reason)) {
    const message = waiting.message ?? waiting.reason;
    if (isLocalLimit(message)) return { kind: 'pulling' };
    const reason = classifyPullFailure(waiting.reason, message);
    return { kind: 'failed', terminal, reason, message: cutMessage(message) };
  }
  return phase === 'Failed' ? readRejection(pod, container) : { kind: 'pulling' };
}

/** At most `bounds.maxMessageLength` bytes of UTF-8, cut between characters, without what looks like a secret. */
export function cutMessage(text: string): string {
  const room = new Uint8Array(bounds.maxMessageLength);
  const clean = redact(text.slice(0, maxWordsLength));
  return clean.slice(0, new TextEncoder().encodeInto(clean, room).read);
}

// The kubelet sorts statuses by name, so the first one may be a sidecar's.
function findContainer(pod: Pod): ContainerStatus | undefined {
  const spec = pod.spec.containers;
  const name = (spec.find((one) => one.name === pullContainerName) ?? spec[0])?.name;
  return pod.status?.containerStatuses?.find((status) => status.name === name);
}

function hasPulled({ imageID, state }: ContainerStatus): boolean {
  return (
    Boolean(imageID) ||
    state?.running !== undefined ||
    reasonsAfterPull.includes(state?.waiting?.reason ?? '')
  );
}

// Pod garbage collection marks a pod Failed and removes it without a word of its kubelet, which may well be pulling.
function isCollected(pod: Pod, container: ContainerStatus | undefined): boolean {
  const target = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return target?.reason === 'DeletionByPodGC' && container?.state?.terminated === undefined;
}

// Failed before any pull: refused at the kubelet's admission, or evicted, preempted or shut down while waiting.
function readRejection(pod: Pod, container: ContainerStatus | undefined): PodReading {
  const { reason, message } = pod.status ?? {};
  const words = [reason, message ?? readContainerMessage(container)].filter(Boolean).join(': ');
  const rejected = Boolean(reason) || container === undefined;
  // The kubelet's word for a container that was to go before it was there: the pull may have ended well all the same.
  const removed = !reason && container?.state?.terminated?.reason === 'ContainerStatusUnknown';
  return {
    kind: 'failed',
    terminal: true,
    reason: removed ? 'PodVanished' : decideRejection(reason, words, rejected),
    message: cutMessage(words || 'the pod failed and its status says no more'),
  };
}

function decideRejection(reason: string | undefined, words: string, rejected: boolean): Reason {
  return rejected ? classifyRejection(reason ?? '', words) : 'PullFailed';
}

function readContainerMessage(container: ContainerStatus | undefined): string {
  const { waiting, terminated } = container?.state ?? {};
  const said = waiting ?? terminated;
  return cutMessage(said?.message ?? (said?.reason === 'Completed' ? '' : (said?.reason ?? '')));
}

// `registry/repository@sha256:…`; a bare digest is the image's configuration and names nothing in a registry.
function readDigest(imageId: string | undefined): string | undefined {
  const digest = imageId?.split('@')[1];
  const isUsable =
    digest !== undefined && digest.length <= bounds.maxDigestLength && isDigest(digest);
  return isUsable ? digest : undefined;
}
