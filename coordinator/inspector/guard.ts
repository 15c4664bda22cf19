// Stands before every method of a service, whatever its handler is: nobody is answered before the gate has let him in,
// and a stream ends when it would not let him in any more.

import type {
  Metadata,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  sendUnaryData,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.ts';
import { endCall, peerOf, toServiceError, toStatusError } from '../../shared/rpc.ts';
import type { CallerGate, GuardedCall } from '../identity/caller-gate.ts';
import { methodAccess } from './method-access.ts';

export interface GuardOptions {
  readonly service: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
  readonly gate: CallerGate;
  readonly clock: Clock;
  /** Gets the user's name for the metadata of each call that is let in. */
  readonly users: WeakMap<Metadata, string>;
}

type UnaryCall = ServerUnaryCall<unknown, unknown>;
type StreamCall = ServerWritableStream<unknown, unknown>;

/** The same handlers, behind the gate; methods of the service are unary or stream answers. */
export function guardService({
  service,
  handlers,
  ...options
}: GuardOptions): UntypedServiceImplementation {
  const methods = Object.entries(service).flatMap(([name, { responseStream }]) => {
    const handler = handlers[name];
    if (handler === undefined) return [];
    const guarded: Guarded = { ...options, name, handler };
    const serve = responseStream
      ? (call: StreamCall) => void serveStream(guarded, call)
      : (call: UnaryCall, callback: sendUnaryData<unknown>) =>
          void serveUnary(guarded, call, callback);
    return [[name, serve] as const];
  });
  return Object.fromEntries(methods);
}

interface Guarded extends Omit<GuardOptions, 'service' | 'handlers'> {
  readonly name: string;
  readonly handler: UntypedHandleCall;
}

async function serveUnary(
  { name, handler, gate, users }: Guarded,
  call: UnaryCall,
  callback: sendUnaryData<unknown>,
): Promise<void> {
  try {
    const { username } = await gate.admit(describe(name, call));
    users.set(call.metadata, username);
  } catch (error) {
    return callback(toServiceError(toStatusError(error)));
  }
  Reflect.apply(handler, undefined, [call, callback]);
}

async function serveStream(
  { name, handler, gate, clock }: Guarded,
  call: StreamCall,
): Promise<void> {
  const guarded = describe(name, call);
  try {
    await gate.admit(guarded);
  } catch (error) {
    return endCall(call, toStatusError(error), clock);
  }
  if (call.cancelled || call.destroyed) return;
  const stop = gate.follow(guarded, (reason) => endCall(call, reason, clock));
  call.once('close', stop);
  Reflect.apply(handler, undefined, [call]);
}

function describe(name: string, call: UnaryCall | StreamCall): GuardedCall {
  return {
    authorization: call.metadata.get('authorization').map(String),
    peer: peerOf(call),
    method: name,
    access: methodAccess.get(name),
  };
}
