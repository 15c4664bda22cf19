// Dialling a real port with TLS: what works, and each way in which it does not, in one sentence that says what to do.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { type OpenStream, openGrpcTransport, type SessionStream } from '../../agent/transport.ts';
import type { ServingCertificate } from '../../coordinator/listener.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { UnsafeAddressError } from '../../shared/loopback.ts';
import { toStatusError } from '../../shared/rpc.ts';
import {
  type Certified,
  makeCertificate,
  serverName,
  startTlsPort,
} from '../coordinator/channel-stand.ts';
import { helloOf, clock as realClock, waitUntil } from '../coordinator/stand.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(certificate?: ServingCertificate, refusals = 0) {
  const stand = await startTlsPort({}, { refusals });
  closers.push(() => stand.stop());
  if (certificate !== undefined) stand.grpc.certify(certificate);
  return stand;
}

function writeCa(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'forehold-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'ca.crt');
  writeFileSync(file, text);
  return file;
}

/** Says Hello; returns the kind of the first answer, or the words that ended the stream. */
function dial(port: number, caFile: string, name = serverName, clock = realClock): Promise<string> {
  const life = new AbortController();
  closers.push(() => life.abort());
  return ask(openGrpcTransport({ caFile, serverName: name }, life.signal), port, clock);
}

function openTransport(ca: string, signal = new AbortController().signal): OpenStream {
  return openGrpcTransport({ caFile: writeCa(ca), serverName }, signal);
}

async function ask(open: OpenStream, port: number, clock = realClock): Promise<string> {
  const { signal } = new AbortController();
  let stream: SessionStream | undefined;
  try {
    stream = open(`127.0.0.1:${port}`, clock);
    const opened = stream;
    closers.push(() => opened.close());
    await stream.send('', helloOf('n1', 'u1'), signal);
    for await (const { message } of stream.messages(signal)) return message?.kind ?? '';
    return 'ended';
  } catch (error) {
    stream?.close();
    const { code, message } = toStatusError(error);
    expect(code).toBe('UNAVAILABLE');
    return message;
  }
}

describe('openGrpcTransport', () => {
  test('reads the authorities again for every stream', async () => {
    const { grpc, certified } = await start();
    const file = writeCa(certified.ca);
    const life = new AbortController();
    const open = openGrpcTransport({ caFile: file, serverName }, life.signal);
    expect(await ask(open, grpc.port)).toBe('welcome');
    const next = await makeCertificate();
    grpc.certify(next);
    expect(await ask(open, grpc.port)).toContain('signed by none of the authorities');
    writeFileSync(file, `${certified.ca}\n${next.ca}`);
    expect(await ask(open, grpc.port)).toBe('welcome');
  });

  test('names the name that does not match, and those that would', async () => {
    const { grpc, certified } = await start();
    expect(await dial(grpc.port, writeCa(certified.ca), 'other.svc')).toBe(
      `cannot dial: the certificate of the coordinator is for ${serverName} and not for other.svc: dial by one of its names, or add this one to FOREHOLD_TLS_NAMES`,
    );
  });

  test.for<[string, () => Promise<Certified>, string]>([
    ['that has expired', () => makeCertificate(-10, -1), 'has expired: see in its log why'],
    [
      'that is not valid yet',
      () => makeCertificate(1, 10),
      'is not valid yet: see that the clocks',
    ],
  ])('a certificate %s is said to be so', async ([, make, words]) => {
    const certified = await make();
    const { grpc } = await start(certified);
    expect(await dial(grpc.port, writeCa(certified.ca))).toContain(words);
  });

  test('a certificate of an authority that is not known is said to be so', async () => {
    const { grpc } = await start();
    const other = await makeCertificate();
    expect(await dial(grpc.port, writeCa(other.ca))).toBe(
      'cannot dial: the certificate of the coordinator was signed by none of the authorities in the CA file: see that the file is ca.crt of ConfigMap forehold-ca, and up to date',
    );
  });

  test('a port that speaks plain text is said to speak no TLS', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    closers.push(() => plain.close());
    const { ca } = await makeCertificate();
    const port = await listen(plain);
    expect(await dial(port, writeCa(ca))).toContain('does not speak TLS 1.3: see that it is the');
  });

  test('a port that speaks TLS 1.2 at most is refused', async () => {
    const { ca, certificate: cert, key } = await makeCertificate();
    const old = createTlsServer({ cert, key, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] });
    closers.push(() => old.close());
    const port = await listen(old);
    expect(await dial(port, writeCa(ca))).toContain('does not speak TLS 1.3: see that it is the');
  });

  test.for(['', '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----'])(
    'a file of authorities with %j is of no use',
    async (text) => {
      expect(await dial(1, writeCa(text))).toContain('holds no certificate of an authority');
    },
  );

  test('the certificate of a server is none of an authority', async () => {
    const { certificate } = await makeCertificate();
    expect(await dial(1, writeCa(certificate))).toContain('holds no certificate of an authority');
  });

  test('a file that is not there yet is worth another attempt', async () => {
    expect(await dial(1, '/does/not/exist')).toBe(
      'cannot read /does/not/exist (ENOENT): the coordinator publishes it when it has started; if it never comes, see that its ConfigMap is mounted',
    );
  });

  test('an address that stays silent is given up after ten seconds', async () => {
    const silent = createServer(() => undefined);
    closers.push(() => silent.close());
    const port = await listen(silent);
    const { ca } = await makeCertificate();
    expect(await dial(port, writeCa(ca), serverName, openSystemClock(20))).toBe(
      `cannot dial 127.0.0.1:${port}: no connection within 10 s`,
    );
  });

  test('asks who refused again over the same connection, until he welcomes', async () => {
    const { grpc, certified, peers } = await start(undefined, 3);
    const open = openTransport(certified.ca);
    for (let asked = 1; asked <= 3; asked += 1) {
      expect(await ask(open, grpc.port)).toBe('stands by');
      expect(peers).toHaveLength(asked);
      expect(grpc.connections('stranger')).toBe(1);
    }
    expect(await ask(open, grpc.port)).toBe('welcome');
    await waitUntil(() => grpc.connections('trusted') === 1);
    expect(grpc.connections('stranger')).toBe(0);
  });

  test('lets go of who refused when another one welcomes', async () => {
    const [standby, leader] = [await start(undefined, 1), await start()];
    const open = openTransport(`${standby.certified.ca}\n${leader.certified.ca}`);
    await ask(open, standby.grpc.port);
    await ask(open, leader.grpc.port);
    await waitUntil(() => standby.grpc.connections('stranger') === 0);
    expect(leader.grpc.connections('stranger') + leader.grpc.connections('trusted')).toBe(1);
  });

  test('lets go of who refused after 45 seconds', async () => {
    const { grpc, certified, ended } = await start(undefined, 1);
    const clock = openSystemClock(30);
    await ask(openTransport(certified.ca), grpc.port, clock);
    const sinceMs = clock.now().monotonicMs;
    await waitUntil(() => grpc.connections('stranger') === 0);
    expect(clock.now().monotonicMs - sinceMs).toBeGreaterThan(40_000);
    expect(ended).toEqual([]);
  });

  test('dials anew when the connection has broken', async () => {
    const { grpc, certified } = await start(undefined, 1);
    const open = openTransport(certified.ca);
    await ask(open, grpc.port);
    await grpc.stop();
    expect(await ask(open, grpc.port)).toContain('ECONNREFUSED');
  });

  test('keeps no connection once its signal has aborted', async () => {
    const { grpc, certified } = await start(undefined, 2);
    const life = new AbortController();
    const open = openTransport(certified.ca, life.signal);
    await ask(open, grpc.port);
    life.abort();
    await waitUntil(() => grpc.connections('stranger') === 0);
    await ask(open, grpc.port);
    await waitUntil(() => grpc.connections('stranger') === 0);
  });

  test('without TLS only loopback addresses are dialled', () => {
    const open = (): unknown =>
      openGrpcTransport(undefined, new AbortController().signal)('10.0.0.1:7443', realClock);
    expect(open).toThrow(UnsafeAddressError);
  });
});

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
