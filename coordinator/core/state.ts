// What the parts of the core share. One object, made by Core and handed to each part; nobody else sees it.

import type { Instant } from '../../shared/clock.ts';
import { Breakers } from './breakers.ts';
import { Deadlines } from './deadlines.ts';
import { Demand } from './demand.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Effect, PullPodRecord } from './events.ts';
import type { Gate } from './gate.ts';
import { type Lease, LeaseTable } from './lease-table.ts';
import { LimitUse } from './limit-use.ts';
import { builtInLimits } from './limits.ts';
import type { NodeState } from './node-state.ts';
import { type Pause, Pauses } from './pauses.ts';

export interface CoreSettings {
  /** This reign's number, already written to the API server. */
  readonly epoch: number;
  /** There was no epoch before this one: if there is no pull pod either, offers need not wait. */
  readonly firstEpoch: boolean;
  /** When the epoch was written. */
  readonly startedAt: Instant;
  /** Monotonic; nothing is offered from then on, until `tenureRenewed` says otherwise. For ever unless given. */
  readonly tenureUntilMs?: number;
  /** Uniform in [0, 1); for the jitter of backoffs. */
  readonly random: () => number;
  /** The events of pull pods may be read; not unless said otherwise. */
  readonly readsEvents?: boolean;
  /** What was paused before this reign; nothing unless said otherwise. */
  readonly pauses?: readonly Pause[];
}

/** What may be due; each is looked at again when it is, because it may have become meaningless. */
export type Due =
  | { readonly kind: 'offersAllowed' }
  | { readonly kind: 'statusesAllowed' }
  | { readonly kind: 'heartbeatStale'; readonly node: NodeState; readonly sequence: number }
  | { readonly kind: 'offerLapsing'; readonly lease: Lease }
  | { readonly kind: 'pullOverdue'; readonly lease: Lease }
  | { readonly kind: 'deletionOverdue'; readonly lease: Lease }
  | { readonly kind: 'unseenOverdue'; readonly lease: Lease }
  | { readonly kind: 'pullLingering'; readonly lease: Lease }
  | { readonly kind: 'backoffOver'; readonly image: DesiredImage; readonly node: NodeState }
  /** Something that held pairs back may let one through now. */
  | { readonly kind: 'pacingDue' }
  /** Enough agents had met a newer epoch; most of the others have spoken since. */
  | { readonly kind: 'claimsGathered' }
  | { readonly kind: 'nodeSuspect'; readonly node: NodeState }
  | { readonly kind: 'podAbandoned'; readonly podName: string; readonly podUid: string };

export class State {
  readonly settings: CoreSettings;
  readonly demand = new Demand();
  readonly leases = new LeaseTable();
  readonly deadlines = new Deadlines<Due>();
  /** Nodes by the id of their session. */
  readonly sessions = new Map<string, NodeState>();
  readonly pauses = new Pauses();
  readonly breakers: Breakers;
  /** Every pull pod there is, by name. */
  readonly pods = new Map<string, PullPodRecord>();
  readonly use: LimitUse;
  /** What else can hold a pair back; asked in this order. */
  readonly gates: Gate[] = [];
  /** Complete lists that have come; offers need all of them. */
  readonly listed = { nodes: false, pods: false, images: false, policies: false };
  /** Policies whose status may have changed since the core looked last, and whether it has to be written at once. */
  readonly changedPolicies = new Map<string, boolean>();
  /** There are new suspects or other limits: suspects may occupy more than their share. */
  areSuspectsToCount = false;
  areOffersAllowed = false;
  /** Monotonic; from then on nothing is offered, because another coordinator may lead. */
  tenureUntilMs: number;
  /** False at first: agents need time to tell their inventories before a status may say that something is missing. */
  areStatusesAllowed = false;
  #effects: Effect[] = [];

  constructor(settings: CoreSettings) {
    this.settings = settings;
    this.tenureUntilMs = settings.tenureUntilMs ?? Infinity;
    this.pauses.set(settings.pauses ?? []);
    this.breakers = new Breakers(settings.random);
    this.gates.push(this.pauses, this.breakers);
    // A former reign may have let pulls start until the epoch was written.
    this.use = new LimitUse(builtInLimits, settings.startedAt.monotonicMs);
  }

  get isListed(): boolean {
    const { nodes, pods, images, policies } = this.listed;
    return nodes && pods && images && policies;
  }

  /** Every status says whether its image is paused. */
  setPauses(pauses: readonly Pause[]): void {
    this.pauses.set(pauses);
    for (const wish of this.demand.wishes.values()) this.demand.changedWishes.add(wish);
  }

  /** Counts in the policy's status may have changed. */
  touchPolicy(name: string): void {
    if (!this.changedPolicies.has(name)) this.changedPolicies.set(name, false);
  }

  /** It leads, all lists are in, and no offer of a former reign can become a pod any more. */
  mayOffer({ monotonicMs }: Instant): boolean {
    return this.areOffersAllowed && this.isListed && monotonicMs < this.tenureUntilMs;
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  takeEffects(): readonly Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
