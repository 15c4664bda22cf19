// The owner of all of the coordinator's state. It takes one event at a time and answers with effects; it never waits,
// never looks at a clock and never draws a number itself, so that the same events give the same effects.

import type { Instant } from '../../shared/clock.ts';
import { timing } from '../../shared/protocol.ts';
import { AgentMemory } from './agent-memory.ts';
import { Announcer, findPause } from './announcer.ts';
import { refreshAvailability } from './availability.ts';
import { Cluster } from './cluster.ts';
import { EpochClaims } from './epoch-claims.ts';
import type { CachedImageStatus, Effect, Event, PullPolicyStatus } from './events.ts';
import { Inquiry } from './inquiry.ts';
import { LeaseLife } from './lease-life.ts';
import { Leases } from './leases.ts';
import { Pacer } from './pacer.ts';
import { Pairs } from './pairs.ts';
import { PodEvents } from './pod-events.ts';
import { describePolicyStatus } from './policy-status.ts';
import { Regulation } from './regulation.ts';
import { Revocations } from './revocations.ts';
import { Sessions } from './sessions.ts';
import { showImage, showLease, showNode } from './show.ts';
import { type CoreSettings, type Due, State } from './state.ts';
import { describeStatus } from './status.ts';
import { Suspects } from './suspects.ts';
import { UnseenPulls } from './unseen-pulls.ts';
import type { BreakerView, ImageView, LeaseView, LimitView, NodeView } from './views.ts';

/** Statuses wait at most this long for agents to tell their inventories after a start. */
const inventoryPatienceMs = 60_000;

export class Core {
  readonly inquiry: Inquiry;
  readonly #state: State;
  readonly #leases: Leases;
  readonly #podEvents: PodEvents;
  readonly #revocations: Revocations;
  readonly #unseen: UnseenPulls;
  readonly #suspects: Suspects;
  readonly #sessions: Sessions;
  readonly #cluster: Cluster;
  readonly #regulation: Regulation;
  readonly #pacer: Pacer;
  readonly #announcer: Announcer;
  readonly #claims: EpochClaims;
  /** Of the newest event. */
  #now: Instant;

  constructor(settings: CoreSettings) {
    this.#state = new State(settings);
    this.#claims = new EpochClaims(this.#state);
    const state = this.#state;
    this.inquiry = new Inquiry(state);
    this.#now = settings.startedAt;
    this.#regulation = new Regulation(state);
    const pairs = new Pairs(state);
    const life = new LeaseLife(state, pairs);
    this.#suspects = new Suspects(state, life, pairs);
    this.#podEvents = new PodEvents(state, life, pairs);
    const podEvents = this.#podEvents;
    this.#revocations = new Revocations(state, life, podEvents);
    this.#unseen = new UnseenPulls(state, life);
    const revocations = this.#revocations;
    const unseen = this.#unseen;
    this.#leases = new Leases({ state, pairs, life, revocations, unseen, podEvents });
    const leases = this.#leases;
    const memory = new AgentMemory(pairs, unseen);
    const parts = { state, leases, revocations, suspects: this.#suspects, unseen, memory };
    this.#cluster = new Cluster(parts);
    this.#sessions = new Sessions({ state, leases, unseen, memory });
    this.#pacer = new Pacer(state, leases);
    this.#announcer = new Announcer(state);
    const { monotonicMs } = settings.startedAt;
    // Offers of the former reign may still become pods until then.
    state.deadlines.add(monotonicMs + timing.offerTtlMs + timing.maxClockSkewMs, {
      kind: 'offersAllowed',
    });
    state.deadlines.add(monotonicMs + inventoryPatienceMs, { kind: 'statusesAllowed' });
  }

  get epoch(): number {
    return this.#state.settings.epoch;
  }

  /** Takes one event and says what to do about it, in order. */
  apply(event: Event, now: Instant): readonly Effect[] {
    this.#now = now;
    this.#dispatch(event, now);
    const { deadlines } = this.#state;
    const pop = () => deadlines.pop(now.monotonicMs);
    for (let due = pop(); due !== undefined; due = pop()) this.#comeBack(due, now);
    this.#regulation.settle(now);
    this.#suspects.settle(now);
    this.#cluster.begin(now);
    if (this.#cluster.isBegun) {
      this.#pacer.offer(now);
      this.#announcer.announce();
    }
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
    for (const image of this.#state.demand.images.values()) {
      if (image.wishes.size > 0) yield showImage(image, this.#state, this.#now);
    }
  }

  limits(): readonly LimitView[] {
    const { demand, use } = this.#state;
    const { nodes, zones } = demand.targetCounts;
    return use.views({ cluster: nodes, image: nodes, zones });
  }

  /** Circuit breakers that are not closed. */
  breakers(): Iterable<BreakerView> {
    return this.#state.breakers.views(this.#now);
  }

  /** What the status of this CachedImage should be now; undefined when it does not exist (any more). */
  status(name: string, now: Instant): CachedImageStatus | undefined {
    const wish = this.#state.demand.wishes.get(name);
    return wish === undefined ? undefined : describeStatus(wish, now, findPause(this.#state, wish));
  }

  /** As `status`, of a PullPolicy. */
  policyStatus(name: string, now: Instant): PullPolicyStatus | undefined {
    const policy = this.#state.demand.policies.get(name);
    return policy === undefined ? undefined : describePolicyStatus(policy, this.#state, now);
  }

  #dispatch(event: Event, now: Instant): void {
    switch (event.kind) {
      case 'nodesListed':
        this.#cluster.nodesListed(event.nodes, now);
        this.#claims.weigh(now);
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
      case 'policiesListed':
        this.#regulation.policiesListed(event.policies);
        break;
      case 'policySeen':
        this.#regulation.policySeen(event.policy);
        break;
      case 'policyGone':
        this.#regulation.policyGone(event.name);
        break;
      case 'limitsConfigured':
        this.#regulation.limitsConfigured(event.limits);
        break;
      case 'pausesChanged':
        this.#state.setPauses(event.pauses);
        break;
      case 'leaseRevoked':
        this.#revocations.takeBack(event.leaseId, event.message, now);
        break;
      case 'podLookedUp':
        this.#leases.podLookedUp(event.leaseId, event.pod, now);
        break;
      case 'podEventsRead':
        this.#podEvents.read(event.leaseId, event.events);
        break;
      case 'tenureRenewed':
        this.#state.tenureUntilMs = event.untilMs;
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
        this.#claims.hear(event.hello.newestEpoch, now);
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

  #comeBack(due: Due, now: Instant): void {
    switch (due.kind) {
      case 'offersAllowed':
        this.#state.areOffersAllowed = true;
        break;
      case 'statusesAllowed':
        this.#announcer.allow();
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
      case 'pullLingering':
        this.#revocations.pullLingering(due.lease, now);
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
      case 'claimsGathered':
        this.#claims.gathered();
        break;
      case 'pacingDue':
        this.#pacer.due();
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
}
