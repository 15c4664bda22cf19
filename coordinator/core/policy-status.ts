// The status of a PullPolicy: what its limits hold, what waits, and what holds the next pull back.

import type { Instant } from '../../shared/clock.ts';
import type { PullPolicyStatus } from './events.ts';
import type { Wait } from './gate.ts';
import { findImageWait } from './pacing.ts';
import { policyLimitName } from './policy-limits.ts';
import type { PolicyState } from './policy-state.ts';
import { type Said, toCondition } from './status.ts';
import type { Outlook } from './waits.ts';

export function describePolicyStatus(
  policy: PolicyState,
  outlook: Outlook,
  now: Instant,
): PullPolicyStatus {
  const images = [...outlook.demand.images.values()].filter((image) =>
    image.policies.includes(policy),
  );
  let waitingPairs = 0;
  let binding: Wait | undefined;
  for (const image of images) {
    const waiting = image.missing.size - image.livePairs();
    waitingPairs += waiting;
    if (waiting > 0) binding ??= findImageWait(image, outlook, now);
  }
  policy.conditions = [toCondition('Ready', judge(policy), policy.conditions, now)];
  return {
    observedGeneration: policy.generation,
    images: images.length,
    liveLeases: outlook.use.inUse({ name: policyLimitName(policy.name, 'policy') }, policy.name),
    waitingPairs,
    bindingLimit: binding?.by ?? '',
    bindingReason: binding?.reason ?? '',
    conditions: policy.conditions,
  };
}

function judge({ parsed }: PolicyState): Said {
  if (parsed.kind === 'valid') return { status: 'True', reason: '', message: 'The limits hold' };
  const message = `${parsed.message}; until it is corrected the defaults of a PullPolicy hold`;
  return { status: 'False', reason: 'InvalidSpec', message };
}
