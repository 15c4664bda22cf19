// Explanations, limits and pauses as the CLI prints them: the counterpart of wire.ts for what explains.

import type { ExplainResponse } from '../shared/gen/forehold/v1/ExplainResponse.ts';
import type { Explanation } from '../shared/gen/forehold/v1/Explanation.ts';
import type { LimitScopeUse } from '../shared/gen/forehold/v1/LimitScopeUse.ts';
import type { Pause } from '../shared/gen/forehold/v1/Pause.ts';
import { toPhase, toReasonWord, toTime } from './wire.ts';

export interface HolderRecord {
  readonly lease: string;
  readonly phase: string;
  readonly pod: string;
  readonly node: string;
  readonly image: string;
}

export interface LimitRecord {
  readonly limit: string;
  readonly per: string;
  /** Empty for the cluster. */
  readonly scope: string;
  readonly inUse: number;
  readonly slots: number;
  readonly waiting: number;
  readonly heldBack: number;
}

export interface ExplanationRecord {
  readonly image: string;
  readonly pullSecrets: readonly string[];
  readonly node: string;
  readonly nodeUid: string;
  readonly reason: string;
  readonly message: string;
  readonly since: string | null;
  readonly nextAction: string;
  readonly nextAt: string | null;
  readonly limit: Omit<LimitRecord, 'waiting' | 'heldBack'> | null;
  readonly holders: readonly HolderRecord[];
  readonly attempts: number;
  readonly lastFailure: string;
}

export interface ExplainRecord {
  readonly image: string;
  /** Nodes by reason; empty when one node was asked about. */
  readonly counts: readonly { readonly reason: string; readonly nodes: number }[];
  readonly explanations: readonly ExplanationRecord[];
}

export interface PauseRecord {
  /** all, policy or image. */
  readonly scope: string;
  readonly name: string;
  readonly why: string;
  readonly by: string;
  readonly authenticatedAs: string;
  readonly since: string | null;
}

export function toExplainRecord(response: ExplainResponse): ExplainRecord {
  return {
    image: response.image,
    counts: response.counts.map(({ reason, nodes }) => ({ reason: toReasonWord(reason), nodes })),
    explanations: response.explanations.map(toExplanationRecord),
  };
}

export function toExplanationRecord(wire: Explanation): ExplanationRecord {
  return {
    image: wire.image,
    pullSecrets: wire.pullSecrets,
    node: wire.nodeName,
    nodeUid: wire.nodeUid,
    reason: toReasonWord(wire.reason),
    message: wire.message,
    since: toTime(wire.since),
    nextAction: wire.nextAction,
    nextAt: toTime(wire.nextAt),
    limit: wire.limit === null ? null : toLimitUse(wire.limit),
    holders: wire.holders.map(({ leaseId, phase, podName, nodeName, image }) => ({
      lease: leaseId,
      phase: toPhase(phase),
      pod: podName,
      node: nodeName,
      image,
    })),
    attempts: wire.attempts,
    lastFailure: toReasonWord(wire.lastFailure),
  };
}

export function toLimitRecord(wire: LimitScopeUse): LimitRecord {
  return { ...toLimitUse(wire), waiting: wire.waiting, heldBack: wire.heldBack };
}

export function toPauseRecord(wire: Pause): PauseRecord {
  const { name, why, by, authenticatedAs } = wire;
  const scope = String(wire.scope)
    .replace(/^PAUSE_SCOPE_/, '')
    .toLowerCase();
  return { scope, name, why, by, authenticatedAs, since: toTime(wire.since) };
}

function toLimitUse({ limit, per, scope, inUse, slots }: LimitScopeUse) {
  return { limit, per, scope, inUse, slots };
}
