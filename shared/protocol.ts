// The session's messages as the code speaks of them: discriminated by `kind`, units in names, nothing optional that
// must be there. wire.ts turns them into what travels (proto/forehold/v1/session.proto) and back.

import type { Toleration } from './kube-types.ts';
import type { Reason } from './reason.ts';

export const protocolVersion = 1;

export type Provenance = 'nodeStatus' | 'pullPod';
export type Outcome = 'Succeeded' | 'Failed' | 'Cancelled' | 'Unknown';
export type PodPullPolicy = 'IfNotPresent' | 'Never' | 'Always';

export interface InventoryEntry {
  /** Normalised image reference, by tag or by digest. */
  readonly reference: string;
  /** Undefined when not known. */
  readonly digest: string | undefined;
  /** 0 when not known. */
  readonly sizeBytes: number;
  readonly provenance: Provenance;
  readonly observedAtMs: number;
}

export interface Hello {
  readonly kind: 'hello';
  readonly protocolVersion: number;
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly agentInstance: string;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly kubeletVersion: string;
  readonly containerRuntimeVersion: string;
  readonly inventoryHash: string;
  readonly unseenPulls: readonly UnseenPull[];
  readonly failedPulls: readonly FailedPull[];
  /** The newest epoch that this agent has met and not forgotten; 0 when none. */
  readonly newestEpoch: number;
}

/** An image that could not be pulled. */
export interface FailedPull {
  /** Normalised image reference. */
  readonly image: string;
  readonly pullSecrets: readonly string[];
  /** In a row. */
  readonly failures: number;
  readonly failedAtMs: number;
  readonly reason: Reason;
}

/** A pull that goes on although its pod was removed by force. */
export interface UnseenPull {
  readonly leaseId: string;
  /** As `formatPair` writes it. */
  readonly pair: string;
  readonly podName: string;
  readonly podUid: string;
  /** Undefined when it is no reference. */
  readonly admittedImage: string | undefined;
  readonly limits: readonly string[];
  readonly createdAtMs: number;
  readonly pullTimeoutMs: number;
}

export interface InventoryChunk {
  readonly kind: 'inventoryChunk';
  readonly sequence: number;
  readonly last: boolean;
  readonly entries: readonly InventoryEntry[];
}

export interface InventoryDelta {
  readonly kind: 'inventoryDelta';
  readonly sequence: number;
  readonly added: readonly InventoryEntry[];
  readonly removed: readonly string[];
}

export interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly sequence: number;
  /** A rotated token, when there is one. */
  readonly token?: string | undefined;
}

export interface LeaseUpdate {
  readonly kind: 'leaseUpdate';
  readonly leaseId: string;
  /** Undefined when no pod was created. */
  readonly podUid: string | undefined;
  readonly state: 'accepted' | 'declined' | 'ended';
  /** Set when declined or ended. */
  readonly outcome: Outcome | undefined;
  readonly reason: Reason;
  readonly message: string;
  readonly digest: string | undefined;
  /** The image in the pod as the API server admitted it; undefined when no pod was created. */
  readonly admittedImage: string | undefined;
  /** With `accepted`: the pod is gone and the pull goes on. */
  readonly unseen: boolean;
}

export type AgentMessage = Hello | InventoryChunk | InventoryDelta | Heartbeat | LeaseUpdate;

export interface Welcome {
  readonly kind: 'welcome';
  readonly sessionId: string;
  readonly epoch: number;
  readonly inventoryWanted: boolean;
  readonly heartbeatIntervalMs: number;
  readonly offerTtlMs: number;
  readonly acknowledged: readonly InventoryEntry[];
}

export interface Offer {
  readonly kind: 'offer';
  readonly leaseId: string;
  readonly epoch: number;
  readonly heartbeatSequence: number;
  readonly notAfterMs: number;
  /** As `formatPair` writes it. */
  readonly pair: string;
  readonly podName: string;
  /** Normalised image reference. */
  readonly image: string;
  readonly imagePullPolicy: PodPullPolicy;
  readonly pullSecrets: readonly string[];
  readonly tolerations: readonly Toleration[];
  readonly limits: readonly string[];
  readonly pullTimeoutMs: number;
}

export interface OutcomeAck {
  readonly kind: 'outcomeAck';
  readonly leaseId: string;
  readonly podUid: string;
}

export interface Revoke {
  readonly kind: 'revoke';
  readonly leaseId: string;
  readonly podUid: string;
  readonly reason: Reason;
}

export type CoordinatorMessage =
  | Welcome
  | Offer
  | OutcomeAck
  | Revoke
  | { readonly kind: 'resync' }
  | { readonly kind: 'drain' };

/** The numbers of the protocol that both sides know. */
export const timing = {
  /** Span of an offer, from the sending of the heartbeat that it echoes. */
  offerTtlMs: 15_000,
  /** Bound on the difference between the coordinator's and the API server's wall clocks. */
  maxClockSkewMs: 2_000,
  heartbeatIntervalMs: 10_000,
  /** A stream on which nothing was heard for three heartbeats is ended. */
  sessionSilenceMs: 30_000,
  /** Node status lags up to 40 s (kubernetes-facts: lists every 30 s, reports every 10 s); twice that and a bit. */
  statusLagMs: 90_000,
} as const;

/** Bounds on what travels. */
export const bounds = {
  /** One message of an agent, serialised; also the size of an inventory chunk. */
  maxAgentMessageBytes: 64 * 1024,
  /** Kubelet's or API server's words in a LeaseUpdate. */
  maxMessageLength: 1_024,
  /** An image reference; no registry serves longer ones. A session that names one is ended. */
  maxReferenceLength: 512,
  /** A bearer token: those of service accounts have 1 to 2 KiB, and all headers of a call 16. */
  maxTokenBytes: 8 * 1024,
  /** A digest; sha-512 takes 135. */
  maxDigestLength: 256,
  /** Entries of one node's inventory; a node with more is refused. */
  maxInventoryEntries: 20_000,
  /** Pulls without a pod in Hello; a node pulls a handful at once. */
  maxUnseenPulls: 16,
  /** Failed pulls in Hello, which must fit into one message with the others. */
  maxFailedPulls: 48,
} as const;
