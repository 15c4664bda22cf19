// What the core shows of itself: plain values for the inspector, metrics and logs. Nothing here can change it.

import type { Instant } from '../../shared/clock.ts';
import type { Outcome } from '../../shared/protocol.ts';
import type { Reason } from '../../shared/reason.ts';
import type { LimitScope } from './limits.ts';
import type { Pause } from './pauses.ts';

export type LeasePhase = 'Offered' | 'Held' | 'Revoking' | 'Suspect' | 'Ended' | 'Lapsed' | 'Lost';

/** Those that count against limits. */
export const livePhases: readonly LeasePhase[] = ['Offered', 'Held', 'Revoking', 'Suspect'];

export interface LeaseView {
  readonly id: string;
  readonly epoch: number;
  readonly phase: LeasePhase;
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly image: string;
  readonly pullSecrets: readonly string[];
  /** Names of the CachedImages that want the pair now. */
  readonly cachedImages: readonly string[];
  readonly podName: string;
  readonly podUid: string | undefined;
  readonly limits: readonly string[];
  /** Wall times; undefined when it has not happened. */
  readonly offeredAtMs: number;
  readonly notAfterMs: number;
  readonly heldAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly outcome: Outcome | undefined;
  readonly reason: Reason;
  readonly message: string;
  readonly digest: string | undefined;
}

export interface NodeView {
  readonly name: string;
  readonly uid: string;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly ready: boolean;
  readonly cordoned: boolean;
  /** A session is open and its inventory complete. */
  readonly connected: boolean;
  readonly sessionId: string | undefined;
  readonly lastHeartbeatAtMs: number | undefined;
  readonly inventoryEntries: number;
  readonly imagesDesired: number;
  readonly imagesCached: number;
  readonly liveLeases: number;
  readonly warm: boolean;
  readonly kubeletVersion: string;
  readonly containerRuntimeVersion: string;
}

export interface ImageView {
  readonly image: string;
  readonly pullSecrets: readonly string[];
  readonly cachedImages: readonly string[];
  readonly priority: number;
  readonly nodesTargeted: number;
  readonly nodesReady: number;
  readonly nodesPulling: number;
  readonly nodesFailed: number;
  /** It failed as a whole: nobody tries it until its backoff is over. */
  readonly resting: boolean;
  readonly bindingLimit: string;
  /** Undefined while no pull of it has ended. */
  readonly meanPullMs: number | undefined;
}

/** A circuit breaker that is not closed. */
export interface BreakerView {
  readonly axis: 'image' | 'registry' | 'node';
  /** Key of the desired image, registry, or node uid. */
  readonly key: string;
  readonly state: 'closed' | 'open' | 'halfOpen';
  /** Openings in a row. */
  readonly openings: number;
  /** End of the newest opening, in wall time. */
  readonly untilAtMs: number;
}

/** Use of one limit for one of the things that it is counted per. */
export interface LimitScopeView {
  readonly limit: string;
  readonly per: LimitScope;
  /** Empty for the cluster, else which image, registry, zone or node (by name). */
  readonly scope: string;
  readonly inUse: number;
  readonly slots: number;
  /** Pairs without the image and without a live lease that it would count. */
  readonly waiting: number;
  /** Those of them that it holds back, and nothing else before it. */
  readonly heldBack: number;
}

/** A live lease, for those who wait for it. */
export interface HolderView {
  readonly leaseId: string;
  readonly phase: LeasePhase;
  readonly podName: string;
  readonly nodeName: string;
  readonly image: string;
}

/** Where one image stands on one node, and why (inspector.proto: Explanation). */
export interface ExplanationView {
  readonly image: string;
  readonly pullSecrets: readonly string[];
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly reason: Reason;
  readonly message: string;
  /** Wall times; undefined when not known, or when it waits for something else than time. */
  readonly sinceMs: number | undefined;
  readonly nextAction: string;
  readonly nextAtMs: number | undefined;
  /** Undefined when no limit binds; waiting and heldBack are not counted here. */
  readonly limit: Omit<LimitScopeView, 'waiting' | 'heldBack'> | undefined;
  /** Oldest first, at most 20. */
  readonly holders: readonly HolderView[];
  readonly attempts: number;
  readonly lastFailure: Reason;
}

export interface ImageExplanation {
  /** At most 20 nodes without the image, those that need attention first. */
  readonly worst: readonly ExplanationView[];
  readonly counts: ReadonlyMap<Reason, number>;
}

/** What people ask beyond lists; answered from the state at that moment. */
export interface Inquiries {
  node(name: string): NodeView | undefined;
  /** False when no CachedImage wants it. */
  isDesired(image: string): boolean;
  /** One for each credential set with which the image is desired; empty when either is not known. */
  explainPair(image: string, nodeName: string, now: Instant): readonly ExplanationView[];
  /** Where the node stands with every image that targets it, by image. */
  explainNode(nodeName: string, now: Instant): readonly ExplanationView[];
  explainImage(image: string, now: Instant): ImageExplanation;
  limits(now: Instant): readonly LimitScopeView[];
  pauses(): readonly Pause[];
}

/** Use of one limit, summed over what it is counted per. */
export interface LimitView {
  readonly name: string;
  /** Slots of one scope now. */
  readonly slots: number;
  /** Live leases counted in the fullest scope. */
  readonly inUse: number;
}
