// The stream to one coordinator address, as the session needs it. A seam: the session knows this interface and not
// gRPC, so that a simulation can put its own network in place of sockets.

import { connectivityState } from '@grpc/grpc-js';
import type { Clock } from '../shared/clock.ts';
import { openSessionClient } from '../shared/dial.ts';
import { explainDialError } from '../shared/dial-error.ts';
import type { AgentMessage, CoordinatorMessage } from '../shared/protocol.ts';
import { bearerMetadata, messages, StatusError, send } from '../shared/rpc.ts';
import { type Addressed, fromCoordinatorMessage, toAgentMessage } from '../shared/wire.ts';
import { Authorities } from './authorities.ts';
import { type Connection, KeptConnection } from './kept-connection.ts';

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

/** Streams over gRPC, one at a time, until the signal aborts; without TLS in plain text. */
export function openGrpcTransport(tls: TransportTls | undefined, signal: AbortSignal): OpenStream {
  const kept = new KeptConnection(signal);
  const dial = openDialler(tls);
  return (target, clock, token) => {
    const connection = kept.take(target) ?? dial(target, clock);
    const { client } = connection;
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
    let isRefused = false;
    const leave = once(() => {
      if (isRefused) kept.keep(connection, clock);
      else client.close();
    });
    return {
      send: (sessionId, message, signal) =>
        send(call, toAgentMessage(sessionId, message), { ...options, signal }),
      messages: async function* (until) {
        let isWelcome = false;
        try {
          for await (const message of messages(call, until)) {
            if (!isWelcome) kept.drop();
            isWelcome = true;
            yield fromCoordinatorMessage(message);
          }
        } catch (error) {
          const end = unreached ?? explainDialError(error);
          isRefused = !isWelcome && end instanceof StatusError && end.code === 'UNAVAILABLE';
          throw end;
        }
      },
      close: () => {
        timer.cancel();
        call.cancel();
        leave();
      },
    };
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

function openDialler(tls: TransportTls | undefined): (target: string, clock: Clock) => Connection {
  const authorities = tls && new Authorities(tls.caFile);
  return (target, clock) => {
    const client = openSessionClient(
      target,
      tls && authorities && { ca: authorities.read(), serverName: tls.serverName },
    );
    return { target, client, openedAtMs: clock.now().monotonicMs };
  };
}
