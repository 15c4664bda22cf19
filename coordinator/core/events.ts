// Everything that the coordinator's core can be told, and everything it can ask for. The shell turns watches,
// streams and configuration into events, and effects into messages and requests; the core decides in between.

import type { Condition, KubeObject, Taint } from '../../shared/kube-types.ts';
import type { ObservedPod } from '../../shared/observed-pod.ts';
import type {
  CoordinatorMessage,
  Hello,
  InventoryEntry,
  LeaseUpdate,
} from '../../shared/protocol.ts';
import type { PodEvent } from '../../shared/sandbox-failure.ts';
import type { Limit } from './limits.ts';
import type { Pause } from './pauses.ts';
import type { LeaseView } from './views.ts';

/** What the core keeps of a node object; `status.images` never gets this far. */
export interface NodeRecord {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  readonly deleting: boolean;
  /** Condition Ready is True. */
  readonly ready: boolean;
  readonly createdAtMs: number;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly kubeletVersion: string;
  readonly containerRuntimeVersion: string;
  /** Another one after each start of the machine; empty when not known. */
  readonly bootId: string;
}

/** What the core keeps of a pull pod. One whose annotations cannot be read counts against every limit. */
export interface PullPodRecord extends ObservedPod {
  readonly nodeName: string;
}

/** A CachedImage as stored; the core reads the spec itself, because a stored object may be malformed. */
export interface CachedImageObject extends KubeObject {
  readonly spec?: unknown;
  readonly status?: CachedImageStatus;
}

/** A PullPolicy as stored. */
export interface PullPolicyObject extends KubeObject {
  readonly spec?: unknown;
  readonly status?: PullPolicyStatus;
}

export interface PullPolicyStatus {
  readonly observedGeneration?: number;
  readonly images?: number;
  readonly liveLeases?: number;
  readonly waitingPairs?: number;
  /** Name of what holds the next pull back; empty when nothing does. */
  readonly bindingLimit?: string;
  readonly bindingReason?: string;
  readonly conditions?: readonly Condition[];
}

export type ImagePhase = 'Pending' | 'Pulling' | 'Ready' | 'Degraded';

/** Status of a CachedImage. All counts are of target nodes. */
export interface CachedImageStatus {
  readonly observedGeneration?: number;
  readonly phase?: ImagePhase;
  /** `READY/TARGETED`. */
  readonly ready?: string;
  readonly resolvedDigest?: string;
  readonly nodesTargeted?: number;
  readonly nodesReady?: number;
  readonly nodesPulling?: number;
  readonly nodesFailed?: number;
  /** Sorted names, at most 100. */
  readonly cachedNodes?: readonly string[];
  /** At most 20 nodes that need attention. */
  readonly nodes?: readonly NodeAttention[];
  readonly consecutiveFailures?: number;
  /** Set while the image fails as a whole: failures in a row, and when one node tries again. */
  readonly attempts?: number;
  readonly nextAttemptAt?: string;
  readonly lastPulledAt?: string;
  readonly lastAttemptedAt?: string;
  readonly conditions?: readonly Condition[];
}

export interface NodeAttention {
  readonly node: string;
  readonly reason: string;
  readonly message: string;
  readonly attempts: number;
  readonly nextAttemptAt: string;
}

export type Event =
  | { readonly kind: 'nodesListed'; readonly nodes: readonly NodeRecord[] }
  | { readonly kind: 'nodeSeen'; readonly node: NodeRecord }
  | { readonly kind: 'nodeGone'; readonly uid: string }
  | { readonly kind: 'podsListed'; readonly pods: readonly PullPodRecord[] }
  | { readonly kind: 'podSeen'; readonly pod: PullPodRecord }
  | { readonly kind: 'podGone'; readonly pod: PullPodRecord }
  | { readonly kind: 'imagesListed'; readonly images: readonly CachedImageObject[] }
  | { readonly kind: 'imageSeen'; readonly image: CachedImageObject }
  | { readonly kind: 'imageGone'; readonly name: string }
  | { readonly kind: 'policiesListed'; readonly policies: readonly PullPolicyObject[] }
  | { readonly kind: 'policySeen'; readonly policy: PullPolicyObject }
  | { readonly kind: 'policyGone'; readonly name: string }
  | { readonly kind: 'limitsConfigured'; readonly limits: readonly Limit[] }
  /** All there are now, already kept where they survive. */
  | { readonly kind: 'pausesChanged'; readonly pauses: readonly Pause[] }
  /** Somebody takes a live lease back; `message` says who and why. Nothing happens to one that is live no more. */
  | { readonly kind: 'leaseRevoked'; readonly leaseId: string; readonly message: string }
  /** First message of a stream, already checked: the protocol version is supported, the fields are not empty. */
  | { readonly kind: 'helloReceived'; readonly sessionId: string; readonly hello: Hello }
  /** A complete inventory, all chunks together. */
  | {
      readonly kind: 'inventoryReceived';
      readonly sessionId: string;
      readonly entries: readonly InventoryEntry[];
    }
  | {
      readonly kind: 'inventoryChanged';
      readonly sessionId: string;
      readonly added: readonly InventoryEntry[];
      readonly removed: readonly string[];
    }
  /** A gap was noticed and Resync sent: what is known of this node is not complete any more. */
  | { readonly kind: 'inventoryInvalidated'; readonly sessionId: string }
  | { readonly kind: 'heartbeatReceived'; readonly sessionId: string; readonly sequence: number }
  | {
      readonly kind: 'leaseUpdateReceived';
      readonly sessionId: string;
      readonly update: LeaseUpdate;
    }
  | { readonly kind: 'sessionEnded'; readonly sessionId: string }
  /** Answer to `lookUpPod`: undefined means that the API server said 404. A failed request is asked again. */
  | {
      readonly kind: 'podLookedUp';
      readonly leaseId: string;
      readonly pod: PullPodRecord | undefined;
    }
  /** Answer to `readPodEvents`; a failed request is none. */
  | {
      readonly kind: 'podEventsRead';
      readonly leaseId: string;
      readonly events: readonly PodEvent[];
    }
  /** This coordinator leads until then, in monotonic milliseconds. */
  | { readonly kind: 'tenureRenewed'; readonly untilMs: number }
  /** Time passed; also sent when `nextDeadlineMs` is due. */
  | { readonly kind: 'ticked' };

export type SessionEnd = 'ABORTED' | 'UNAVAILABLE' | 'NOT_FOUND';

export type Effect =
  | { readonly kind: 'send'; readonly sessionId: string; readonly message: CoordinatorMessage }
  | {
      readonly kind: 'endSession';
      readonly sessionId: string;
      readonly code: SessionEnd;
      readonly message: string;
    }
  /** GET the pod by name and answer with `podLookedUp`. */
  | { readonly kind: 'lookUpPod'; readonly leaseId: string; readonly podName: string }
  /** List the events about the pod, once, and answer with `podEventsRead` if that succeeds. */
  | { readonly kind: 'readPodEvents'; readonly leaseId: string; readonly podUid: string }
  /** Delete gracefully (grace 1 s), with the uid as precondition. */
  | { readonly kind: 'deletePod'; readonly podName: string; readonly podUid: string }
  /** The status of a CachedImage may differ from what is stored: phase or a condition (`transition`) or counts. */
  | { readonly kind: 'statusChanged'; readonly name: string; readonly transition: boolean }
  /** As `statusChanged`, of a PullPolicy. */
  | { readonly kind: 'policyStatusChanged'; readonly name: string; readonly transition: boolean }
  | { readonly kind: 'leaseChanged'; readonly lease: LeaseView }
  /** Agents have met this epoch, which is newer than this reign's: begin another reign above it. Said once. */
  | { readonly kind: 'epochSurpassed'; readonly epoch: number };
