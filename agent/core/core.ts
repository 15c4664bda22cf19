// The owner of all of an agent's state: its node, its inventory, its pull pods, the offers under way and what this
// session's coordinator was told. `apply` takes one event and says what to do about it; the shell does it.

import type { Instant } from '../../shared/clock.ts';
import { inventoryHash } from '../../shared/inventory-hash.ts';
import { parsePair } from '../../shared/pair.ts';
import {
  type CoordinatorMessage,
  type Hello,
  type InventoryDelta,
  type InventoryEntry,
  type Offer,
  type Outcome,
  protocolVersion,
  type Revoke,
  type Welcome,
} from '../../shared/protocol.ts';
import type { Action, Event, OwnNode } from './events.ts';
import { Inventory } from './inventory.ts';
import { InventoryTeller } from './inventory-messages.ts';
import { NewestEpoch } from './newest-epoch.ts';
import { type AcceptedOffer, decline, Offers } from './offers.ts';
import { Pods } from './pods.ts';
import { CoreSession } from './session.ts';

export interface CoreSettings {
  /** Made anew at every start of the agent. */
  readonly agentInstance: string;
  /** The kubelet's nodeStatusMaxImages. */
  readonly maxStatusImages: number;
  /** Uniform in [0, 1); for the jitter of retries. */
  readonly random: () => number;
}

/** What metrics and /readyz show. */
export interface CoreView {
  readonly inventoryEntries: number;
  readonly pullPods: number;
  readonly offersUnderWay: number;
  readonly connected: boolean;
  /** Pulls that ended since the start. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

export class AgentCore {
  readonly #settings: CoreSettings;
  readonly #inventory: Inventory;
  readonly #pods: Pods;
  readonly #offers: Offers;
  readonly #teller = new InventoryTeller();
  #node: OwnNode | undefined;
  #podsKnown = false;
  #session: CoreSession | undefined;
  readonly #newest = new NewestEpoch();
  /** Revision of the inventory that this session's coordinator knows. */
  #toldRevision: number | undefined;
  /** The inventory as the last Hello hashed it. */
  #greeted: readonly InventoryEntry[] = [];

  constructor(settings: CoreSettings) {
    this.#settings = settings;
    this.#inventory = new Inventory(settings.maxStatusImages);
    this.#pods = new Pods(this.#inventory, settings.random);
    this.#offers = new Offers(settings.random);
  }

  apply(event: Event, now: Instant): readonly Action[] {
    const actions = [...this.#take(event, now)];
    this.#pods.settle(now);
    actions.push(...this.#offers.tick(now));
    if (this.#session !== undefined) actions.push(...this.#tell(this.#session, now));
    actions.push(...this.#pods.deletions(now));
    return actions.filter(({ kind }) => kind !== 'send' || this.#session !== undefined);
  }

  /** First message of a stream; undefined until the node and all its pull pods are known. */
  hello(): Hello | undefined {
    if (this.#node === undefined || !this.#podsKnown) return undefined;
    const { name, uid, platform, kubeletVersion, containerRuntimeVersion } = this.#node;
    // An object that somebody made before its kubelet came says nothing of itself yet.
    if (platform.os === '' || platform.architecture === '') return undefined;
    this.#greeted = this.#inventory.entries();
    return {
      kind: 'hello',
      protocolVersion,
      nodeName: name,
      nodeUid: uid,
      agentInstance: this.#settings.agentInstance,
      platform,
      kubeletVersion,
      containerRuntimeVersion,
      inventoryHash: inventoryHash(this.#greeted),
      unseenPulls: this.#pods.unseenPulls(),
      failedPulls: this.#pods.failedPulls(),
      newestEpoch: this.#newest.epoch,
    };
  }

  /** When to send `ticked` at the latest, in monotonic milliseconds; infinite while nothing is due. */
  nextDeadlineMs(): number {
    return Math.min(
      this.#session?.nextHeartbeatMs ?? Number.POSITIVE_INFINITY,
      this.#offers.nextDeadlineMs(),
      this.#pods.nextDeadlineMs(),
    );
  }

  view(): CoreView {
    return {
      inventoryEntries: this.#inventory.size,
      pullPods: this.#pods.count,
      offersUnderWay: this.#offers.size,
      connected: this.#session !== undefined,
      outcomes: this.#pods.outcomes,
    };
  }

  #take(event: Event, now: Instant): readonly Action[] {
    switch (event.kind) {
      case 'nodeSeen':
        return this.#takeNode(event.node);
      case 'podsListed':
        this.#podsKnown = true;
        this.#pods.listed(event, now);
        return [];
      case 'podSeen':
        this.#pods.seen(event.pod, now);
        return [];
      case 'podGone':
        this.#pods.gone(event.pod, now);
        return [];
      case 'createAnswered':
        return this.#accept(this.#offers.createAnswered(event.leaseId, event.answer, now), now);
      case 'lookUpAnswered':
        return this.#accept(this.#offers.lookUpAnswered(event.leaseId, event.answer, now), now);
      case 'deleteAnswered':
        this.#pods.deleteAnswered(event.podUid, event.answer, now);
        return [];
      case 'sessionOpened':
        return this.#open(event.welcome, now);
      case 'messageReceived':
        return this.#receive(event.message, now);
      case 'sessionEnded':
        this.#session = undefined;
        this.#newest.sessionEnded(now);
        this.#offers.sessionEnded();
        return [];
      case 'ticked':
        return [];
      default:
        return event satisfies never;
    }
  }

  #takeNode(node: OwnNode): readonly Action[] {
    const former = this.#node?.uid;
    const isAnother = former !== undefined && former !== node.uid;
    if (isAnother) this.#inventory.clear();
    this.#node = node;
    this.#pods.setNode(node);
    this.#inventory.takeStatus(node);
    return isAnother && this.#session !== undefined
      ? [{ kind: 'endSession', why: 'the node object was replaced' }]
      : [];
  }

  #open(welcome: Welcome, now: Instant): readonly Action[] {
    this.#session = new CoreSession(welcome, now);
    this.#newest.sessionOpened(welcome.epoch, now);
    this.#pods.sessionOpened();
    this.#inventory.takeAcknowledged(welcome.acknowledged);
    if (welcome.inventoryWanted) return this.#tellInventory();
    this.#teller.assume(this.#greeted);
    this.#toldRevision = undefined;
    return [];
  }

  #receive(message: CoordinatorMessage, now: Instant): readonly Action[] {
    switch (message.kind) {
      case 'offer':
        return this.#receiveOffer(message, now);
      case 'outcomeAck':
        this.#pods.acknowledge(message.podUid);
        return [];
      case 'revoke':
        return this.#receiveRevoke(message);
      case 'resync':
        return this.#tellInventory();
      case 'drain':
        this.#session?.drain();
        return [];
      case 'welcome':
        // Only the first message of a stream opens a session.
        return [];
      default:
        return message satisfies never;
    }
  }

  #receiveOffer(offer: Offer, now: Instant): readonly Action[] {
    const deadlineMs = this.#session?.offerDeadlineMs(offer.heartbeatSequence) ?? 0;
    const why = this.#whyNot(offer, deadlineMs, now);
    return why === undefined
      ? this.#offers.take(offer, deadlineMs)
      : [decline(offer, 'Unknown', 'OfferLapsed', why)];
  }

  #whyNot(offer: Offer, deadlineMs: number, now: Instant): string | undefined {
    if (!this.#newest.isNewest(offer.epoch, now))
      return `the offer is of epoch ${offer.epoch}, the newest is ${this.#newest.epoch}`;
    if (this.#session?.draining) return 'the stream is being drained';
    if (deadlineMs <= now.monotonicMs) return 'the offer came too late';
    if (parsePair(offer.pair)?.nodeUid !== this.#node?.uid) return 'the offer is for another node';
    // Its pod was removed before our watch told so: the coordinator has to hear of the pull first.
    if (this.#pods.isFollowed(offer)) return 'an earlier pull of the pair goes on';
    return undefined;
  }

  #receiveRevoke({ leaseId, podUid, reason }: Revoke): readonly Action[] {
    const taken = this.#offers.revoke(leaseId, reason);
    if (taken !== undefined) return taken;
    if (this.#pods.revoke(leaseId, podUid, reason) || podUid !== '') return [];
    // Neither pod nor attempt: the offer never arrived, and will not be acted upon if it still does.
    return [decline({ leaseId }, 'Cancelled', reason, '')];
  }

  #accept(result: AcceptedOffer | readonly Action[], now: Instant): readonly Action[] {
    if (!('offer' in result)) return result;
    const { offer, pod, revokedFor } = result;
    this.#pods.adopt(pod, offer.leaseId, now);
    if (revokedFor !== undefined) this.#pods.revoke(offer.leaseId, pod.uid, revokedFor);
    return [];
  }

  #tellInventory(): readonly Action[] {
    const chunks = this.#teller.tellAll(this.#inventory.entries());
    return chunks.map((message) => ({ kind: 'send', message }));
  }

  #tellChanges(): readonly InventoryDelta[] {
    const { revision } = this.#inventory;
    if (revision === this.#toldRevision) return [];
    this.#toldRevision = revision;
    const isListed = (reference: string): boolean => this.#inventory.isListed(reference);
    return this.#teller.tellChanges(this.#inventory.entries(), isListed);
  }

  // What a pull brought is told before its outcome: the coordinator must never see a pair ended and not cached.
  #tell(session: CoreSession, now: Instant): readonly Action[] {
    const messages = [...this.#tellChanges(), ...session.heartbeats(now), ...this.#pods.updates()];
    return messages.map((message) => ({ kind: 'send', message }));
  }
}
