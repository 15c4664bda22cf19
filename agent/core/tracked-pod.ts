// One pull pod as the agent follows it: what it has told of it, and when the object may go. A terminal pod is the
// agent's outbox, because the API server keeps it through every crash of ours; so it is deleted only after the
// coordinator has recorded the outcome, and a successful one only once the node's own list vouches for the image.

import type { Instant } from '../../shared/clock.ts';
import { formatDuration } from '../../shared/duration.ts';
import { isTerminal } from '../../shared/observed-pod.ts';
import { isPodName } from '../../shared/pair.ts';
import { type LeaseUpdate, type Outcome, timing } from '../../shared/protocol.ts';
import type { Reason } from '../../shared/reason.ts';
import type { OwnPod } from './events.ts';
import { sandboxMessage, sandboxPatienceMs } from './sandbox.ts';

export interface Ended {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly message: string;
  readonly digest: string | undefined;
  /** Monotonic. */
  readonly sinceMs: number;
}

export interface TrackedPod {
  pod: OwnPod;
  /** The lease to report to; another than the pod's own when a later offer found this pod. */
  leaseId: string | undefined;
  /** The object does not exist any more. */
  gone: boolean;
  /** The watch has shown it; until then it is known from the answer to a request. */
  watched: boolean;
  /** Monotonic. */
  readonly sinceMs: number;
  /** Monotonic; when the pod was created. */
  readonly createdMs: number;
  /** Monotonic; when the pull has lasted for its pullTimeout. */
  readonly overdueAtMs: number;
  ended: Ended | undefined;
  acknowledged: boolean;
  /** What this session's coordinator was told last. */
  told: 'nothing' | 'accepted' | 'unseen' | 'ended';
  /** Set when the pod is to go whatever it says. */
  endingFor: Reason | undefined;
  /** This agent has asked for its deletion. */
  deletionAsked: boolean;
  /** Monotonic; not before this may its deletion be asked for (again). */
  nextDeletionMs: number;
  deletionFailures: number;
}

// `true` ends within milliseconds; a pod that still runs after this is stuck after its pull.
const runGraceMs = 2_000;

export function trackPod(pod: OwnPod, now: Instant): TrackedPod {
  const spentMs = Math.max(0, now.wallMs - pod.createdAtMs);
  return {
    pod,
    leaseId: pod.lease?.leaseId,
    gone: false,
    watched: false,
    sinceMs: now.monotonicMs,
    createdMs: now.monotonicMs - spentMs,
    overdueAtMs: now.monotonicMs + (pod.lease?.pullTimeoutMs ?? Number.POSITIVE_INFINITY) - spentMs,
    ended: undefined,
    acknowledged: false,
    told: 'nothing',
    endingFor: undefined,
    deletionAsked: false,
    nextDeletionMs: Number.NEGATIVE_INFINITY,
    deletionFailures: 0,
  };
}

/**
 * The pod was removed although the kubelet never said that it was done with it: the pull goes on (kubernetes-facts D15),
 * and nobody will tell of its end but the node's list of images.
 */
export function isUnseen({ gone, ended, pod }: TrackedPod): boolean {
  return gone && ended === undefined && pod.reading.kind === 'pulling';
}

/**
 * How the pull ended, from what is known now; undefined while it has not.
 * @param isImageListed the node's own list shows the image
 */
export function decideEnd(
  tracked: TrackedPod,
  isImageListed: boolean,
  now: Instant,
): Ended | undefined {
  const { pod, ended, endingFor } = tracked;
  const { reading } = pod;
  const sinceMs = now.monotonicMs;
  if (reading.kind === 'pulled') {
    if (ended?.outcome === 'Succeeded') return ended;
    const { message, digest } = reading;
    return { outcome: 'Succeeded', reason: 'Cached', message, digest, sinceMs };
  }
  if (ended !== undefined) return ended;
  const without = { message: '', digest: undefined, sinceMs };
  if (endingFor === 'PullTimeout') {
    const message = `the pull took longer than ${formatDuration(pod.lease?.pullTimeoutMs ?? 0)}`;
    return { ...without, outcome: 'Failed', reason: endingFor, message };
  }
  if (endingFor === 'SandboxFailed')
    return { ...without, outcome: 'Failed', reason: endingFor, message: sandboxMessage };
  if (reading.kind === 'failed' && !isOwnDoing(reading.reason, endingFor)) {
    const { reason, message } = reading;
    const outcome = reason === 'PodVanished' ? 'Unknown' : 'Failed';
    return { ...without, outcome, reason, message };
  }
  return decideGone(tracked, isImageListed, now);
}

function isUnwanted(endingFor: Reason | undefined): boolean {
  return endingFor === 'NoLongerDesired' || endingFor === 'Revoked';
}

/** The pod failed because it was to go. */
function isOwnDoing(reason: Reason, endingFor: Reason | undefined): boolean {
  return isUnwanted(endingFor) || (reason === 'PodVanished' && endingFor !== undefined);
}

/** How it ended by the pod's going, if it did. */
function decideGone(tracked: TrackedPod, isImageListed: boolean, now: Instant): Ended | undefined {
  const { gone, endingFor, overdueAtMs } = tracked;
  if (!gone) return undefined;
  const without = { message: '', digest: undefined, sinceMs: now.monotonicMs };
  if (isUnseen(tracked)) {
    if (isImageListed) return { ...without, outcome: 'Succeeded', reason: 'Cached' };
    if (now.monotonicMs < overdueAtMs) return undefined;
  }
  if (endingFor !== undefined) {
    const outcome = isUnwanted(endingFor) ? 'Cancelled' : 'Failed';
    return { ...without, outcome, reason: endingFor };
  }
  const message = 'the pull pod was removed before it had ended';
  return { ...without, outcome: 'Unknown', reason: 'PodVanished', message };
}

/** When to ask for the pod's deletion, in monotonic milliseconds; infinite while it must stay. */
export function decideDeletionMs(tracked: TrackedPod, isImageListed: boolean): number {
  const { ended, endingFor, leaseId, nextDeletionMs, pod } = tracked;
  if (!mayGo(tracked)) return Number.POSITIVE_INFINITY;
  if (endingFor !== undefined || ended === undefined) return nextDeletionMs;
  if (leaseId === undefined) return Math.max(nextDeletionMs, ended.sinceMs + timing.statusLagMs);
  if (pod.reading.kind !== 'pulled') return nextDeletionMs;
  if (!pod.reading.terminal) return Math.max(nextDeletionMs, ended.sinceMs + runGraceMs);
  return isImageListed
    ? nextDeletionMs
    : Math.max(nextDeletionMs, ended.sinceMs + timing.statusLagMs);
}

/**
 * Whether somebody else's deletion of the pod is to be finished by force: it would hold up the drain of a leaving node for
 * as long as the pull lasts (kubernetes-facts D16).
 */
export function holdsUpDrain({ pod, gone, endingFor, deletionAsked }: TrackedPod): boolean {
  const isForeign = pod.deleting && endingFor === undefined && !deletionAsked;
  return isForeign && !gone && pod.reading.kind === 'pulling' && isPodName(pod.name);
}

/** Whether nothing but time keeps the pod. */
function mayGo(tracked: TrackedPod): boolean {
  const { pod, leaseId, gone, ended, acknowledged, endingFor } = tracked;
  if (gone || pod.deleting) return false;
  // Nobody can acknowledge a pod whose lease cannot be read; it must not block a pair's name for ever either.
  if (leaseId === undefined) return ended !== undefined && isPodName(pod.name);
  // The outbox.
  if (isTerminal(pod)) return acknowledged;
  return endingFor !== undefined || (ended !== undefined && acknowledged);
}

/** When the pull will have lasted too long, in monotonic milliseconds; infinite once that does not matter. */
export function decideOverdueMs(tracked: TrackedPod): number {
  const { pod, gone, ended, endingFor, overdueAtMs } = tracked;
  if (isUnseen(tracked)) return overdueAtMs;
  const isPulling = !gone && ended === undefined && pod.reading.kind === 'pulling';
  return isPulling && endingFor === undefined ? overdueAtMs : Number.POSITIVE_INFINITY;
}

/** When its sandbox will have been waited for too long, in monotonic milliseconds; infinite while it is not waited for. */
export function decideSandboxDueMs({ pod, gone, ended, endingFor, createdMs }: TrackedPod): number {
  const isWaiting = !gone && !pod.deleting && ended === undefined && endingFor === undefined;
  const isPulling = pod.reading.kind === 'pulling' && pod.sandboxReady === false;
  return isWaiting && isPulling ? createdMs + sandboxPatienceMs : Number.POSITIVE_INFINITY;
}

/** What the coordinator has yet to be told; undefined when nothing. */
export function decideUpdate(tracked: TrackedPod): LeaseUpdate | undefined {
  const { pod, leaseId, ended, acknowledged, told } = tracked;
  if (leaseId === undefined) return undefined;
  const about = {
    kind: 'leaseUpdate',
    leaseId,
    podUid: pod.uid,
    admittedImage: pod.image,
  } as const;
  if (ended !== undefined) {
    if (acknowledged || told === 'ended') return undefined;
    const { outcome, reason, message, digest } = ended;
    return { ...about, state: 'ended', outcome, reason, message, digest, unseen: false };
  }
  const unseen = isUnseen(tracked);
  if (told === 'unseen' || (told === 'accepted' && !unseen)) return undefined;
  const nothing = { outcome: undefined, reason: '', message: '', digest: undefined } as const;
  return { ...about, ...nothing, state: 'accepted', unseen };
}
