// gRPC streams as the code wants them: typed async iterables with back-pressure, sends that wait until the peer
// reads, and one error class with the code by name. grpc-js types what a stream yields as `any`, swallows
// back-pressure in its events, and lets a peer that never reads keep a finished call for ever; that ends here.

import type { EventEmitter } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import type {
  ClientDuplexStream,
  ClientReadableStream,
  ServerDuplexStream,
  ServerWritableStream,
  ServiceDefinition,
} from '@grpc/grpc-js';
import { Metadata, status } from '@grpc/grpc-js';
import type { Clock } from './clock.ts';
import { redact } from './redact.ts';

export type StatusCode = keyof typeof status;

export type Trailers = Readonly<Record<string, string>>;

export interface StatusErrorOptions extends ErrorOptions {
  readonly trailers?: Trailers;
}

/** A call that failed or is to be failed; `code` is gRPC's, the message is the status' detail. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: StatusCode;
  /** What travels beside code and message, by its name in lower case; text only. */
  readonly trailers: Trailers;

  constructor(code: StatusCode, message: string, options: StatusErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.trailers = options.trailers ?? {};
  }
}

/** Any error as a status: those of grpc-js by their code, all others as UNKNOWN. */
export function toStatusError(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (!(error instanceof Error)) return new StatusError('UNKNOWN', String(error));
  const number = 'code' in error && typeof error.code === 'number' ? error.code : status.UNKNOWN;
  const details = 'details' in error && typeof error.details === 'string' ? error.details : '';
  return new StatusError(codeName(number), details === '' ? error.message : details, {
    cause: error,
    trailers: readTrailers('metadata' in error ? error.metadata : undefined),
  });
}

function readTrailers(metadata: unknown): Trailers {
  if (!(metadata instanceof Metadata)) return {};
  return Object.fromEntries(
    Object.entries(metadata.getMap()).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}

function codeName(number: number): StatusCode {
  return (status[number] ?? 'UNKNOWN') as StatusCode;
}

/** Metadata that show a token; none when it is undefined. */
export function bearerMetadata(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

/** Address of a call's peer without the port, which another call of his may not share; empty when there is none. */
export function peerOf(call: { getPeer(): string }): string {
  return call.getPeer().replace(/:\d+$/, '');
}

/** One method of a service as grpc-js runs it. */
type Deserialize = (bytes: Buffer) => unknown;

/**
 * The service with a check before every request's decoding: bytes that are too many or no message become a
 * StatusError in the message's place, which `messages` throws. grpc-js itself would answer with INTERNAL and leave
 * the handler to guess why its stream ended.
 */
export function guardRequests<Service extends ServiceDefinition>(
  service: Service,
  maxRequestBytes: number,
): Service {
  const guarded = Object.entries(service).map(([name, method]) => {
    const requestDeserialize = guardRequest(method.requestDeserialize, maxRequestBytes);
    return [name, { ...method, requestDeserialize }];
  });
  return Object.fromEntries(guarded) as Service;
}

function guardRequest(deserialize: Deserialize, maxRequestBytes: number): Deserialize {
  return (bytes) => {
    if (bytes.length > maxRequestBytes)
      return new StatusError(
        'RESOURCE_EXHAUSTED',
        `the message has ${bytes.length} bytes, more than the ${maxRequestBytes} allowed`,
      );
    try {
      return deserialize(bytes);
    } catch (error) {
      return new StatusError('INVALID_ARGUMENT', 'the message cannot be decoded', { cause: error });
    }
  };
}

type Incoming<T> =
  | ServerDuplexStream<T, unknown>
  | ClientDuplexStream<unknown, T>
  | ClientReadableStream<T>;

/**
 * What the peer sends, one by one; while the caller is busy the peer is held back. Ends when the peer has finished, or,
 * on the server, has left.
 * @throws StatusError when the call fails; the signal's reason when it aborts.
 */
export async function* messages<T>(
  call: Incoming<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const turn = followReads(call, signal);
  try {
    while (!signal.aborted) {
      const message: T | StatusError | null = call.read();
      if (message instanceof StatusError) throw message;
      if (message !== null) yield message;
      else if (turn.error !== undefined) throw turn.error;
      else if (turn.ended) return;
      else await turn.next();
    }
    throw signal.reason;
  } finally {
    turn.stop();
  }
}

interface ReadTurns {
  readonly ended: boolean;
  readonly error: StatusError | undefined;
  /** Resolves when it is worth reading again. */
  next(): Promise<void>;
  stop(): void;
}

function followReads(call: EventEmitter, signal: AbortSignal): ReadTurns {
  const state: { ended: boolean; error: StatusError | undefined } = {
    ended: false,
    error: undefined,
  };
  let pending = Promise.withResolvers<void>();
  const listeners: Readonly<Record<string, (detail?: unknown) => void>> = {
    readable: () => pending.resolve(),
    end: () => {
      state.ended = true;
      pending.resolve();
    },
    error: (error) => {
      state.error ??= toStatusError(error);
      pending.resolve();
    },
    close: () => {
      if (!state.ended) state.error ??= new StatusError('CANCELLED', 'the peer left the stream');
      pending.resolve();
    },
  };
  const wake = (): void => pending.resolve();
  for (const [event, listener] of Object.entries(listeners)) call.on(event, listener);
  signal.addEventListener('abort', wake, { once: true });
  return {
    get ended() {
      return state.ended;
    },
    get error() {
      return state.error;
    },
    next: async () => {
      await pending.promise;
      pending = Promise.withResolvers<void>();
    },
    stop: () => {
      for (const [event, listener] of Object.entries(listeners)) call.off(event, listener);
      signal.removeEventListener('abort', wake);
      // Without any listener an error would end the process.
      call.on('error', ignore);
    },
  };
}

function ignore(): void {}

export interface SendOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** How long the peer may leave its messages unread. */
  readonly deadlineMs: number;
}

type Outgoing<T> =
  | ServerDuplexStream<unknown, T>
  | ServerWritableStream<unknown, T>
  | ClientDuplexStream<T, unknown>;

/**
 * Writes one message and waits while more than a few are unread.
 * @throws StatusError RESOURCE_EXHAUSTED when the peer does not read in time, CANCELLED when the call is over; the
 * signal's reason when it aborts.
 */
export function send<T>(call: Outgoing<T>, message: T, options: SendOptions): Promise<void> {
  const { signal, clock, deadlineMs } = options;
  if (signal.aborted) return Promise.reject(signal.reason);
  if (call.writableEnded || call.destroyed)
    return Promise.reject(new StatusError('CANCELLED', 'the stream is over'));
  if (call.write(message)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      timer.cancel();
      call.off('drain', onDrain);
      call.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onDrain = (): void => finish(resolve);
    const onClose = (): void =>
      finish(() => reject(new StatusError('CANCELLED', 'the stream is over')));
    const onAbort = (): void => finish(() => reject(signal.reason));
    const timer = clock.startTimer(deadlineMs, () =>
      finish(() => reject(new StatusError('RESOURCE_EXHAUSTED', 'the stream was not read'))),
    );
    call.on('drain', onDrain);
    call.on('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

// Longer details would burst the peer's bound on headers.
const maxDetailLength = 1_024;

// A peer that does not read cannot be sent a status either: what it left unread stands in between.
const endGraceMs = 1_000;

/**
 * Ends a call of the server with a status. A peer that has not taken it after a second of `clock` has its stream
 * reset, which its gRPC reads as RESOURCE_EXHAUSTED, so that nothing of the call stays behind.
 */
export function endCall(
  call: ServerDuplexStream<unknown, unknown> | ServerWritableStream<unknown, unknown>,
  error: StatusError | undefined,
  clock: Clock,
): void {
  if (call.destroyed) return;
  if (error === undefined) call.end();
  else call.emit('error', toServiceError(error));
  const timer = clock.startTimer(endGraceMs, () => resetStream(call));
  call.once('close', () => timer.cancel());
}

/** As grpc-js takes an error of a handler. */
export function toServiceError(
  error: StatusError,
): Error & { code: number; details: string; metadata: Metadata } {
  // A lone surrogate cannot be encoded into a trailer.
  const details = redact(error.message).slice(0, maxDetailLength).toWellFormed();
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(error.trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code: status[error.code], details, metadata });
}

// grpc-js offers no way to reset a server's stream; the HTTP/2 stream is two private fields down. Should they move,
// the stream stays until its connection ends, and a test says so.
function resetStream(call: object): void {
  const inner: unknown = Reflect.get(call, 'call');
  const stream: unknown = inner instanceof Object ? Reflect.get(inner, 'stream') : undefined;
  if (stream instanceof Duplex)
    (stream as ServerHttp2Stream).close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
}
