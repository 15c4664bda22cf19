// Between the session's messages as the code speaks of them (protocol.ts) and what travels (shared/gen). What comes
// in is checked for shape: a number that is none, an enum value nobody knows, a time out of range. Whether a
// message makes sense here and now is the session's business.

import type {
  AgentMessageInput,
  AgentMessage as WireAgentMessage,
} from './gen/forehold/v1/AgentMessage.ts';
import type {
  CoordinatorMessageInput,
  CoordinatorMessage as WireCoordinatorMessage,
} from './gen/forehold/v1/CoordinatorMessage.ts';
import type { HelloInput, Hello as WireHello } from './gen/forehold/v1/Hello.ts';
import type {
  LeaseUpdateInput,
  LeaseUpdate as WireLeaseUpdate,
} from './gen/forehold/v1/LeaseUpdate.ts';
import type { Welcome as WireWelcome } from './gen/forehold/v1/Welcome.ts';
import type { AgentMessage, CoordinatorMessage, Hello, LeaseUpdate, Welcome } from './protocol.ts';
import { fromReason, type Reason, toReason } from './reason.ts';
import { redact } from './redact.ts';
import { fromOutcome, fromUpdateState, toOutcome, toUpdateState } from './wire-enums.ts';
import { fromFailedPull, fromUnseenPull, toFailedPull, toUnseenPull } from './wire-memory.ts';
import { fromOffer, toOffer } from './wire-offer.ts';
import {
  emptyIsUndefined,
  fromEntry,
  requireCount,
  requireSet,
  toEntry,
  WireError,
} from './wire-parts.ts';
import { fromDuration, toDuration } from './wire-time.ts';

/** One message of a stream with the session that it belongs to; empty in Hello. */
export interface Addressed<T> {
  readonly sessionId: string;
  readonly message: T;
}

export function toAgentMessage(sessionId: string, message: AgentMessage): AgentMessageInput {
  switch (message.kind) {
    case 'hello':
      return { sessionId, hello: toHello(message) };
    case 'inventoryChunk':
      return {
        sessionId,
        inventoryChunk: { ...message, entries: message.entries.map(toEntry) },
      };
    case 'inventoryDelta':
      return {
        sessionId,
        inventoryDelta: {
          sequence: message.sequence,
          added: message.added.map(toEntry),
          removed: [...message.removed],
        },
      };
    case 'heartbeat':
      return {
        sessionId,
        heartbeat: { sequence: message.sequence, token: message.token ?? '' },
      };
    case 'leaseUpdate':
      return { sessionId, leaseUpdate: toLeaseUpdate(message) };
    default:
      return message satisfies never;
  }
}

/**
 * @throws WireError
 */
export function fromAgentMessage(wire: WireAgentMessage): Addressed<AgentMessage> {
  const { sessionId, hello, inventoryChunk, inventoryDelta, heartbeat, leaseUpdate } = wire;
  if (hello) return { sessionId, message: fromHello(hello) };
  if (inventoryChunk) {
    const sequence = requireCount('inventory_chunk.sequence', inventoryChunk.sequence);
    const entries = inventoryChunk.entries.map(fromEntry);
    return {
      sessionId,
      message: { kind: 'inventoryChunk', sequence, last: inventoryChunk.last, entries },
    };
  }
  if (inventoryDelta) {
    const sequence = requireCount('inventory_delta.sequence', inventoryDelta.sequence);
    const added = inventoryDelta.added.map(fromEntry);
    return {
      sessionId,
      message: { kind: 'inventoryDelta', sequence, added, removed: inventoryDelta.removed },
    };
  }
  if (heartbeat) {
    const sequence = requireCount('heartbeat.sequence', heartbeat.sequence);
    const token = emptyIsUndefined(heartbeat.token);
    return { sessionId, message: { kind: 'heartbeat', sequence, token } };
  }
  if (leaseUpdate) return { sessionId, message: fromLeaseUpdate(leaseUpdate) };
  throw new WireError('the message has no body that this coordinator knows');
}

export function toCoordinatorMessage(
  sessionId: string,
  message: CoordinatorMessage,
): CoordinatorMessageInput {
  switch (message.kind) {
    case 'welcome':
      return {
        sessionId,
        welcome: {
          sessionId: message.sessionId,
          epoch: message.epoch,
          inventoryWanted: message.inventoryWanted,
          heartbeatInterval: toDuration(message.heartbeatIntervalMs),
          offerTtl: toDuration(message.offerTtlMs),
          acknowledged: message.acknowledged.map(toEntry),
        },
      };
    case 'offer':
      return { sessionId, offer: toOffer(message) };
    case 'outcomeAck':
      return { sessionId, outcomeAck: { leaseId: message.leaseId, podUid: message.podUid } };
    case 'revoke': {
      const { leaseId, podUid, reason } = message;
      return { sessionId, revoke: { leaseId, podUid, reason: fromReason(reason) } };
    }
    case 'resync':
      return { sessionId, resync: {} };
    case 'drain':
      return { sessionId, drain: {} };
    default:
      return message satisfies never;
  }
}

/**
 * The message is undefined when its body is unknown here: the protocol grows, an agent ignores what it cannot know.
 * @throws WireError
 */
export function fromCoordinatorMessage(
  wire: WireCoordinatorMessage,
): Addressed<CoordinatorMessage | undefined> {
  return { sessionId: wire.sessionId, message: readCoordinatorBody(wire) };
}

function readCoordinatorBody(wire: WireCoordinatorMessage): CoordinatorMessage | undefined {
  const { welcome, offer, outcomeAck, revoke } = wire;
  if (welcome) return fromWelcome(welcome);
  if (offer) return fromOffer(offer);
  if (outcomeAck)
    return { kind: 'outcomeAck', leaseId: outcomeAck.leaseId, podUid: outcomeAck.podUid };
  if (revoke) {
    const reason = readReason(revoke.reason);
    return { kind: 'revoke', leaseId: revoke.leaseId, podUid: revoke.podUid, reason };
  }
  if (wire.resync) return { kind: 'resync' };
  if (wire.drain) return { kind: 'drain' };
  return undefined;
}

function toHello({ unseenPulls, failedPulls, ...hello }: Hello): HelloInput {
  return {
    ...hello,
    unseenPulls: unseenPulls.map(toUnseenPull),
    failedPulls: failedPulls.map(toFailedPull),
  };
}

function fromHello(wire: WireHello): Hello {
  if (wire.platform === null) throw new WireError('hello.platform is not set');
  return {
    kind: 'hello',
    protocolVersion: wire.protocolVersion,
    nodeName: wire.nodeName,
    nodeUid: wire.nodeUid,
    agentInstance: wire.agentInstance,
    platform: { os: wire.platform.os, architecture: wire.platform.architecture },
    kubeletVersion: redact(wire.kubeletVersion),
    containerRuntimeVersion: redact(wire.containerRuntimeVersion),
    inventoryHash: wire.inventoryHash,
    unseenPulls: wire.unseenPulls.map(fromUnseenPull),
    failedPulls: wire.failedPulls.map(fromFailedPull),
    newestEpoch: requireCount('hello.newest_epoch', wire.newestEpoch),
  };
}

function toLeaseUpdate(update: LeaseUpdate): LeaseUpdateInput {
  return {
    leaseId: update.leaseId,
    podUid: update.podUid ?? '',
    state: toUpdateState(update.state),
    outcome: toOutcome(update.outcome),
    reason: fromReason(update.reason),
    message: update.message,
    digest: update.digest ?? '',
    admittedImage: update.admittedImage ?? '',
    unseen: update.unseen,
  };
}

function fromLeaseUpdate(wire: WireLeaseUpdate): LeaseUpdate {
  const state = requireSet('lease_update.state', fromUpdateState(wire.state));
  const outcome = fromOutcome(wire.outcome);
  if (state !== 'accepted' && outcome === undefined)
    throw new WireError('lease_update.outcome is not set or unknown');
  return {
    kind: 'leaseUpdate',
    leaseId: wire.leaseId,
    podUid: emptyIsUndefined(wire.podUid),
    state,
    outcome,
    reason: readReason(wire.reason),
    message: redact(wire.message),
    digest: emptyIsUndefined(wire.digest),
    admittedImage: emptyIsUndefined(wire.admittedImage),
    unseen: wire.unseen,
  };
}

function fromWelcome(wire: WireWelcome): Welcome {
  return {
    kind: 'welcome',
    sessionId: wire.sessionId,
    epoch: requireCount('welcome.epoch', wire.epoch),
    inventoryWanted: wire.inventoryWanted,
    heartbeatIntervalMs: requireSet(
      'welcome.heartbeat_interval',
      fromDuration(wire.heartbeatInterval),
    ),
    offerTtlMs: requireSet('welcome.offer_ttl', fromDuration(wire.offerTtl)),
    acknowledged: wire.acknowledged.map(fromEntry),
  };
}

// A reason that only a newer peer knows describes nothing here; it decides nothing either.
function readReason(wire: WireLeaseUpdate['reason']): Reason {
  return toReason(wire) ?? '';
}
