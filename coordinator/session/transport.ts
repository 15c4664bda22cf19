// The coordinator's end of one agent's stream, as the session needs it. A seam: the session knows this interface and not
// gRPC, so that a simulation can put its own network in place of sockets.

import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.ts';
import type { AgentMessage as WireAgentMessage } from '../../shared/gen/forehold/v1/AgentMessage.ts';
import type { CoordinatorMessageInput } from '../../shared/gen/forehold/v1/CoordinatorMessage.ts';
import type { AgentMessage, CoordinatorMessage } from '../../shared/protocol.ts';
import { endCall, messages, peerOf, type StatusError, send } from '../../shared/rpc.ts';
import { type Addressed, fromAgentMessage, toCoordinatorMessage } from '../../shared/wire.ts';

export interface AgentStream {
  /** Values of `authorization` in the stream's metadata. */
  readonly authorization: readonly string[];
  /** The agent's address, without its port. */
  readonly peer: string;
  /** The agent has left, or the stream has ended otherwise. */
  readonly isOver: boolean;
  /**
   * Ends when the agent has finished.
   * @throws StatusError when the stream fails, WireError when a message makes no sense; the signal's reason when it
   * aborts
   */
  messages(signal: AbortSignal): AsyncIterable<Addressed<AgentMessage>>;
  /**
   * Waits while the agent does not read.
   * @throws StatusError when it does not for too long, or the stream is over; the signal's reason when it aborts
   */
  send(sessionId: string, message: CoordinatorMessage, signal: AbortSignal): Promise<void>;
  /** Ends the stream with a status, in order when undefined; idempotent. */
  end(reason: StatusError | undefined): void;
}

export type SessionCall = ServerDuplexStream<WireAgentMessage, CoordinatorMessageInput>;

const readDeadlineMs = 10_000;

export function openAgentStream(call: SessionCall, clock: Clock): AgentStream {
  return {
    authorization: call.metadata.get('authorization').map(String),
    peer: peerOf(call),
    get isOver() {
      return call.cancelled || call.destroyed;
    },
    messages: async function* (signal) {
      for await (const message of messages(call, signal)) yield fromAgentMessage(message);
    },
    send: (sessionId, message, signal) =>
      send(call, toCoordinatorMessage(sessionId, message), {
        signal,
        clock,
        deadlineMs: readDeadlineMs,
      }),
    end: (reason) => endCall(call, reason, clock),
  };
}
