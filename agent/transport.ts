// The stream to one coordinator address, as the session needs it. A seam: the session knows this interface and not
// gRPC, so that a simulation can put its own network in place of sockets.

import { readFileSync } from 'node:fs';
import { connectivityState } from '@grpc/grpc-js';
import type { Clock } from '../shared/clock.ts';
import { type DialTls, openSessionClient } from '../shared/dial.ts';
import { explainDialError } from '../shared/dial-error.ts';
import type { AgentMessage, CoordinatorMessage } from '../shared/protocol.ts';
import { bearerMetadata, messages, StatusError, send } from '../shared/rpc.ts';
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
 * @throws StatusError UNAVAILABLE when the file of authorities is of no use; UnsafeAddressError without TLS unless the
 * host is a loopback address
 */
export type OpenStream = (target: string, clock: Clock, token?: string) => SessionStream;

/** How streams are encrypted, and whom they trust. */
export interface TransportTls {
  /** Authorities in PEM, read again for every stream: the kubelet changes the file when the coordinator rotates. */
  readonly caFile: string;
  /** The name that must stand in the coordinator's certificate. */
  readonly serverName: string;
}

// As long as a session may be silent in the other direction.
const sendDeadlineMs = 30_000;
// A machine that is gone refuses nothing, it is silent; another coordinator may lead meanwhile.
const connectDeadlineMs = 10_000;

/** Streams over gRPC; without TLS in plain text. */
export function openGrpcTransport(tls: TransportTls | undefined): OpenStream {
  return (target, clock, token) => {
    const client = openSessionClient(target, tls && readTls(tls));
    const call = client.Session(bearerMetadata(token));
    // What fails a call is thrown to whoever reads it; an error that nobody waits for must not end the process.
    call.on('error', () => undefined);
    let unreached: StatusError | undefined;
    const timer = clock.startTimer(connectDeadlineMs, () => {
      if (client.getChannel().getConnectivityState(false) === connectivityState.READY) return;
      const why = `cannot dial ${target}: no connection within ${connectDeadlineMs / 1_000} s`;
      unreached = new StatusError('UNAVAILABLE', why);
      call.cancel();
    });
    const options = { clock, deadlineMs: sendDeadlineMs };
    return {
      send: (sessionId, message, signal) =>
        send(call, toAgentMessage(sessionId, message), { ...options, signal }),
      messages: async function* (signal) {
        try {
          for await (const message of messages(call, signal)) yield fromCoordinatorMessage(message);
        } catch (error) {
          throw unreached ?? explainDialError(error);
        }
      },
      close: () => {
        timer.cancel();
        call.cancel();
        client.close();
      },
    };
  };
}

function readTls({ caFile, serverName }: TransportTls): DialTls {
  try {
    return { ca: readFileSync(caFile), serverName };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StatusError(
      'UNAVAILABLE',
      `cannot read ${caFile} (${why}): the coordinator publishes it when it has started; if it never comes, see that its ConfigMap is mounted`,
      { cause: error },
    );
  }
}
