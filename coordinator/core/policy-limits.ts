// The limits that a PullPolicy stands for. They are limits as any other, counted and enforced in the same place.

import type { Limit, LimitMatch } from './limits.ts';
import type { Policy } from './policy.ts';

/** What the limits of a policy are called: `policy/NAME/SCOPE`. */
export function policyLimitName(policyName: string, per: 'image' | 'policy' | 'node'): string {
  return `policy/${policyName}/${per}`;
}

/** One limit per scope, always all three, so that each shows what it counts. */
export function compilePolicy(policyName: string, policy: Policy): readonly Limit[] {
  const { maxConcurrentPulls, maxPullsPerMinute, nodeSelector } = policy;
  const match: LimitMatch = {
    policy: policyName,
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
  };
  return [
    {
      name: policyLimitName(policyName, 'image'),
      per: 'image',
      slots: policy.maxConcurrentNodes,
      ...(policy.minDelayMs === 0 ? {} : { minDelayMs: policy.minDelayMs }),
      match,
    },
    {
      name: policyLimitName(policyName, 'policy'),
      per: 'policy',
      ...(maxConcurrentPulls === undefined
        ? {}
        : { slots: { count: maxConcurrentPulls, percent: 0 } }),
      ...(maxPullsPerMinute === undefined ? {} : { startsPerMinute: maxPullsPerMinute }),
      match,
    },
    {
      name: policyLimitName(policyName, 'node'),
      per: 'node',
      slots: { count: policy.maxConcurrentPullsPerNode, percent: 0 },
      match,
    },
  ];
}
