// The small HTTP side of every program: /metrics for Prometheus, /healthz (the process turns) and /readyz (it can
// do its work). GET only; every connection, header and request has a bound, because the port is open to the
// cluster's network.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostPort } from './env.ts';
import type { Log } from './log.ts';

export interface HttpServerOptions extends HostPort {
  /** Text of /metrics. */
  readonly metrics: () => Promise<string>;
  /** Undefined when ready, else the sentence of /readyz that says what is missing. */
  readonly notReady: () => string | undefined;
  readonly log: Log;
}

export interface HttpServer {
  /** The port listened on, also when 0 was asked for. */
  readonly port: number;
  /** Ends connections at once; idempotent. */
  stop(): Promise<void>;
}

// Two Prometheus servers, the kubelet's probes and a person or two.
const maxConnections = 64;
const maxHeaderBytes = 8 * 1024;

/**
 * @throws when the address cannot be listened on.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer({ maxHeaderSize: maxHeaderBytes }, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      options.log.error({ err: error, path: request.url }, 'http request failed');
      if (response.headersSent) response.destroy();
      else reply(response, 500, 'cannot answer: see the log\n');
    });
  });
  server.maxConnections = maxConnections;
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.timeout = 30_000;
  server.keepAliveTimeout = 15_000;
  server.maxRequestsPerSocket = 1_000;
  await listen(server, options);
  return { port: portOf(server), stop: () => stop(server) };
}

async function answer(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  const [path = ''] = (request.url ?? '').split('?');
  if (path !== '/metrics' && path !== '/healthz' && path !== '/readyz')
    return reply(response, 404, 'not found: there is /metrics, /healthz and /readyz\n');
  if (request.method !== 'GET') {
    response.setHeader('allow', 'GET');
    return reply(response, 405, 'method not allowed: only GET is\n');
  }
  if (path === '/healthz') return reply(response, 200, 'ok\n');
  if (path === '/readyz') {
    const missing = options.notReady();
    return missing === undefined
      ? reply(response, 200, 'ok\n')
      : reply(response, 503, `not ready: ${missing}\n`);
  }
  const text = await options.metrics();
  response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
  reply(response, 200, text);
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('x-content-type-options', 'nosniff');
  response.end(text);
}

function listen(server: Server, { host, port }: HostPort): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new Error(`cannot listen on ${host}:${port}: ${error.message}`, { cause: error }));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The error says that it was not running, which is what was wanted.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
