// One real server and client on port 0: what streams do under back-pressure and at their end is grpc-js's doing, and
// this holds it to what rpc.ts says.

import {
  type ClientDuplexStream,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { openSystemClock } from '../../shared/clock.ts';
import type { AgentMessage, AgentMessageInput } from '../../shared/gen/forehold/v1/AgentMessage.ts';
import type {
  CoordinatorMessage,
  CoordinatorMessageInput,
} from '../../shared/gen/forehold/v1/CoordinatorMessage.ts';
import { loadContract } from '../../shared/proto.ts';
import {
  endCall,
  guardRequests,
  messages,
  StatusError,
  send,
  toStatusError,
} from '../../shared/rpc.ts';

type ServerCall = ServerDuplexStream<AgentMessage, CoordinatorMessageInput>;
type ClientCall = ClientDuplexStream<AgentMessageInput, CoordinatorMessage>;

const clock = openSystemClock();
const { SessionService } = loadContract();
const opened: { server: Server; close: () => void }[] = [];

afterEach(() => {
  for (const { server, close } of opened.splice(0)) {
    close();
    server.forceShutdown();
  }
});

async function connect(serve: (call: ServerCall) => void | Promise<void>): Promise<ClientCall> {
  const server = new Server();
  server.addService(guardRequests(SessionService.service, 1_024), {
    Session: (call: ServerCall) => void serve(call),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const client = new SessionService(`127.0.0.1:${port}`, credentials.createInsecure());
  opened.push({ server, close: () => client.close() });
  const call = client.Session();
  call.on('error', () => undefined);
  return call;
}

async function collect(call: ClientCall, signal = new AbortController().signal) {
  const received: string[] = [];
  try {
    for await (const { sessionId } of messages(call, signal)) received.push(sessionId);
    return { received, error: undefined };
  } catch (error) {
    return { received, error: toStatusError(error) };
  }
}

const never = new AbortController().signal;

describe('messages', () => {
  test('yields what the peer sends, in order, and ends with it', async () => {
    const call = await connect(async (serverCall) => {
      for (let index = 0; index < 100; index += 1)
        await send(
          serverCall,
          { sessionId: String(index) },
          { signal: never, clock, deadlineMs: 5_000 },
        );
      endCall(serverCall, undefined, clock);
    });
    const { received, error } = await collect(call);
    expect(error).toBeUndefined();
    expect(received).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
  });

  test('yields what came before the error, then throws it with its code', async () => {
    const call = await connect((serverCall) => {
      serverCall.write({ sessionId: 'last' });
      endCall(serverCall, new StatusError('ABORTED', 'Superseded: ümlaut \ud800'), clock);
    });
    const { received, error } = await collect(call);
    expect(received).toEqual(['last']);
    expect(error).toMatchObject({ code: 'ABORTED', message: 'Superseded: ümlaut \ufffd' });
  });

  test('throws the reason when the signal aborts, also while waiting', async () => {
    const call = await connect(() => undefined);
    const controller = new AbortController();
    const done = collect(call, controller.signal);
    controller.abort(new StatusError('DEADLINE_EXCEEDED', 'enough'));
    expect((await done).error).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: 'enough' });
    call.cancel();
  });

  test('the loop of the server ends when its peer leaves', async () => {
    const left = Promise.withResolvers<string>();
    const call = await connect(async (serverCall) => {
      serverCall.write({ sessionId: 'hello' });
      try {
        for await (const _ of messages(serverCall, never));
        left.resolve('OK');
      } catch (error) {
        left.resolve(toStatusError(error).code);
      }
    });
    await new Promise((resolve) => call.once('readable', resolve));
    call.cancel();
    // A reset reaches the reader as an end or as a cancellation, whichever comes first.
    expect(await left.promise).toMatch(/^(OK|CANCELLED)$/);
  });

  test('a message too large, and one that is none, are told apart and by name', async () => {
    const refuse = async (serverCall: ServerCall): Promise<void> => {
      try {
        for await (const _ of messages(serverCall, never));
      } catch (error) {
        endCall(serverCall, toStatusError(error), clock);
      }
    };
    const large = await connect((serverCall) => void refuse(serverCall));
    large.write({ sessionId: 'x'.repeat(2_000) });
    expect((await collect(large)).error).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'the message has 2003 bytes, more than the 1024 allowed',
    });
  });
});

describe('send', () => {
  test('waits while the peer does not read, and says so when it never does', async () => {
    const outcome = Promise.withResolvers<{ sent: number; error: unknown }>();
    const call = await connect(async (serverCall) => {
      let sent = 0;
      const message = { sessionId: 'x'.repeat(50_000) };
      try {
        for (; sent < 10_000; sent += 1)
          await send(serverCall, message, { signal: never, clock, deadlineMs: 200 });
        outcome.resolve({ sent, error: undefined });
      } catch (error) {
        outcome.resolve({ sent, error });
        endCall(serverCall, toStatusError(error), clock);
      }
    });
    // grpc-js holds its peer back only once somebody has begun to read.
    call.on('readable', () => undefined);
    const { sent, error } = await outcome.promise;
    expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    expect(sent).toBeLessThan(100);
    // The status stands behind what nobody reads; the stream is reset, which says the same.
    const status = await new Promise((resolve) => call.once('error', resolve));
    expect(toStatusError(status)).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  });

  test('rejects on a stream that is over', async () => {
    const late = Promise.withResolvers<unknown>();
    const call = await connect((serverCall) => {
      endCall(serverCall, undefined, clock);
      send(serverCall, { sessionId: '' }, { signal: never, clock, deadlineMs: 100 }).then(
        () => late.resolve(undefined),
        late.resolve,
      );
    });
    await collect(call);
    expect(await late.promise).toMatchObject({ code: 'CANCELLED' });
  });

  test('rejects with the reason of the signal', async () => {
    const call = await connect(() => undefined);
    const signal = AbortSignal.abort(new StatusError('UNAVAILABLE', 'stopping'));
    const sending = send(call, { sessionId: '' }, { signal, clock, deadlineMs: 100 });
    await expect(sending).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    call.cancel();
  });
});

describe('endCall', () => {
  test('a detail that is too long is cut', async () => {
    const call = await connect((serverCall) =>
      endCall(serverCall, new StatusError('NOT_FOUND', 'n'.repeat(5_000)), clock),
    );
    const { error } = await collect(call);
    expect(error?.code).toBe('NOT_FOUND');
    expect(error?.message).toHaveLength(1_024);
  });
});

describe('guardRequests', () => {
  test.for([
    ['bytes that are no message', Buffer.from([0xff, 0xff, 0xff, 0xff]), 'INVALID_ARGUMENT'],
    ['too many bytes', Buffer.alloc(1_025), 'RESOURCE_EXHAUSTED'],
  ] as const)('puts an error in the place of %s', ([, bytes, code]) => {
    const { requestDeserialize } = guardRequests(SessionService.service, 1_024).Session;
    const decoded: unknown = requestDeserialize(bytes);
    expect(decoded).toBeInstanceOf(StatusError);
    expect(decoded).toMatchObject({ code });
  });
});
