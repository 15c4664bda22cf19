// The rules of one stream (proto/forehold/v1/session.proto) without the stream: what each message of the agent means
// here and now, or why it ends the session. Who may have a session, and what follows from what it says, is the core's.

import {
  type AgentMessage,
  bounds,
  type CoordinatorMessage,
  type Hello,
  protocolVersion,
} from '../../shared/protocol.ts';
import type { StatusCode } from '../../shared/rpc.ts';
import type { Addressed } from '../../shared/wire.ts';
import type { Event } from '../core/events.ts';
import {
  findEntryProblem,
  findHeartbeatProblem,
  findHelloProblem,
  findRemovedProblem,
  findUpdateProblem,
} from './field-checks.ts';
import { InventorySequence, type InventoryStep } from './inventory-sequence.ts';

export type SessionStep =
  | { readonly kind: 'event'; readonly event: Event }
  /** Send Resync, and tell the core that what it knows of the node is not complete any more. */
  | { readonly kind: 'resync'; readonly event: Event }
  | { readonly kind: 'noted' }
  /** End the stream. */
  | { readonly kind: 'refuse'; readonly code: StatusCode; readonly why: string };

/** One stream. */
export class SessionProtocol {
  readonly #sessionId: string;
  readonly #inventory = new InventorySequence();
  #hello: Hello | undefined;
  #nextHeartbeat = 1;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  /** Undefined until Hello was accepted. */
  get hello(): Hello | undefined {
    return this.#hello;
  }

  receive({ sessionId, message }: Addressed<AgentMessage>): SessionStep {
    if (this.#hello === undefined) return this.#takeFirst(sessionId, message);
    if (message.kind === 'hello')
      return refuse('a second Hello came on this stream; open another stream for another session');
    if (sessionId !== this.#sessionId)
      return refuse(`${nameOf(message)} carries another session id than this one's`);
    switch (message.kind) {
      case 'inventoryChunk':
        return this.#checked(findEntryProblem(message.entries), () =>
          this.#takeInventory(message, this.#inventory.takeChunk(message)),
        );
      case 'inventoryDelta':
        return this.#checked(
          findEntryProblem(message.added) ?? findRemovedProblem(message.removed),
          () => this.#takeInventory(message, this.#inventory.takeDelta(message)),
        );
      case 'heartbeat':
        return this.#checked(findHeartbeatProblem(message), () =>
          this.#takeHeartbeat(message.sequence),
        );
      case 'leaseUpdate':
        return this.#checked(findUpdateProblem(message), () =>
          event({ kind: 'leaseUpdateReceived', sessionId, update: message }),
        );
      default:
        return message satisfies never;
    }
  }

  /** Tells what goes out: Welcome and Resync decide what may come in. */
  noteSent(message: CoordinatorMessage): void {
    if (message.kind === 'welcome') this.#inventory.welcomed(message.inventoryWanted);
    if (message.kind === 'resync') this.#inventory.resynced();
  }

  #takeFirst(sessionId: string, message: AgentMessage): SessionStep {
    if (message.kind !== 'hello')
      return refuse(`the first message must be Hello, not ${nameOf(message)}`);
    if (sessionId !== '') return refuse('Hello carries a session id before any was given');
    if (message.protocolVersion !== protocolVersion)
      return {
        kind: 'refuse',
        code: 'UNAVAILABLE',
        why: `ProtocolUnsupported: the agent speaks version ${message.protocolVersion}, this coordinator ${protocolVersion}`,
      };
    return this.#checked(findHelloProblem(message), () => {
      this.#hello = message;
      return event({ kind: 'helloReceived', sessionId: this.#sessionId, hello: message });
    });
  }

  #takeHeartbeat(sequence: number): SessionStep {
    if (sequence !== this.#nextHeartbeat)
      return refuse(`Heartbeat ${sequence} came where ${this.#nextHeartbeat} was due`);
    this.#nextHeartbeat += 1;
    return event({ kind: 'heartbeatReceived', sessionId: this.#sessionId, sequence });
  }

  #takeInventory(message: AgentMessage, step: InventoryStep): SessionStep {
    const sessionId = this.#sessionId;
    switch (step.kind) {
      case 'complete':
        return event({ kind: 'inventoryReceived', sessionId, entries: step.entries });
      case 'changed': {
        if (message.kind !== 'inventoryDelta') return { kind: 'noted' };
        const { added, removed } = message;
        return event({ kind: 'inventoryChanged', sessionId, added, removed });
      }
      case 'noted':
        return { kind: 'noted' };
      case 'gap':
        return { kind: 'resync', event: { kind: 'inventoryInvalidated', sessionId } };
      case 'tooMany':
        return {
          kind: 'refuse',
          code: 'RESOURCE_EXHAUSTED',
          why: `the inventory has more than ${bounds.maxInventoryEntries} entries`,
        };
      case 'misplaced':
        return refuse(step.why);
      default:
        return step satisfies never;
    }
  }

  #checked(problem: string | undefined, accept: () => SessionStep): SessionStep {
    return problem === undefined ? accept() : refuse(problem);
  }
}

function event(given: Event): SessionStep {
  return { kind: 'event', event: given };
}

function refuse(why: string): SessionStep {
  return { kind: 'refuse', code: 'INVALID_ARGUMENT', why };
}

function nameOf({ kind }: AgentMessage): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}
