// The port under attack: a thousand bad connections of every kind, while sessions go on; and each bound by itself.

import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { ConnectionBounds } from '../../coordinator/connection-bounds.ts';
import type { ConnectionPhase } from '../../coordinator/connections.ts';
import { openInspectorClient } from '../../shared/dial.ts';
import { makeCertificate, serverName, startTlsPort } from './channel-stand.ts';
import { type FakeAgent, helloOf, waitUntil } from './stand.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Stand = Awaited<ReturnType<typeof startTlsPort>>;

// The bounds of a cluster, only that nobody has time to wait for them.
const quick = { waitMs: 500, handshakeMs: 2_000, firstCallMs: 1_000, strangerMs: 3_000 };

async function start(...how: Parameters<typeof startTlsPort>): Promise<Stand> {
  const stand = await startTlsPort(...how);
  closers.push(() => stand.stop());
  return stand;
}

function phases({ grpc }: Stand): Readonly<Record<ConnectionPhase, number>> {
  return {
    waiting: grpc.connections('waiting'),
    handshake: grpc.connections('handshake'),
    stranger: grpc.connections('stranger'),
    trusted: grpc.connections('trusted'),
  };
}

interface Attacker {
  readonly socket: Socket;
  readonly closed: Promise<void>;
}

type Attack = () => Attacker;

function repeat(kinds: readonly Attack[], count: number): Attack[] {
  return Array.from({ length: Math.ceil(count / kinds.length) }, () => kinds)
    .flat()
    .slice(0, count);
}

function attack(socket: Socket): Attacker {
  socket.on('error', () => undefined);
  socket.resume();
  closers.push(() => socket.destroy());
  return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve())) };
}

function sendPlain(port: number, bytes: Buffer | string): Attacker {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  return attack(socket);
}

function shakeHands(
  port: number,
  options: ConnectionOptions = {},
): Attacker & { socket: TLSSocket } {
  const socket = connectTls({
    host: '127.0.0.1',
    port,
    servername: serverName,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
    ...options,
  });
  return { ...attack(socket), socket };
}

/** The first flight of a TLS client, as it stands on the wire. */
function recordClientHello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, done) => {
        resolve(chunk);
        done();
      },
    });
    connectTls({ socket: wire, servername: serverName, ALPNProtocols: ['h2'] });
  });
}

/** Agents that say a heartbeat all the time; `missed` counts those that were not heard in half a second. */
async function keepSessions(stand: Stand, count: number) {
  const agents: FakeAgent[] = [];
  for (let index = 0; index < count; index += 1) {
    const agent = stand.dial();
    await agent.open(helloOf(`n${index}`, `u${index}`));
    agents.push(agent);
  }
  const beats = { sent: 0, lost: 0, isOver: false };
  const heard = (): number =>
    stand.events.filter(({ kind }) => kind === 'heartbeatReceived').length;
  const running = (async () => {
    for (let sequence = 1; !beats.isOver; sequence += 1) {
      for (const agent of agents) agent.send({ kind: 'heartbeat', sequence });
      beats.sent += agents.length;
      await waitUntil(() => heard() === beats.sent, 5_000).catch(() => {
        beats.lost += beats.sent - heard();
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const stop = async (): Promise<typeof beats> => {
    beats.isOver = true;
    await running;
    return beats;
  };
  return { agents, stop };
}

describe('Listener', () => {
  test('a thousand bad connections disturb no session, and leave nothing behind', async () => {
    const stand = await start(quick);
    const { port } = stand.grpc;
    const hello = await recordClientHello();
    const { agents, stop } = await keepSessions(stand, 20);
    await waitUntil(() => phases(stand).trusted === 20);
    const before = process.memoryUsage().rss;
    const loud: readonly Attack[] = [
      () => sendPlain(port, Buffer.alloc(2_000, 0xa5)),
      () => shakeHands(port),
      () => sendPlain(port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
      () => shakeHands(port, { ALPNProtocols: ['http/1.1'] }),
      () => shakeHands(port, { ALPNProtocols: undefined }),
      () => shakeHands(port, { maxVersion: 'TLSv1.2' }),
      () => sendHugeHeaders(port),
    ];
    const silent: readonly Attack[] = [
      () => sendPlain(port, ''),
      () => sendPlain(port, hello),
      () => sendPlain(port, hello.subarray(0, 100)),
    ];
    const attacks = [...repeat(loud, 700), ...repeat(silent, 300)];
    const attackers: Attacker[] = [];
    let mostHandshakes = 0;
    const watch = setInterval(() => {
      mostHandshakes = Math.max(mostHandshakes, phases(stand).handshake);
    }, 5);
    closers.push(() => clearInterval(watch));
    for (const [index, begin] of attacks.entries()) {
      attackers.push(begin());
      if (index % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Promise.all(attackers.map(({ closed }) => closed));
    expect(await stop()).toMatchObject({ lost: 0 });
    await waitUntil(() => stand.grpc.connections('stranger') === 0);
    expect(phases(stand)).toEqual({ waiting: 0, handshake: 0, stranger: 0, trusted: 20 });
    expect(mostHandshakes).toBe(100);
    expect(stand.events.some(({ kind }) => kind === 'sessionEnded')).toBe(false);
    expect(new Set(stand.ended)).toEqual(
      new Set([
        'TooManyHandshakes',
        'HandshakeTimeout',
        'HandshakeFailed',
        'NoHttp2',
        'NoCall',
        'NoAcceptedCall',
      ]),
    );
    // About a tenth of a megabyte for each that was let in; the rest is the attackers' own.
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect(stand.lines.filter(({ level }) => level === 'warn').length).toBeLessThan(5);
    const late = stand.dial();
    await late.open(helloOf('late', 'late'));
    expect(agents).toHaveLength(20);
  }, 60_000);

  test('a connection that finds no place waits for one', async () => {
    const stand = await start({ maxHandshakes: 2, handshakeMs: 2_000 });
    const hello = await recordClientHello();
    const attackers = [hello, hello].map((bytes) => sendPlain(stand.grpc.port, bytes));
    await waitUntil(() => phases(stand).handshake === 2);
    const agents = [stand.dial(), stand.dial()];
    const opened = agents.map((agent, index) => agent.open(helloOf(`n${index}`, `u${index}`)));
    await waitUntil(() => phases(stand).waiting === 2);
    await Promise.all([...opened, ...attackers.map(({ closed }) => closed)]);
    expect(stand.ended).toEqual(['HandshakeTimeout', 'HandshakeTimeout']);
    expect(phases(stand)).toMatchObject({ waiting: 0, handshake: 0 });
  });

  test('who says nothing takes no place from those who shake hands', async () => {
    const stand = await start({ maxHandshakes: 1 });
    for (let index = 0; index < 3; index += 1) sendPlain(stand.grpc.port, '');
    await waitUntil(() => phases(stand).waiting === 3);
    await stand.dial().open(helloOf('n1', 'u1'));
    expect(phases(stand)).toMatchObject({ waiting: 3, handshake: 0 });
  });

  test('who leaves while he waits loses his place in the line', async () => {
    const stand = await start({ maxHandshakes: 1 });
    const hello = await recordClientHello();
    const first = sendPlain(stand.grpc.port, hello);
    await waitUntil(() => phases(stand).handshake === 1);
    const second = sendPlain(stand.grpc.port, hello);
    await waitUntil(() => phases(stand).waiting === 1);
    second.socket.resetAndDestroy();
    await waitUntil(() => phases(stand).waiting === 0);
    first.socket.resetAndDestroy();
    await stand.dial().open(helloOf('n1', 'u1'));
    expect(stand.ended).toEqual(['HandshakeFailed', 'HandshakeFailed']);
  });

  test('serves each new certificate to new connections, and drops none', async () => {
    const stand = await start();
    const agent = stand.dial();
    await agent.open(helloOf('n1', 'u1'));
    const next = await makeCertificate();
    stand.grpc.certify(next);
    expect(await stand.dial().ended).toMatchObject({ code: 'UNAVAILABLE' });
    await stand.dial({ ...stand.to, tls: { ca: next.ca, serverName } }).open(helloOf('n2', 'u2'));
    agent.send({ kind: 'heartbeat', sequence: 1 });
    await waitUntil(() => stand.events.some(({ kind }) => kind === 'heartbeatReceived'));
  });

  test('speaks nothing older than TLS 1.3', async () => {
    const stand = await start();
    const { socket, closed } = shakeHands(stand.grpc.port, { maxVersion: 'TLSv1.2' });
    const failure = new Promise((resolve) => socket.on('error', resolve));
    expect(await failure).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
    await closed;
    await waitUntil(() => stand.ended.length > 0);
    expect(stand.ended).toEqual(['HandshakeFailed']);
  });

  test('tells gRPC the address of the peer', async () => {
    const stand = await start();
    const agent = stand.dial();
    await agent.open(helloOf('n1', 'u1'));
    expect(agent.call.getPeer()).toBe(`127.0.0.1:${stand.to.port}`);
    expect(stand.peers).toEqual(['127.0.0.1']);
  });

  test('has no connections before the first certificate', async () => {
    const stand = await start({}, { isCertified: false });
    await shakeHands(stand.grpc.port).closed;
    expect(stand.ended).toEqual(['NoCertificate']);
  });

  test.for<[string, Partial<ConnectionBounds>]>([
    ['takes none of its answers', {}],
    ['leaves too many of them', { maxUnreadBytes: 1024 * 1024 }],
  ])('ends a peer that %s', { timeout: 20_000 }, async ([, bounds]) => {
    const stand = await start(bounds, { listBytes: 512 * 1024, clockSpeed: 5 });
    const { session } = await askForLists(stand.grpc.port, 10);
    await new Promise((resolve) => session.on('close', resolve));
    expect(stand.ended).toEqual(['SlowReader']);
  });

  test('ends a stranger that makes call after call', async () => {
    const stand = await start({ maxStrangerStreams: 20 });
    const first = await askForLists(stand.grpc.port, 30);
    await new Promise((resolve) => first.session.on('close', resolve));
    expect(stand.ended).toEqual(['Flood']);
  });

  test('ends a connection whose calls are all refused', async () => {
    const stand = await start({ strangerMs: 500 });
    const client = openInspectorClient(`127.0.0.1:${stand.grpc.port}`, stand.to.tls);
    closers.push(() => client.close());
    await new Promise((resolve) => client.listNodes({}, resolve));
    await waitUntil(() => stand.ended.length > 0);
    expect(stand.ended).toEqual(['NoAcceptedCall']);
  });

  test('stops with everything that is open', async () => {
    const stand = await start();
    const agent = stand.dial();
    await agent.open(helloOf('n1', 'u1'));
    const half = sendPlain(stand.grpc.port, '');
    await waitUntil(() => phases(stand).waiting === 1);
    const startedAtMs = performance.now();
    await Promise.all([stand.grpc.stop(), stand.grpc.stop()]);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    await half.closed;
    expect(await agent.ended).toMatchObject({ code: 'UNAVAILABLE' });
    await waitUntil(() => phases(stand).trusted === 0);
  });
});

function sendHugeHeaders(port: number): Attacker {
  const attacker = shakeHands(port);
  const session = connectHttp2(`https://127.0.0.1:${port}`, {
    createConnection: () => attacker.socket,
  });
  session.on('error', () => undefined);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/forehold.v1.SessionService/Session',
    'content-type': 'application/grpc',
    authorization: `Bearer ${'x'.repeat(40_000)}`,
  });
  stream.on('error', () => undefined);
  return attacker;
}

/** Many calls that are answered with lists, of which not a byte is read. */
async function askForLists(port: number, count: number) {
  const { socket } = shakeHands(port);
  await new Promise((resolve) => socket.on('secureConnect', resolve));
  const session = connectHttp2(`https://127.0.0.1:${port}`, { createConnection: () => socket });
  session.on('error', () => undefined);
  for (let index = 0; index < count; index += 1) {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/forehold.v1.InspectorService/ListNodes',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    stream.pause();
    stream.end(Buffer.alloc(5));
  }
  return { session };
}
