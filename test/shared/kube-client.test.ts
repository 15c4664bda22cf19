import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type KubeEndpoint,
  KubeError,
  openFileToken,
  openKubeClient,
  type WatchEvent,
} from '../../shared/kube-client.ts';
import type { KubeObject } from '../../shared/kube-types.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { type Answer, answerJson, answerStatus, startKubeServer } from './kube-server.ts';

async function open(answer: Answer, endpoint: Partial<KubeEndpoint> = {}) {
  const server = await startKubeServer(answer);
  const client = openKubeClient({ url: server.url, userAgent: 'forehold-test', ...endpoint });
  return { server, client };
}

async function findError(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('openKubeClient', () => {
  test('sends method, query, body and its own name, and reads JSON', async () => {
    const seen: unknown[] = [];
    const { client, server } = await open((request, response, body) => {
      seen.push(request.headers['user-agent'], request.headers['content-type'], JSON.parse(body));
      answerJson(response, 201, { ok: true });
    });
    const answer = await client.request({
      method: 'PATCH',
      path: '/apis/x/y',
      query: { fieldManager: 'f h', none: undefined },
      body: { a: 1 },
      contentType: 'application/merge-patch+json',
    });
    expect(answer).toEqual({ ok: true });
    expect(server.requests).toEqual(['PATCH /apis/x/y?fieldManager=f+h']);
    expect(seen).toEqual(['forehold-test', 'application/merge-patch+json', { a: 1 }]);
  });

  test('keeps the path that the API server stands behind', async () => {
    const server = await startKubeServer((_request, response) => answerJson(response, 200, {}));
    const client = openKubeClient({ url: `${server.url}/k8s/clusters/c1/`, userAgent: 't' });
    await client.request({ method: 'GET', path: '/api/v1/nodes' });
    expect(server.requests).toEqual(['GET /k8s/clusters/c1/api/v1/nodes']);
  });

  test('uses one connection for requests that follow one another', async () => {
    const { client, server } = await open((_request, response) => answerJson(response, 200, {}));
    for (const path of ['/a', '/b', '/c']) await client.request({ method: 'GET', path });
    expect(server.connections.size).toBe(1);
  });

  test('throws the Status of a refusal', async () => {
    const { client } = await open((_request, response) => answerStatus(response, 409, 'Conflict'));
    const error = await findError(client.request({ method: 'PUT', path: '/a', body: {} }));
    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({
      status: 409,
      reason: 'Conflict',
      serverMessage: "Conflict in the server's words",
      message: "PUT /a: Conflict in the server's words",
    });
  });

  test('throws the first words of an answer that is no Status', async () => {
    const { client } = await open((_request, response) => {
      response.statusCode = 502;
      response.end('<html>bad gateway');
    });
    const error = await findError(client.request({ method: 'GET', path: '/a' }));
    expect(error).toMatchObject({ status: 502, reason: '', serverMessage: '<html>bad gateway' });
  });

  test('throws with status 0 when nobody answers, in time or at all', async () => {
    const { client } = await open(() => undefined);
    const late = await findError(client.request({ method: 'GET', path: '/a', timeoutMs: 20 }));
    expect(late).toMatchObject({ status: 0, message: 'GET /a: no answer within 20 ms' });
    const nobody = openKubeClient({ url: 'http://127.0.0.1:1', userAgent: 't' });
    const refused = await findError(nobody.request({ method: 'GET', path: '/a' }));
    expect(refused).toMatchObject({ status: 0 });
  });

  test('throws with status 0 when the answer breaks off', async () => {
    const { client } = await open((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"half":', () => response.destroy());
    });
    const error = await findError(client.request({ method: 'POST', path: '/a', body: {} }));
    expect(error).toMatchObject({ status: 0 });
  });

  test("throws the signal's reason on abort, before and while waiting", async () => {
    const { client, server } = await open(() => undefined);
    const reason = new Error('stopped');
    const before = client.request({ method: 'GET', path: '/a', signal: AbortSignal.abort(reason) });
    expect(await findError(before)).toBe(reason);
    const controller = new AbortController();
    const during = client.request({ method: 'GET', path: '/b', signal: controller.signal });
    await expect.poll(() => server.requests).toEqual(['GET /b']);
    controller.abort(reason);
    expect(await findError(during)).toBe(reason);
    await expect.poll(() => server.connections.size).toBe(0);
  });

  test('asks once more with a new token after 401', async () => {
    const tokens: (string | undefined)[] = [];
    const answer: Answer = (request, response) => {
      tokens.push(request.headers.authorization);
      if (request.headers.authorization === 'Bearer new') answerJson(response, 200, {});
      else answerStatus(response, 401, 'Unauthorized');
    };
    const rotating = (refused?: string): string => (refused === undefined ? 'old' : 'new');
    const { client } = await open(answer, { token: rotating });
    await client.request({ method: 'GET', path: '/a' });
    expect(tokens).toEqual(['Bearer old', 'Bearer new']);
  });

  test('gives up after 401 when there is no other token', async () => {
    const { client, server } = await open(
      (_request, response) => answerStatus(response, 401, 'Unauthorized'),
      { token: () => 'same' },
    );
    const error = await findError(client.request({ method: 'GET', path: '/a' }));
    expect(error).toMatchObject({ status: 401 });
    expect(server.requests).toHaveLength(1);
  });

  test('sends no token in the clear but to this machine itself', () => {
    const token = (): string => 'secret';
    const endpoint = { userAgent: 't', token };
    expect(() => openKubeClient({ ...endpoint, url: 'http://10.0.0.1:6443' })).toThrow(
      'cannot use http://10.0.0.1:6443: a token would travel in the clear',
    );
    expect(() => openKubeClient({ ...endpoint, url: 'http://127.0.0.1:6443' })).not.toThrow();
    expect(() => openKubeClient({ ...endpoint, url: 'https://10.0.0.1:6443' })).not.toThrow();
    expect(() => openKubeClient({ userAgent: 't', url: 'ftp://x' })).toThrow('only http and https');
  });
});

describe('KubeClient.watch', () => {
  const event = (type: string, name: string): string =>
    `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;

  async function collect(events: AsyncIterable<WatchEvent<KubeObject>>): Promise<string[]> {
    const seen: string[] = [];
    for await (const { type, object } of events)
      seen.push(`${type} ${'metadata' in object ? object.metadata.name : object.code}`);
    return seen;
  }

  test('yields events, however they are cut into chunks', async () => {
    const { client, server } = await open((_request, response) => {
      const bytes = Buffer.from(`${event('ADDED', 'näme-😀')}${event('BOOKMARK', 'b')}`);
      response.writeHead(200);
      let at = 0;
      const next = (): void => {
        if (at >= bytes.length) response.end();
        else response.write(bytes.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    });
    const { signal } = new AbortController();
    const events = client.watch<KubeObject>('/a', { resourceVersion: '5' }, signal);
    expect(await collect(events)).toEqual(['ADDED näme-😀', 'BOOKMARK b']);
    expect(server.requests).toEqual(['GET /a?resourceVersion=5&watch=true']);
  });

  test('throws the Status of a refused watch', async () => {
    const { client } = await open((_request, response) => answerStatus(response, 410, 'Expired'));
    const events = client.watch<KubeObject>('/a', {}, new AbortController().signal);
    expect(await findError(collect(events))).toMatchObject({ status: 410, reason: 'Expired' });
  });

  test('throws with status 0 when the connection breaks', async () => {
    const { client } = await open((_request, response) => {
      response.writeHead(200);
      response.write(event('ADDED', 'a'), () => response.destroy());
    });
    const events = client.watch<KubeObject>('/a', {}, new AbortController().signal);
    expect(await findError(collect(events))).toMatchObject({ status: 0 });
  });

  test('refuses a line that never ends', async () => {
    const { client, server } = await open((_request, response) => {
      response.writeHead(200);
      const more = (): boolean => response.write('x'.repeat(256 * 1024));
      response.on('drain', more);
      more();
    });
    const events = client.watch<KubeObject>('/a', {}, new AbortController().signal);
    expect(await findError(collect(events))).toMatchObject({
      message: 'GET /a: line longer than 4194304 bytes',
    });
    await expect.poll(() => server.connections.size).toBe(0);
  });

  test('closes its connection when the caller leaves, and when the signal aborts', async () => {
    const { client, server } = await open((_request, response) => {
      response.writeHead(200);
      response.write(event('ADDED', 'a'));
    });
    const controller = new AbortController();
    for await (const _event of client.watch('/a', {}, controller.signal)) break;
    await expect.poll(() => server.connections.size).toBe(0);
    const reason = new Error('stopped');
    const waiting = findError(collect(client.watch<KubeObject>('/b', {}, controller.signal)));
    await expect.poll(() => server.connections.size).toBe(1);
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    await expect.poll(() => server.connections.size).toBe(0);
  });
});

describe('openFileToken', () => {
  function writeToken(): string {
    const folder = mkdtempSync(join(tmpdir(), 'forehold-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'token'), 'first\n');
    return join(folder, 'token');
  }

  test('reads the file again when what it knows is older than a minute', async () => {
    const clock = new VirtualClock();
    const path = writeToken();
    const token = openFileToken(path, clock);
    expect(token()).toBe('first');
    writeFileSync(path, 'second\n');
    await clock.advance(60_000);
    expect(token()).toBe('first');
    await clock.advance(1);
    expect(token()).toBe('second');
  });

  test('reads the file again at once when its token was refused', () => {
    const path = writeToken();
    const token = openFileToken(path, new VirtualClock());
    expect(token()).toBe('first');
    writeFileSync(path, 'second\n');
    expect(token('first')).toBe('second');
  });
});
