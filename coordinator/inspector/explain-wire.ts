// Explanations, limits and pauses as the inspector's messages, and the scope of a pause back.

import type { ExplanationInput } from '../../shared/gen/forehold/v1/Explanation.ts';
import type { LimitScopeUseInput } from '../../shared/gen/forehold/v1/LimitScopeUse.ts';
import type { PauseInput } from '../../shared/gen/forehold/v1/Pause.ts';
import type { PauseScope as WireScope } from '../../shared/gen/forehold/v1/PauseScope.ts';
import { fromReason } from '../../shared/reason.ts';
import { toOptionalTimestamp, toTimestamp } from '../../shared/wire-time.ts';
import type { Pause, PauseScope } from '../core/pauses.ts';
import type { ExplanationView, LimitScopeView } from '../core/views.ts';
import { phases } from './wire.ts';

const scopes = {
  all: 'PAUSE_SCOPE_ALL',
  policy: 'PAUSE_SCOPE_POLICY',
  image: 'PAUSE_SCOPE_IMAGE',
} as const satisfies Record<PauseScope, WireScope>;

export function toExplanation(view: ExplanationView): ExplanationInput {
  const { limit } = view;
  return {
    image: view.image,
    pullSecrets: [...view.pullSecrets],
    nodeName: view.nodeName,
    nodeUid: view.nodeUid,
    reason: fromReason(view.reason),
    message: view.message,
    since: toOptionalTimestamp(view.sinceMs),
    nextAction: view.nextAction,
    nextAt: toOptionalTimestamp(view.nextAtMs),
    limit: limit === undefined ? null : toLimitScopeUse({ ...limit, waiting: 0, heldBack: 0 }),
    holders: view.holders.map(({ phase, ...holder }) => ({ ...holder, phase: phases[phase] })),
    attempts: view.attempts,
    lastFailure: fromReason(view.lastFailure),
  };
}

export function toLimitScopeUse(view: LimitScopeView): LimitScopeUseInput {
  return { ...view };
}

export function toPause({ sinceMs, scope, ...pause }: Pause): PauseInput {
  return { ...pause, scope: scopes[scope], since: toTimestamp(sinceMs) };
}

/** Undefined when unspecified or not known here. */
export function fromPauseScope(wire: WireScope): PauseScope | undefined {
  if (wire === 'PAUSE_SCOPE_ALL') return 'all';
  if (wire === 'PAUSE_SCOPE_POLICY') return 'policy';
  return wire === 'PAUSE_SCOPE_IMAGE' ? 'image' : undefined;
}
