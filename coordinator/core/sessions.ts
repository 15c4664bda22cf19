// Agents' sessions as the core sees them: one per node, the newest counts. The shell has checked the order and shape of
// messages; here they meet what is known of nodes and leases.

import type { Instant } from '../../shared/clock.ts';
import { inventoryHash } from '../../shared/inventory-hash.ts';
import {
  bounds,
  type Hello,
  type InventoryDelta,
  type InventoryEntry,
  type LeaseUpdate,
  timing,
} from '../../shared/protocol.ts';
import type { AgentMemory } from './agent-memory.ts';
import { heartbeatFreshMs, refreshAvailability } from './availability.ts';
import type { SessionEnd } from './events.ts';
import type { Leases } from './leases.ts';
import type { NodeState } from './node-state.ts';
import { SharedTexts } from './shared-texts.ts';
import type { State } from './state.ts';
import type { UnseenPulls } from './unseen-pulls.ts';

export interface SessionParts {
  readonly state: State;
  readonly leases: Leases;
  readonly unseen: UnseenPulls;
  readonly memory: AgentMemory;
}

export class Sessions {
  readonly #state: State;
  readonly #leases: Leases;
  readonly #unseen: UnseenPulls;
  readonly #memory: AgentMemory;
  readonly #texts = new SharedTexts();

  constructor({ state, leases, unseen, memory }: SessionParts) {
    this.#state = state;
    this.#leases = leases;
    this.#unseen = unseen;
    this.#memory = memory;
  }

  helloReceived(sessionId: string, hello: Hello, now: Instant): void {
    const { demand, sessions, settings } = this.#state;
    const node = demand.node(hello.nodeUid, hello.nodeName);
    if (node.session !== undefined) {
      this.#end(node.session.id, 'ABORTED', 'Superseded: a newer session of this node began');
      sessions.delete(node.session.id);
    }
    node.session = { id: sessionId, hello, heartbeat: undefined };
    sessions.set(sessionId, node);
    demand.setAvailable(node, false);
    const isKnown =
      node.isInventoryComplete && inventoryHash(node.inventory.values()) === hello.inventoryHash;
    this.#state.emit({
      kind: 'send',
      sessionId,
      message: {
        kind: 'welcome',
        sessionId,
        epoch: settings.epoch,
        inventoryWanted: !isKnown,
        heartbeatIntervalMs: timing.heartbeatIntervalMs,
        offerTtlMs: timing.offerTtlMs,
        acknowledged: [...node.pulled.values()],
      },
    });
    // Until the new agent has told its inventory, the old one is only a memory.
    if (!isKnown) node.isInventoryComplete = false;
    if (this.#state.isListed) this.#memory.restore(node, now);
  }

  inventoryReceived(sessionId: string, entries: readonly InventoryEntry[], now: Instant): void {
    const node = this.#state.sessions.get(sessionId);
    if (node === undefined) return;
    node.replaceInventory(this.#share(entries), now.wallMs);
    this.#state.demand.refreshNode(node);
    this.#unseen.look(node, now);
    refreshAvailability(this.#state, node, now);
  }

  inventoryChanged(
    sessionId: string,
    { added, removed }: Pick<InventoryDelta, 'added' | 'removed'>,
    now: Instant,
  ): void {
    const node = this.#state.sessions.get(sessionId);
    if (node === undefined) return;
    node.changeInventory(this.#share(added), removed);
    const references = [...added.map((entry) => entry.reference), ...removed];
    this.#state.demand.refreshReferences(node, references);
    this.#unseen.look(node, now);
  }

  inventoryInvalidated(sessionId: string, now: Instant): void {
    const node = this.#state.sessions.get(sessionId);
    if (node === undefined) return;
    node.isInventoryComplete = false;
    refreshAvailability(this.#state, node, now);
  }

  heartbeatReceived(sessionId: string, sequence: number, now: Instant): void {
    const node = this.#state.sessions.get(sessionId);
    if (node?.session === undefined) return;
    node.session.heartbeat = { sequence, receivedAt: now };
    // Only an agent that has told everything is silent about what is not there.
    if (node.isInventoryComplete)
      this.#state.demand.refreshReferences(node, node.dropUnconfirmed(now.wallMs));
    const staleMs = now.monotonicMs + heartbeatFreshMs;
    this.#state.deadlines.add(staleMs, { kind: 'heartbeatStale', node, sequence });
    refreshAvailability(this.#state, node, now);
  }

  leaseUpdateReceived(sessionId: string, update: LeaseUpdate, now: Instant): void {
    const node = this.#state.sessions.get(sessionId);
    if (node === undefined) return;
    const lease = this.#state.leases.find(update.leaseId);
    if (lease !== undefined && lease.nodeUid === node.uid) {
      this.#leases.update(node, lease, update, now);
      return;
    }
    if (lease === undefined && this.#isPast(update.leaseId)) {
      if (update.unseen && !isGreeted(node, update)) {
        // Only a Hello says all that a coordinator needs which never saw the pod.
        this.#end(sessionId, 'UNAVAILABLE', `pull of lease ${update.leaseId} is not in the Hello`);
        this.sessionEnded(sessionId, now);
        return;
      }
      // Whatever it was, nobody needs it any more; without an answer the agent would keep it for ever.
      if (update.podUid !== undefined)
        this.#leases.acknowledge(node, update.leaseId, update.podUid);
      return;
    }
    this.#end(
      sessionId,
      'NOT_FOUND',
      `lease ${update.leaseId} was never given to node ${node.name}`,
    );
    this.sessionEnded(sessionId, now);
  }

  sessionEnded(sessionId: string, now: Instant): void {
    const node = this.#state.sessions.get(sessionId);
    if (node === undefined) return;
    this.#state.sessions.delete(sessionId);
    node.session = undefined;
    node.disconnectedAtMs = now.wallMs;
    this.#state.demand.setAvailable(node, false);
    this.#state.demand.forgetIfUnknown(node);
  }

  #share(entries: readonly InventoryEntry[]): readonly InventoryEntry[] {
    return entries.map((entry) => ({
      ...entry,
      reference: this.#texts.share(entry.reference),
      digest: entry.digest === undefined ? undefined : this.#texts.share(entry.digest),
    }));
  }

  /** The lease was given in another reign, or ended so long ago in this one that it was forgotten. */
  #isPast(leaseId: string): boolean {
    const [, epoch, number] = /^(\d{1,15})-(\d{1,15})$/.exec(leaseId) ?? [];
    if (epoch === undefined) return false;
    // A higher epoch, too: they start anew when somebody deletes the coordination Lease.
    if (Number(epoch) !== this.#state.settings.epoch) return true;
    return Number(number) >= 1 && Number(number) <= this.#leases.count;
  }

  #end(sessionId: string, code: SessionEnd, message: string): void {
    this.#state.emit({ kind: 'endSession', sessionId, code, message });
  }
}

/** The session's Hello told of the pull, or of as many as it can. */
function isGreeted({ session }: NodeState, { leaseId }: LeaseUpdate): boolean {
  const { unseenPulls = [] } = session?.hello ?? {};
  const isFull = unseenPulls.length >= bounds.maxUnseenPulls;
  return isFull || unseenPulls.some((pull) => pull.leaseId === leaseId);
}
