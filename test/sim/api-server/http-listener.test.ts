// The same answers through sockets, and what only sockets have: bodies that are too large, readers that stop reading,
// connections that go.

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { HttpListener } from '../../../sim/api-server/http-listener.ts';
import type { StreamSink } from '../../../sim/api-server/message.ts';
import { at, type Bench, image, imagesPath, nodesPath, openBench } from './workbench.ts';

const ending: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function openListening(): Promise<{ bench: Bench; url: string }> {
  const bench = openBench();
  const url = await bench.server.start();
  ending.push(() => bench.server.stop());
  return { bench, url };
}

interface Sent {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

async function send(url: string, sent: Sent = {}): Promise<IncomingMessage> {
  const { method = 'GET', body, agent } = sent;
  const headers = { 'content-type': 'application/json', 'user-agent': 'forehold-test' };
  const outgoing = request(url, { method, headers, ...(agent === undefined ? {} : { agent }) });
  outgoing.end(body);
  const response: [IncomingMessage] = await once(outgoing, 'response').then(([first]) => [first]);
  return response[0];
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('HttpListener', () => {
  test('listens on loopback, on any free port, once', async () => {
    const { bench, url } = await openListening();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await bench.server.start()).toBe(url);
  });

  test('answers as the dispatcher does, with warnings and over a connection that is kept', async () => {
    const { url } = await openListening();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    ending.push(() => agent.destroy());
    const body = JSON.stringify(image('a', { bogus: 1, odd: 2 }));
    const created = await send(`${url}${imagesPath}`, { method: 'POST', body, agent });
    expect(created.statusCode).toBe(201);
    expect(created.headers['content-type']).toBe('application/json');
    expect(created.headers['warning']).toBe(
      '299 - "unknown field \\"spec.bogus\\"", 299 - "unknown field \\"spec.odd\\""',
    );
    const { socket } = created;
    expect(at(JSON.parse(await readAll(created)), 'metadata.name')).toBe('a');
    const missing = await send(`${url}${imagesPath}/nope`, { agent });
    expect([missing.statusCode, missing.socket === socket]).toEqual([404, true]);
    await readAll(missing);
  });

  test('asks to come back later where the API server does', async () => {
    const { url } = await openListening();
    const response = await send(`${url}${imagesPath}?resourceVersion=999`);
    expect([response.statusCode, response.headers['retry-after']]).toEqual([504, '1']);
    await readAll(response);
  });

  test('refuses a body over 3 MiB and takes one below', async () => {
    const { url } = await openListening();
    const large = await send(`${url}${imagesPath}`, {
      method: 'POST',
      body: Buffer.alloc(3 * 1024 * 1024 + 1, ' '),
    });
    expect(large.statusCode).toBe(413);
    expect(JSON.parse(await readAll(large))).toMatchObject({
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
    });
    const text = JSON.stringify(image('a'));
    const body = Buffer.alloc(3 * 1024 * 1024, ' ');
    body.write(text);
    const fits = await send(`${url}${imagesPath}`, { method: 'POST', body });
    expect(fits.statusCode).toBe(201);
    await readAll(fits);
  });

  test('streams a watch line by line and ends it cleanly when its time is over', async () => {
    const { bench, url } = await openListening();
    const response = await send(`${url}${nodesPath}?watch=1&timeoutSeconds=5`);
    expect([response.statusCode, response.headers['transfer-encoding']]).toEqual([200, 'chunked']);
    const text = readAll(response);
    bench.store.create('nodes', { metadata: { name: 'n1' } });
    bench.store.create('nodes', { metadata: { name: 'n2' } });
    await bench.clock.advance(5_000);
    const lines = (await text).trimEnd().split('\n');
    expect(lines.map((line) => at(JSON.parse(line), 'object.metadata.name'))).toEqual(['n1', 'n2']);
    expect(response.complete).toBe(true);
  });

  test('drops a reader that stops reading, and the others go on', async () => {
    const { bench, url } = await openListening();
    const stalled = await send(`${url}${nodesPath}?watch=1`);
    const alert = await send(`${url}${nodesPath}?watch=1`);
    const heard: string[] = [];
    alert.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    stalled.pause();
    const annotations = { filler: 'x'.repeat(50_000) };
    for (let index = 0; index < 1_500; index += 1) {
      bench.store.create('nodes', { metadata: { name: `n${index}`, annotations } });
      await new Promise((resolve) => setImmediate(resolve));
    }
    bench.store.create('nodes', { metadata: { name: 'last' } });
    await expect.poll(() => heard.join('').includes('"last"'), { timeout: 10_000 }).toBe(true);
    const taken = await readAll(stalled);
    const lines = taken.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(1_500);
    expect(at(JSON.parse(lines[0] ?? ''), 'object.metadata.name')).toBe('n0');
    alert.destroy();
  });

  test('tells a stream when its reader has caught up, and when it has gone', async () => {
    const told: string[] = [];
    const opened = Promise.withResolvers<StreamSink>();
    const listener = new HttpListener(() => ({
      kind: 'stream',
      open: (sink) => {
        opened.resolve(sink);
        return { drained: () => told.push('drained'), close: () => told.push('closed') };
      },
    }));
    ending.push(() => listener.stop());
    const response = await send(await listener.start('127.0.0.1', 0));
    const sink = await opened.promise;
    response.pause();
    while (sink.write('x'.repeat(100_000)));
    expect(told).toEqual([]);
    response.resume();
    await expect.poll(() => told).toEqual(['drained']);
    response.destroy();
    await expect.poll(() => told).toEqual(['drained', 'closed']);
  });

  test('stops with watches open, twice if need be', async () => {
    const { bench, url } = await openListening();
    const response = await send(`${url}${nodesPath}?watch=1`);
    const ended = new Promise((resolve) => response.once('close', resolve));
    response.on('error', () => undefined);
    await bench.server.stop();
    await bench.server.stop();
    response.resume();
    await ended;
    await expect(send(`${url}${nodesPath}`)).rejects.toThrow();
  });
});
