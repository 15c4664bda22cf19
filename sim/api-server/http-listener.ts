// Sockets for the API server: reads bounded bodies, writes answers and streams, honours back-pressure, and ends all
// connections at once when it is told to stop (a watch would otherwise keep it open for ever).

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { openSystemClock } from '../../shared/clock.ts';
import { formatHostPort } from '../../shared/env.ts';
import { ApiError } from '../store/api-error.ts';
import { maxBodyBytes } from './decode.ts';
import {
  type ApiRequest,
  type ApiResponse,
  answerStatus,
  type DocumentResponse,
  type StreamResponse,
} from './message.ts';

/** A reader that was dropped has this long, in real time, to take the end of its stream. */
const endDeadlineMs = 10_000;
// Sockets live in real time, whatever clock the cluster runs on.
const clock = openSystemClock();

export class HttpListener {
  readonly #dispatch: (request: ApiRequest) => ApiResponse;
  #server: Server | undefined;
  #url: Promise<string> | undefined;

  constructor(dispatch: (request: ApiRequest) => ApiResponse) {
    this.#dispatch = dispatch;
  }

  start(host: string, port: number): Promise<string> {
    this.#url ??= this.#listen(host, port);
    return this.#url;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#url = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  #listen(host: string, port: number): Promise<string> {
    const server = createServer((request, response) => this.#serve(request, response));
    // Watches and idle keep-alive connections of clients outlive any of node's defaults.
    server.requestTimeout = 0;
    server.keepAliveTimeout = 120_000;
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        const address = server.address();
        const bound = typeof address === 'object' && address !== null ? address.port : port;
        resolve(`http://${formatHostPort(host, bound)}`);
      });
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxBodyBytes) chunks.push(chunk);
    });
    request.on('end', () => {
      if (sizeBytes > maxBodyBytes) return writeDocument(response, tooLarge());
      const answer = this.#dispatch({
        method: request.method ?? 'GET',
        url: request.url ?? '/',
        headers: singleHeaders(request),
        body: Buffer.concat(chunks).toString(),
      });
      if (answer.kind === 'document') writeDocument(response, answer);
      else writeStream(response, answer);
    });
    request.on('error', () => response.destroy());
  }
}

function singleHeaders(request: IncomingMessage): ApiRequest['headers'] {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

function tooLarge(): DocumentResponse {
  const message = `Request entity too large: limit is ${maxBodyBytes}`;
  const error = new ApiError(413, 'RequestEntityTooLarge', message);
  return answerStatus(error.body(), error.status);
}

function writeDocument(response: ServerResponse, answer: DocumentResponse): void {
  const body = Buffer.from(answer.body);
  response.setHeader('content-type', answer.contentType);
  response.setHeader('content-length', body.length);
  response.setHeader('cache-control', 'no-cache, private');
  if (answer.warnings.length > 0) {
    response.setHeader('warning', answer.warnings.map(warningHeader));
  }
  if (answer.retryAfterSeconds !== undefined) {
    response.setHeader('retry-after', answer.retryAfterSeconds);
  }
  response.writeHead(answer.code);
  response.end(body);
}

function warningHeader(text: string): string {
  return `299 - ${JSON.stringify(text)}`;
}

function writeStream(response: ServerResponse, answer: StreamResponse): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
    'transfer-encoding': 'chunked',
  });
  // Headers go out before the first event: a client may wait for them before it acts.
  response.flushHeaders();
  const stream = answer.open({
    write: (text) => response.write(text),
    end: () => {
      const deadline = clock.startTimer(endDeadlineMs, () => response.destroy());
      response.end(() => deadline.cancel());
    },
  });
  response.on('drain', () => stream.drained());
  response.on('close', () => stream.close());
}
