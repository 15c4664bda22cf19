import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type HttpServer, startHttpServer } from '../../shared/http-server.ts';
import { openLog } from '../../shared/log.ts';

const running: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function start(notReady?: string, metrics = async () => 'up 1\n') {
  const server = await startHttpServer({
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
