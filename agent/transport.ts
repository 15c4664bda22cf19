// The stream to one coordinator address, as the session needs it. A seam: the session knows this interface and not
// gRPC, so that a simulation can put its own network in place of sockets.

import type { Clock } from '../shared/clock.ts';
import { openSessionClient } from '../shared/dial.ts';
import type { AgentMessage, CoordinatorMessage } from '../shared/protocol.ts';
import { bearerMetadata, messages, send } from '../shared/rpc.ts';
import { type Addressed, fromCoordinatorMessage, toAgentMessage } from '../shared/wire.ts';

export interface SessionStream {
  /**
   * Waits while the coordinator does not read.
   * @throws StatusError when it does not for too long, or the stream is over; the signal's reason when it aborts
   */
  send(sessionId: string, message: AgentMessage, signal: AbortSignal): Promise<void>;
  /**
   * Ends when the coordinator has finished. A message is undefined when this agent does not know its kind.
   * @throws StatusError when the stream fails; the signal's reason when it aborts
   */
  messages(signal: AbortSignal): AsyncIterable<Addressed<CoordinatorMessage | undefined>>;
  /** Idempotent. */
  close(): void;
}

/**
 * @param target HOST:PORT
 * @param token proves which node speaks; undefined where every agent is believed
 * @throws UnsafeAddressError unless the host is a loopback address
 */
export type OpenStream = (target: string, clock: Clock, token?: string) => SessionStream;

// As long as a session may be silent in the other direction.
const sendDeadlineMs = 30_000;

export const openGrpcStream: OpenStream = (target, clock, token) => {
  const client = openSessionClient(target);
  const call = client.Session(bearerMetadata(token));
  // What fails a call is thrown to whoever reads it; an error that nobody waits for must not end the process.
  call.on('error', () => undefined);
  return {
    send: (sessionId, message, signal) =>
      send(call, toAgentMessage(sessionId, message), { signal, clock, deadlineMs: sendDeadlineMs }),
    messages: async function* (signal) {
      for await (const message of messages(call, signal)) yield fromCoordinatorMessage(message);
    },
    close: () => {
      call.cancel();
      client.close();
    },
  };
};
