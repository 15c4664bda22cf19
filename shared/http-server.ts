// The small HTTP side of every program: /metrics for Prometheus, /healthz (the process turns) and /readyz (it can
// do its work). GET only; every connection, header, request and answer has a bound, because the port is open to the
// cluster's network. Whoever holds connections open loses them to whoever comes next: were newcomers refused instead,
// anybody could keep the kubelet's probes out, and the kubelet would kill the process for it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, openSystemClock } from './clock.ts';
import { formatHostPort, type HostPort } from './env.ts';
import type { Log } from './log.ts';

export interface HttpServerOptions extends HostPort {
  /** Text of /metrics. */
  readonly metrics: () => Promise<string>;
  /** Undefined when ready, else the sentence of /readyz that says what is missing. */
  readonly notReady: () => string | undefined;
  readonly log: Log;
  /** Real time unless given: sockets live in it. */
  readonly clock?: Clock | undefined;
}

export interface HttpServer {
  /** The port listened on, also when 0 was asked for. */
  readonly port: number;
  /** Ends connections at once; idempotent. */
  stop(): Promise<void>;
}

// Two Prometheus servers, the kubelet's probes and a person or two.
const maxConnections = 64;
const maxPerAddress = 16;
const maxHeaderBytes = 8 * 1024;
const maxHeaders = 64;
// From the end of the answer's making; it has some kilobytes.
const readDeadlineMs = 10_000;
// To render the metrics of 5,000 nodes takes milliseconds; asked for more often, they are told as they were.
const renderEveryMs = 250;

/**
 * @throws when the address cannot be listened on.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const clock = options.clock ?? openSystemClock();
  const metrics = shareRenderings(options.metrics, clock);
  const places = new Places();
  // Node looks for expired headers and requests as often as this, each 30 s by default.
  const bounds = { maxHeaderSize: maxHeaderBytes, connectionsCheckingInterval: 1_000 };
  const server = createServer(bounds, (request, response) => {
    places.use(request.socket, response);
    boundReading(response, clock);
    answer({ ...options, metrics }, request, response).catch((error: unknown) => {
      options.log.error({ err: error, path: request.url }, 'http request failed');
      if (response.headersSent) response.destroy();
      else reply(response, 500, 'cannot answer: see the log\n');
    });
  });
  server.on('connection', (socket) => places.take(socket));
  server.maxHeadersCount = maxHeaders;
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.timeout = 30_000;
  server.keepAliveTimeout = 15_000;
  server.maxRequestsPerSocket = 1_000;
  await listen(server, options);
  return { port: portOf(server), stop: () => stop(server) };
}

/** Who is connected. A newcomer for whom there is no place gets that of whoever has used his least. */
class Places {
  /** In the order of their last request's end, or of their coming; with the requests under way. */
  readonly #sockets = new Map<Socket, number>();

  take(socket: Socket): void {
    const { remoteAddress } = socket;
    const same = [...this.#sockets.keys()].filter((other) => other.remoteAddress === remoteAddress);
    if (same.length >= maxPerAddress) this.#free(same);
    else if (this.#sockets.size >= maxConnections) this.#free([...this.#sockets.keys()]);
    this.#sockets.set(socket, 0);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  use(socket: Socket, response: ServerResponse): void {
    this.#change(socket, 1);
    response.once('close', () => this.#change(socket, -1));
  }

  #change(socket: Socket, by: number): void {
    const requests = this.#sockets.get(socket);
    if (requests === undefined) return;
    this.#sockets.delete(socket);
    this.#sockets.set(socket, requests + by);
  }

  #free(among: readonly Socket[]): void {
    const idle = among.find((socket) => this.#sockets.get(socket) === 0) ?? among[0];
    if (idle === undefined) return;
    this.#sockets.delete(idle);
    idle.destroy();
  }
}

function boundReading(response: ServerResponse, clock: Clock): void {
  // Until the answer is made nobody can have read it.
  response.once('prefinish', () => {
    const timer = clock.startTimer(readDeadlineMs, () => response.destroy());
    response.once('close', () => timer.cancel());
  });
}

/** Whoever asks while they are rendered, or a moment later, gets the same. */
function shareRenderings(render: () => Promise<string>, clock: Clock): () => Promise<string> {
  let shared: Promise<string> | undefined;
  return () => {
    if (shared !== undefined) return shared;
    const rendering = render();
    shared = rendering;
    const forget = (): void => {
      shared = undefined;
    };
    rendering.then(() => clock.startTimer(renderEveryMs, forget), forget);
    return rendering;
  };
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
      reject(
        new Error(`cannot listen on ${formatHostPort(host, port)}: ${error.message}`, {
          cause: error,
        }),
      );
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
