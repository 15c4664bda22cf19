// What limits are in force: the configuration's, and those that PullPolicies stand for. Every change acts at once, on what is
// live too: leases are counted anew where limits, policies or the labels of nodes have changed.

import type { Instant } from '../../shared/clock.ts';
import type { Pair } from '../../shared/pair.ts';
import { refreshAvailability } from './availability.ts';
import type { PullPolicyObject } from './events.ts';
import type { Lease } from './lease-table.ts';
import { type Limit, mergeLimits } from './limits.ts';
import { PolicyState } from './policy-state.ts';
import type { State } from './state.ts';
import { subjectOfPair } from './subject.ts';

export class Regulation {
  readonly #state: State;
  #configured: readonly Limit[] = [];
  #hasChanged = false;

  constructor(state: State) {
    this.#state = state;
  }

  limitsConfigured(limits: readonly Limit[]): void {
    this.#configured = limits;
    this.#hasChanged = true;
  }

  policiesListed(policies: readonly PullPolicyObject[]): void {
    const names = new Set(policies.map(({ metadata }) => metadata.name));
    for (const name of this.#state.demand.policies.keys())
      if (!names.has(name)) this.policyGone(name);
    for (const policy of policies) this.policySeen(policy);
    this.#state.listed.policies = true;
  }

  policySeen(object: PullPolicyObject): void {
    const { name, uid, generation } = object.metadata;
    const before = this.#state.demand.policies.get(name);
    // Our own writes of the status come back as well.
    if (before !== undefined && before.uid === uid && before.generation === generation) return;
    this.#state.demand.setPolicy(name, new PolicyState(object));
    this.#state.changedPolicies.set(name, true);
    this.#hasChanged = true;
  }

  policyGone(name: string): void {
    if (!this.#state.demand.policies.has(name)) return;
    this.#state.demand.setPolicy(name, undefined);
    this.#state.changedPolicies.delete(name);
    this.#hasChanged = true;
  }

  /** Brings everything in line with what changed in this event; to be called before anything is offered. */
  settle(now: Instant): void {
    if (this.#hasChanged) this.#reconfigure(now);
    this.#hasChanged = false;
    const { changedImages, changedNodes } = this.#state.demand;
    if (changedImages.size === 0 && changedNodes.size === 0) return;
    const images = new Set([...changedImages].map((image) => image.image));
    const nodes = new Set([...changedNodes].map((node) => node.uid));
    changedImages.clear();
    changedNodes.clear();
    const isAffected = (pair: Pair) => images.has(pair.image) || nodes.has(pair.nodeUid);
    for (const lease of this.#state.leases.live()) if (isAffected(lease)) this.#recount(lease);
    this.#state.use.review(isAffected, (pair) => subjectOfPair(pair, this.#state.demand));
  }

  #reconfigure(now: Instant): void {
    const { demand, use } = this.#state;
    const policies = [...demand.policies.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const limits = [
      ...mergeLimits(this.#configured),
      ...policies.flatMap((policy) => policy.limits),
    ];
    demand.setSelectors(
      limits.flatMap(({ match: { nodeSelector } }) =>
        nodeSelector === undefined ? [] : [nodeSelector],
      ),
    );
    use.configure(limits);
    this.#state.areSuspectsToCount = true;
    // How many slots a node has may have changed.
    for (const node of demand.nodes.values()) refreshAvailability(this.#state, node, now);
  }

  #recount(lease: Lease): void {
    lease.subject = subjectOfPair(lease, this.#state.demand);
    this.#state.use.recount(lease);
  }
}
