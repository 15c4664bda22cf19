// What the core shows of itself: plain values for the inspector, metrics and logs. Nothing here can change it.

import type { Outcome } from '../../shared/protocol.ts';
import type { Reason } from '../../shared/reason.ts';

export type LeasePhase = 'Offered' | 'Held' | 'Revoking' | 'Suspect' | 'Ended' | 'Lapsed' | 'Lost';

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
  readonly bindingLimit: string;
  /** Undefined while no pull of it has ended. */
  readonly meanPullMs: number | undefined;
}

/** Use of one limit, summed over what it is counted per. */
export interface LimitView {
  readonly name: string;
  /** Slots of one scope now. */
  readonly slots: number;
  /** Live leases counted in the fullest scope. */
  readonly inUse: number;
}
