import { type ClientHttp2Stream, connect, constants } from 'node:http2';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { addReflection } from '../../coordinator/reflection.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { loadDescription } from '../../shared/proto.ts';
import { waitUntil } from './stand.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

async function openStream(version: string, clockSpeed = 1): Promise<ClientHttp2Stream> {
  const server = new Server();
  addReflection(server, loadDescription(), openSystemClock(clockSpeed));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  const session = connect(`http://127.0.0.1:${port}`);
  closers.push(
    () => server.forceShutdown(),
    () => session.destroy(),
  );
  const stream = session.request({
    ':method': 'POST',
    ':path': `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', () => undefined);
  return stream;
}

/** A question as it stands on the wire: not compressed, its length, field 7 or 4 with a text. */
function frame(field: number, text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([
    Buffer.from([0, 0, 0, 0, body.length + 2, field * 8 + 2, body.length]),
    body,
  ]);
}

const listServices = frame(7, '*');

describe('addReflection', () => {
  test.for(['v1', 'v1alpha'])('answers each question of a stream in order, %s', async (version) => {
    const stream = await openStream(version);
    let text = '';
    stream.on('data', (part) => {
      text += String(part);
    });
    const trailers = new Promise<Record<string, unknown>>((resolve) => {
      stream.on('trailers', resolve);
    });
    stream.end(Buffer.concat([listServices, frame(4, 'forehold.v1.Hello')]));
    expect(await trailers).toMatchObject({ 'grpc-status': '0' });
    expect(text.indexOf('forehold.v1.SessionService')).toBeGreaterThan(0);
    expect(text.indexOf('kubelet_version')).toBeGreaterThan(text.indexOf('InspectorService'));
  });

  test('ends a stream whose answers are not read', async () => {
    const stream = await openStream('v1', 50);
    stream.pause();
    stream.write(
      Buffer.concat(Array.from({ length: 10_000 }, () => frame(4, 'forehold.v1.Hello'))),
    );
    await waitUntil(() => stream.closed);
    expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });

  test('a question that is too long ends the stream', async () => {
    const stream = await openStream('v1');
    const head = Buffer.alloc(5);
    head.writeUInt32BE(5_000, 1);
    const status = new Promise((resolve) => {
      stream.on('response', (headers) => resolve(headers['grpc-status']));
    });
    stream.write(Buffer.concat([head, Buffer.alloc(5_000, 0x3a)]));
    expect(await status).toBe('8');
  });
});
