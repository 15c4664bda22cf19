import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../shared/clock.ts';
import { type HttpServer, startHttpServer } from '../../shared/http-server.ts';
import { openLog } from '../../shared/log.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { waitUntil } from '../coordinator/stand.ts';

const running: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function start(notReady?: string, metrics = async () => 'up 1\n', clock?: Clock) {
  const server = await startHttpServer({
    clock,
    host: '127.0.0.1',
    port: 0,
    metrics,
    notReady: () => notReady,
    log: openLog('test', 'silent'),
  });
  running.push(server);
  return server;
}

function ask(port: number, path: string, method = 'GET') {
  return new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, text });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Opens a connection, says this and no more. */
function hold(port: number, text: string, localAddress = '127.0.0.1') {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined);
  socket.resume();
  if (text !== '') socket.write(text);
  const opened = new Promise<void>((resolve) => {
    socket.once('connect', () => resolve());
    socket.once('close', () => resolve());
  });
  return { socket, opened, closed: new Promise((resolve) => socket.once('close', resolve)) };
}

describe('startHttpServer', () => {
  test.for([
    ['GET', '/healthz', 200, 'ok\n'],
    ['GET', '/readyz', 200, 'ok\n'],
    ['GET', '/metrics?x=1', 200, 'up 1\n'],
    ['GET', '/', 404, 'not found: there is /metrics, /healthz and /readyz\n'],
    ['GET', '/metrics/../etc', 404, 'not found: there is /metrics, /healthz and /readyz\n'],
    ['POST', '/healthz', 405, 'method not allowed: only GET is\n'],
    ['DELETE', '/metrics', 405, 'method not allowed: only GET is\n'],
  ] as const)('%s %s is answered with %d', async ([method, path, status, text]) => {
    const { port } = await start();
    expect(await ask(port, path, method)).toMatchObject({ status, text });
  });

  test('metrics have the type that Prometheus reads', async () => {
    const { port } = await start();
    expect((await ask(port, '/metrics')).type).toContain('version=0.0.4');
  });

  test('readyz says what is missing', async () => {
    const { port } = await start('the list of nodes has not come');
    const text = 'not ready: the list of nodes has not come\n';
    expect(await ask(port, '/readyz')).toMatchObject({ status: 503, text });
    expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
  });

  test('a fault in the metrics is an answer and not the end', async () => {
    const { port } = await start(undefined, () => Promise.reject(new Error('broken')));
    expect(await ask(port, '/metrics')).toMatchObject({ status: 500 });
    expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
  });

  test('headers without end are cut off', async () => {
    const { port } = await start();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET /healthz HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n`);
      });
      let text = '';
      socket.on('data', (part) => {
        text += String(part);
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toContain('431');
  });

  test('a connection without a request, and one with half of one, end in seven seconds', async () => {
    const { port } = await start();
    const startedAtMs = performance.now();
    await Promise.all([hold(port, '').closed, hold(port, 'GET /healthz HTT').closed]);
    expect(performance.now() - startedAtMs).toBeLessThan(7_500);
  }, 15_000);

  test('whoever holds connections open keeps nobody out', async () => {
    const { port } = await start();
    const attackers = Array.from({ length: 200 }, (_, index) => hold(port, '', `127.0.1.${index}`));
    await Promise.all(attackers.map(({ opened }) => opened));
    for (let probe = 0; probe < 20; probe += 1)
      expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
    await waitUntil(() => attackers.filter(({ socket }) => !socket.closed).length <= 64);
    expect(attackers.filter(({ socket }) => !socket.closed).length).toBeGreaterThan(40);
  });

  test('one address has sixteen places, and the others are free', async () => {
    const { port } = await start();
    const kept = hold(port, '', '127.0.1.2');
    await kept.opened;
    const attackers = Array.from({ length: 40 }, () => hold(port, '', '127.0.1.1'));
    await Promise.all(attackers.map(({ opened }) => opened));
    await waitUntil(() => attackers.filter(({ socket }) => !socket.closed).length === 16);
    expect(kept.socket.closed).toBe(false);
  });

  test('a reader that does not read is ended', async () => {
    const big = 'x'.repeat(64 * 1024 * 1024);
    const clock = new VirtualClock();
    let isRendered = false;
    const render = async (): Promise<string> => {
      setImmediate(() => {
        isRendered = true;
      });
      return big;
    };
    const { port } = await start(undefined, render, clock);
    const slow = hold(port, 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n');
    slow.socket.pause();
    await waitUntil(() => isRendered);
    await clock.advance(10_000);
    slow.socket.resume();
    await slow.closed;
    expect(slow.socket.bytesRead).toBeLessThan(big.length);
  });

  test('metrics that many ask for at once are rendered once', async () => {
    let renderings = 0;
    const clock = new VirtualClock();
    const render = async (): Promise<string> => {
      renderings += 1;
      return 'up 1\n';
    };
    const { port } = await start(undefined, render, clock);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(port, '/metrics')));
    expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, () => 'up 1\n'));
    expect(renderings).toBe(1);
    await clock.advance(250);
    await ask(port, '/metrics');
    expect(renderings).toBe(2);
  });

  test('an address in use is one sentence', async () => {
    const { port } = await start();
    const options = { host: '127.0.0.1', port, log: openLog('test', 'silent') };
    const second = startHttpServer({ ...options, metrics: async () => '', notReady: () => '' });
    await expect(second).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: `);
  });

  test('stop ends open connections and may be called twice', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await new Promise((resolve) => socket.on('connect', resolve));
    await server.stop();
    await server.stop();
    await closed;
  });
});
