// The owner of all of the coordinator's state. It takes one event at a time and answers with effects; it never waits,
// never looks at a clock and never draws a number itself, so that the same events give the same effects.

import type { Instant } from '../../shared/clock.ts';
import { timing } from '../../shared/protocol.ts';
import { refreshAvailability } from './availability.ts';
import { Cluster } from './cluster.ts';
import { weighEpochClaims } from './epoch-claims.ts';
import type { CachedImageStatus, Effect, Event } from './events.ts';
import { Inquiry } from './inquiry.ts';
import { LeaseLife } from './lease-life.ts';
import { Leases } from './leases.ts';
import { LimitUse } from './limit-use.ts';
import { type Limit, mergeLimits } from './limits.ts';
import { decideOffer } from './pacing.ts';
import { Pairs } from './pairs.ts';
import { describePause } from './pauses.ts';
import { Revocations } from './revocations.ts';
import { Sessions } from './sessions.ts';
import { showImage, showLease, showNode } from './show.ts';
import { type CoreSettings, type Due, State } from './state.ts';
import { describeStatus, summariseStatus } from './status.ts';
import { Suspects } from './suspects.ts';
import { UnseenPulls } from './unseen-pulls.ts';
import type { ImageView, LeaseView, LimitView, NodeView } from './views.ts';
import type { WishState } from './wish-state.ts';

/** Statuses wait at most this long for agents to tell their inventories after a start. */
const inventoryPatienceMs = 60_000;

export class Core {
  readonly inquiry: Inquiry;
  readonly #state: State;
  readonly #leases: Leases;
  readonly #revocations: Revocations;
  readonly #unseen: UnseenPulls;
  readonly #sessions: Sessions;
  readonly #cluster: Cluster;
  /** The earliest `pacingDue` under way. */
  #pacingDueMs = Infinity;
  /** Monotonic; from then on nothing is offered. */
  #tenureUntilMs: number;
  /** Some agent has met a newer epoch than this one since claims were weighed. */
  #hasNewClaim = false;
  #isSurpassed = false;

  constructor(settings: CoreSettings) {
    this.#state = new State(settings);
    this.#tenureUntilMs = settings.tenureUntilMs ?? Infinity;
    const state = this.#state;
    this.inquiry = new Inquiry(state);
    const pairs = new Pairs(state);
    const life = new LeaseLife(state, pairs);
    const suspects = new Suspects(state, life);
    this.#revocations = new Revocations(state, life);
    this.#unseen = new UnseenPulls(state, life);
    const revocations = this.#revocations;
    const unseen = this.#unseen;
    this.#leases = new Leases({ state, pairs, life, revocations, unseen });
    const leases = this.#leases;
    this.#cluster = new Cluster({ state, leases, revocations, suspects, unseen });
    this.#sessions = new Sessions({ state, leases, unseen });
    const { deadlines } = this.#state;
    const { monotonicMs } = settings.startedAt;
    // Offers of the former reign may still become pods until then.
    deadlines.add(monotonicMs + timing.offerTtlMs + timing.maxClockSkewMs, {
      kind: 'offersAllowed',
    });
    deadlines.add(monotonicMs + inventoryPatienceMs, { kind: 'statusesAllowed' });
  }

  get epoch(): number {
    return this.#state.settings.epoch;
  }

  /** Takes one event and says what to do about it, in order. */
  apply(event: Event, now: Instant): readonly Effect[] {
    this.#dispatch(event, now);
    for (let due = this.#nextDue(now); due !== undefined; due = this.#nextDue(now)) {
      this.#comeBack(due, now);
    }
    this.#weighClaims();
    this.#offer(now);
    this.#announce();
    return this.#state.takeEffects();
  }

  /** When to send `ticked` at the latest, in monotonic milliseconds; undefined while nothing is due. */
  nextDeadlineMs(): number | undefined {
    return this.#state.deadlines.nextMs();
  }

  /** Live leases and the last 1,000 ended ones. */
  *leases(): Generator<LeaseView> {
    for (const lease of this.#state.leases.all()) yield showLease(lease, this.#state.demand);
  }

  lease(id: string): LeaseView | undefined {
    const lease = this.#state.leases.find(id);
    return lease === undefined ? undefined : showLease(lease, this.#state.demand);
  }

  *nodes(): Generator<NodeView> {
    for (const node of this.#state.demand.nodes.values()) {
      const view = showNode(node);
      if (view !== undefined) yield view;
    }
  }

  *images(): Generator<ImageView> {
    const { demand, use } = this.#state;
    for (const image of demand.images.values()) {
      if (image.wishes.size > 0) yield showImage(image, demand, use);
    }
  }

  limits(): readonly LimitView[] {
    const { demand, use } = this.#state;
    return use.views({ cluster: demand.targetNodes, image: demand.targetNodes });
  }

  /** What the status of this CachedImage should be now; undefined when it does not exist (any more). */
  status(name: string, now: Instant): CachedImageStatus | undefined {
    const wish = this.#state.demand.wishes.get(name);
    return wish === undefined ? undefined : describeStatus(wish, now, this.#pauseOf(wish));
  }

  #pauseOf({ desired }: WishState): string | undefined {
    const pause = desired === undefined ? undefined : this.#state.pauses.find(desired);
    return pause === undefined ? undefined : describePause(pause);
  }

  #dispatch(event: Event, now: Instant): void {
    switch (event.kind) {
      case 'nodesListed':
        this.#cluster.nodesListed(event.nodes, now);
        break;
      case 'nodeSeen':
        this.#cluster.nodeSeen(event.node, now);
        break;
      case 'nodeGone':
        this.#cluster.nodeGone(event.uid, now);
        break;
      case 'podsListed':
        this.#cluster.podsListed(event.pods, now);
        break;
      case 'podSeen':
        this.#cluster.podSeen(event.pod, now);
        break;
      case 'podGone':
        this.#cluster.podGone(event.pod, now);
        break;
      case 'imagesListed':
        this.#cluster.imagesListed(event.images, now);
        break;
      case 'imageSeen':
        this.#cluster.imageSeen(event.image, now);
        break;
      case 'imageGone':
        this.#cluster.imageGone(event.name, now);
        break;
      case 'limitsConfigured':
        this.#configureLimits(event.limits, now);
        break;
      case 'pausesChanged':
        this.#state.pauses.set(event.pauses);
        for (const wish of this.#state.demand.wishes.values())
          this.#state.demand.changedWishes.add(wish);
        break;
      case 'leaseRevoked':
        this.#takeBack(event.leaseId, event.message, now);
        break;
      case 'podLookedUp':
        this.#leases.podLookedUp(event.leaseId, event.pod, now);
        break;
      case 'tenureRenewed':
        this.#tenureUntilMs = event.untilMs;
        break;
      case 'ticked':
        break;
      default:
        this.#dispatchSession(event, now);
    }
  }

  #dispatchSession(event: Extract<Event, { sessionId: string }>, now: Instant): void {
    switch (event.kind) {
      case 'helloReceived':
        this.#sessions.helloReceived(event.sessionId, event.hello, now);
        if (event.hello.newestEpoch > this.#state.settings.epoch) this.#hasNewClaim = true;
        break;
      case 'inventoryReceived':
        this.#sessions.inventoryReceived(event.sessionId, event.entries, now);
        break;
      case 'inventoryChanged':
        this.#sessions.inventoryChanged(event.sessionId, event, now);
        break;
      case 'inventoryInvalidated':
        this.#sessions.inventoryInvalidated(event.sessionId, now);
        break;
      case 'heartbeatReceived':
        this.#sessions.heartbeatReceived(event.sessionId, event.sequence, now);
        break;
      case 'leaseUpdateReceived':
        this.#sessions.leaseUpdateReceived(event.sessionId, event.update, now);
        break;
      case 'sessionEnded':
        this.#sessions.sessionEnded(event.sessionId, now);
        break;
      default:
        event satisfies never;
    }
  }

  #configureLimits(limits: readonly Limit[], now: Instant): void {
    this.#state.use = new LimitUse(mergeLimits(limits));
    for (const lease of this.#state.leases.live()) this.#state.use.add(lease.subject);
    for (const node of this.#state.demand.nodes.values()) {
      refreshAvailability(this.#state, node, now);
    }
  }

  #takeBack(leaseId: string, message: string, now: Instant): void {
    const lease = this.#state.leases.find(leaseId);
    if (lease !== undefined) this.#revocations.takeBack(lease, message, now);
  }

  #nextDue(now: Instant): Due | undefined {
    return this.#state.deadlines.pop(now.monotonicMs);
  }

  #comeBack(due: Due, now: Instant): void {
    switch (due.kind) {
      case 'offersAllowed':
        this.#state.areOffersAllowed = true;
        break;
      case 'statusesAllowed':
        this.#allowStatuses();
        break;
      case 'heartbeatStale':
        refreshAvailability(this.#state, due.node, now);
        break;
      case 'offerLapsing':
        this.#leases.offerLapsing(due.lease);
        break;
      case 'pullOverdue':
        this.#revocations.pullOverdue(due.lease, now);
        break;
      case 'deletionOverdue':
        this.#revocations.deletionOverdue(due.lease);
        break;
      case 'unseenOverdue':
        this.#unseen.overdue(due.lease, now);
        break;
      case 'podAbandoned':
        this.#leases.podAbandoned(due.podName, due.podUid);
        break;
      case 'backoffOver':
        this.#endBackoff(due, now);
        break;
      case 'nodeSuspect':
        this.#cluster.suspect(due.node, now);
        break;
      case 'pacingDue':
        this.#pacingDueMs = Infinity;
        break;
      default:
        due satisfies never;
    }
  }

  #endBackoff({ image, node }: Extract<Due, { kind: 'backoffOver' }>, now: Instant): void {
    const pair = image.pairs.get(node);
    if (pair === undefined || now.monotonicMs < pair.nextAttemptMs) return;
    pair.isBackingOff = false;
    this.#state.demand.refreshPair(image, node);
    image.tidy(node);
  }

  #weighClaims(): void {
    if (!this.#hasNewClaim || this.#isSurpassed || !this.#state.listed.nodes) return;
    this.#hasNewClaim = false;
    const epoch = weighEpochClaims(this.#state.settings.epoch, this.#state.demand.nodes.values());
    if (epoch === undefined) return;
    this.#isSurpassed = true;
    this.#state.emit({ kind: 'epochSurpassed', epoch });
  }

  #offer(now: Instant): void {
    if (!this.#state.mayOffer || now.monotonicMs >= this.#tenureUntilMs) return;
    for (;;) {
      const decision = decideOffer(this.#state, now);
      if (decision.kind === 'wait') {
        this.#comeBackAt(decision.retryAtMs);
        return;
      }
      this.#leases.offer(decision.image, decision.node, now);
    }
  }

  /** Asks pacing again at that time; one deadline is enough for all that wait. */
  #comeBackAt(retryAtMs: number | undefined): void {
    if (retryAtMs === undefined || retryAtMs >= this.#pacingDueMs) return;
    this.#pacingDueMs = retryAtMs;
    this.#state.deadlines.add(retryAtMs, { kind: 'pacingDue' });
  }

  /** Says which statuses changed, once agents had the time to tell what is there. */
  #announce(): void {
    const { demand } = this.#state;
    if (!this.#state.areStatusesAllowed && this.#cluster.isBegun && this.#areInventoriesIn()) {
      this.#allowStatuses();
    }
    if (!this.#state.areStatusesAllowed) return;
    for (const wish of demand.changedWishes) {
      const summary = summariseStatus(wish, this.#pauseOf(wish));
      const transition = summary !== wish.announced;
      wish.announced = summary;
      this.#state.emit({ kind: 'statusChanged', name: wish.name, transition });
    }
    demand.changedWishes.clear();
  }

  #allowStatuses(): void {
    this.#state.areStatusesAllowed = true;
    for (const wish of this.#state.demand.wishes.values())
      this.#state.demand.changedWishes.add(wish);
  }

  #areInventoriesIn(): boolean {
    for (const node of this.#state.demand.nodes.values()) {
      if (node.record?.ready && node.targetOf.size > 0 && !node.isInventoryComplete) return false;
    }
    return true;
  }
}
