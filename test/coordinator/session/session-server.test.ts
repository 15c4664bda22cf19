// The streams of agents over real gRPC: every kind of bad input with its status and reason, and the server goes on.

import { connect as connectHttp2, constants } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import type { Event } from '../../../coordinator/core/events.ts';
import { openInspector } from '../../../coordinator/inspector/inspector.ts';
import { LeaseFeed } from '../../../coordinator/inspector/lease-feed.ts';
import { openCoordinatorMetrics } from '../../../coordinator/metrics.ts';
import { startGrpcServer } from '../../../coordinator/server.ts';
import { SessionServer } from '../../../coordinator/session/session-server.ts';
import { openAgentStream } from '../../../coordinator/session/transport.ts';
import { type Clock, openSystemClock } from '../../../shared/clock.ts';
import { loadContract } from '../../../shared/proto.ts';
import type { CoordinatorMessage } from '../../../shared/protocol.ts';
import { StatusError } from '../../../shared/rpc.ts';
import { toAgentMessage } from '../../../shared/wire.ts';
import { FakeAgent, helloOf, openTestLog, waitUntil } from '../stand.ts';

const closers: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Bounds {
  readonly maxStreams?: number;
  readonly maxHandshakes?: number;
}

async function start(bounds: Bounds = {}, clock: Clock = openSystemClock()) {
  const { log, lines } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  const events: Event[] = [];
  let sessions = 0;
  const newId = (): string => `s${++sessions}`;
  const onEvent = (event: Event): void => {
    events.push(event);
    if (event.kind === 'helloReceived') server.send(event.sessionId, welcomeTo(event.sessionId));
  };
  const server = new SessionServer({ clock, log, metrics, newId, onEvent, ...bounds });
  const absent = (): never => {
    throw new StatusError('UNAVAILABLE', 'no core');
  };
  const inspector = openInspector({
    views: absent,
    actions: absent,
    identify: absent,
    feed: new LeaseFeed(),
    clock,
    log,
    signal: new AbortController().signal,
  });
  const grpc = await startGrpcServer({
    tls: false,
    log,
    onEnded: () => undefined,
    host: '127.0.0.1',
    port: 0,
    onSession: (call) => void server.serve(openAgentStream(call, clock)),
    inspector,
  });
  closers.push(() => grpc.stop());
  const dial = (): FakeAgent => {
    const agent = new FakeAgent(grpc.port);
    closers.push(() => agent.close());
    return agent;
  };
  const ends = () => lines.filter(({ msg }) => msg === 'session ended');
  return { server, events, dial, ends, metrics, port: grpc.port, grpc };
}

function welcomeTo(sessionId: string): CoordinatorMessage {
  return {
    kind: 'welcome',
    sessionId,
    epoch: 1,
    inventoryWanted: true,
    heartbeatIntervalMs: 10_000,
    offerTtlMs: 15_000,
    acknowledged: [],
  };
}

/** A gRPC message as it stands on the wire: not compressed, its length, its bytes. */
function frame(bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** A sound session, to see that the server goes on. */
async function expectSound({ dial, events }: Awaited<ReturnType<typeof start>>) {
  const agent = dial();
  const { sessionId } = await agent.open(helloOf('sound', 'sound'));
  agent.send({ kind: 'heartbeat', sequence: 1 });
  await waitUntil(() =>
    events.some((event) => event.kind === 'heartbeatReceived' && event.sessionId === sessionId),
  );
}

describe('SessionServer', () => {
  test('hello, inventory and heartbeat arrive, messages go out, the end is told', async () => {
    const stand = await start();
    const agent = stand.dial();
    const { sessionId } = await agent.open(helloOf('n1', 'u1'));
    agent.send({ kind: 'inventoryChunk', sequence: 0, last: true, entries: [] });
    agent.send({ kind: 'heartbeat', sequence: 1 });
    await waitUntil(() => stand.events.length === 3);
    stand.server.send(sessionId, { kind: 'outcomeAck', leaseId: '1-1', podUid: 'p' });
    await waitUntil(() => agent.received.length === 2);
    agent.close();
    await waitUntil(() => stand.events.length === 4);
    expect(stand.events.map(({ kind }) => kind)).toEqual([
      'helloReceived',
      'inventoryReceived',
      'heartbeatReceived',
      'sessionEnded',
    ]);
    expect(stand.ends()).toMatchObject([{ level: 'info', node: 'n1', sessionId }]);
  });

  type Misbehaviour = (agent: FakeAgent) => void;
  test.for<[string, Misbehaviour, string, string]>([
    [
      'a second Hello',
      (agent) => agent.send(helloOf('n1', 'u1')),
      'INVALID_ARGUMENT',
      'a second Hello came on this stream; open another stream for another session',
    ],
    [
      'a message out of order',
      (agent) => agent.send({ kind: 'heartbeat', sequence: 3 }),
      'INVALID_ARGUMENT',
      'Heartbeat 3 came where 1 was due',
    ],
    [
      'a message of another session',
      (agent) => agent.send({ kind: 'heartbeat', sequence: 1 }, 'stranger'),
      'INVALID_ARGUMENT',
      "Heartbeat carries another session id than this one's",
    ],
    [
      'a message that is too large',
      (agent) => agent.call.write({ sessionId: 'x'.repeat(70_000) }),
      'RESOURCE_EXHAUSTED',
      'the message has 70004 bytes, more than the 65536 allowed',
    ],
    [
      'an empty message',
      (agent) => agent.call.write({}),
      'INVALID_ARGUMENT',
      'the message has no body that this coordinator knows',
    ],
    [
      'a message far too large',
      (agent) => agent.call.write({ sessionId: 'x'.repeat(2_000_000) }),
      'RESOURCE_EXHAUSTED',
      'Received message larger than max (2000004 vs 1048576)',
    ],
  ])('%s ends the stream with a reason', async ([, misbehave, code, message]) => {
    const stand = await start();
    const agent = stand.dial();
    await agent.open(helloOf('n1', 'u1'));
    misbehave(agent);
    expect(await agent.ended).toMatchObject({ code, message });
    await waitUntil(() => stand.ends().length === 1);
    expect(stand.events.at(-1)?.kind).toBe('sessionEnded');
    await expectSound(stand);
  });

  test('bytes that are no message end the stream, and the reason is logged once', async () => {
    const stand = await start();
    const session = connectHttp2(`http://127.0.0.1:${stand.port}`);
    closers.push(() => session.destroy());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/forehold.v1.SessionService/Session',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const trailers = new Promise<Record<string, unknown>>((resolve) => {
      stream.on('response', (headers) => {
        if (headers['grpc-status'] !== undefined) resolve(headers);
      });
      stream.on('trailers', resolve);
    });
    stream.write(Buffer.from([0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff]));
    stream.resume();
    expect(await trailers).toMatchObject({
      'grpc-status': '3',
      'grpc-message': encodeURI('the message cannot be decoded'),
    });
    await waitUntil(() => stand.ends().length === 1);
    expect(stand.ends()).toMatchObject([{ level: 'warn', code: 'INVALID_ARGUMENT' }]);
    await expectSound(stand);
  });

  test('a refusal is counted by its code', async () => {
    const stand = await start();
    const agent = stand.dial();
    agent.send({ kind: 'heartbeat', sequence: 1 });
    expect(await agent.ended).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'the first message must be Hello, not Heartbeat',
    });
    await waitUntil(() => stand.ends().length === 1);
    const text = await stand.metrics.registry.metrics();
    expect(text).toContain('forehold_sessions_ended_total{code="INVALID_ARGUMENT"} 1');
  });

  test('a stream that says nothing and one that falls silent are ended', async () => {
    const stand = await start({}, openSystemClock(100));
    const mute = stand.dial();
    const silent = stand.dial();
    await silent.open(helloOf('n1', 'u1'));
    expect(await mute.ended).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: 'no Hello within 10 s',
    });
    expect(await silent.ended).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: 'nothing was heard for 30 s',
    });
  });

  test('a stream that never reads is ended, and holds up nobody', async () => {
    const stand = await start({}, openSystemClock(20));
    const session = connectHttp2(`http://127.0.0.1:${stand.port}`);
    closers.push(() => session.destroy());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/forehold.v1.SessionService/Session',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.pause();
    const closed = new Promise<number | undefined>((resolve) => {
      stream.on('error', () => undefined);
      stream.on('close', () => resolve(stream.rstCode));
    });
    const { requestSerialize } = loadContract().SessionService.service.Session;
    stream.write(frame(requestSerialize(toAgentMessage('', helloOf('n1', 'u1')))));
    const opened = await waitUntil(() =>
      stand.events.find((event) => event.kind === 'helloReceived'),
    );
    const sessionId = opened.kind === 'helloReceived' ? opened.sessionId : '';
    for (let index = 0; index < 900; index += 1)
      stand.server.send(sessionId, { kind: 'outcomeAck', leaseId: 'x'.repeat(1_000), podUid: '' });
    await waitUntil(() => stand.ends().length === 1);
    expect(stand.ends()).toMatchObject([
      { level: 'warn', code: 'RESOURCE_EXHAUSTED', message: 'the stream was not read' },
    ]);
    // gRPC reads this reset as RESOURCE_EXHAUSTED.
    expect(await closed).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    await expectSound(stand);
  });

  test('a queue that overflows ends the stream at once', async () => {
    const stand = await start();
    const agent = stand.dial();
    const { sessionId } = await agent.open(helloOf('n1', 'u1'));
    for (let index = 0; index < 1_100; index += 1) stand.server.send(sessionId, { kind: 'resync' });
    expect(await agent.ended).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    await expectSound(stand);
  });

  test('streams and handshakes have a bound', async () => {
    const stand = await start({ maxStreams: 2, maxHandshakes: 1 });
    const [first, second, third] = [stand.dial(), stand.dial(), stand.dial()];
    const refused = await Promise.race([first.ended, second.ended, third.ended]);
    expect(refused).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'there are 1 streams without a Hello already',
    });
  });

  test('ends a session as the core says', async () => {
    const stand = await start();
    const agent = stand.dial();
    const { sessionId } = await agent.open(helloOf('n1', 'u1'));
    stand.server.end(sessionId, 'ABORTED', 'Superseded: a newer session of this node began');
    expect(await agent.ended).toMatchObject({
      code: 'ABORTED',
      message: 'Superseded: a newer session of this node began',
    });
  });

  test('stop ends everything with UNAVAILABLE and lets nobody in', async () => {
    const stand = await start();
    const [agent, mute] = [stand.dial(), stand.dial()];
    await agent.open(helloOf('n1', 'u1'));
    stand.server.stop();
    const stopping = { code: 'UNAVAILABLE', message: 'the coordinator is stopping' };
    expect(await agent.ended).toMatchObject(stopping);
    expect(await mute.ended).toMatchObject(stopping);
    expect(await stand.dial().ended).toMatchObject(stopping);
  });
});
