// One PullPolicy as the core follows it: what it says, and the limits that it stands for.

import type { Condition } from '../../shared/kube-types.ts';
import type { PullPolicyObject } from './events.ts';
import type { Limit } from './limits.ts';
import { formatSelector } from './node-class.ts';
import { defaultPolicy, type ParsedPolicy, type Policy, parsePolicy } from './policy.ts';
import { compilePolicy } from './policy-limits.ts';
import type { PolicyScope } from './subject.ts';

export class PolicyState implements PolicyScope {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly parsed: ParsedPolicy;
  /** What holds: of a spec that cannot be understood, the defaults. */
  readonly policy: Policy;
  readonly limits: readonly Limit[];
  readonly selector: string | undefined;
  /** Last said conditions: a condition keeps its transition time while its status stays. */
  conditions: readonly Condition[];

  constructor({ metadata, spec, status }: PullPolicyObject) {
    this.name = metadata.name;
    this.uid = metadata.uid ?? '';
    this.generation = metadata.generation ?? 0;
    this.parsed = parsePolicy(spec);
    this.policy = this.parsed.kind === 'valid' ? this.parsed.policy : defaultPolicy();
    this.limits = compilePolicy(this.name, this.policy);
    const { nodeSelector } = this.policy;
    this.selector = nodeSelector === undefined ? undefined : formatSelector(nodeSelector);
    this.conditions = status?.conditions ?? [];
  }
}
