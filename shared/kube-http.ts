// The plumbing under kube-client.ts: one HTTP exchange with a deadline, a bounded body, lines out of a stream. Apart
// from the client so that each can be read at once. Its deadlines bound real sockets and so are real time.

import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Clock } from './clock.ts';

// A page of 500 nodes with 50 images each is about 10 MiB.
const maxAnswerBytes = 64 * 1024 * 1024;
// An object is at most 1.5 MiB in etcd; as JSON it is longer than as stored.
const maxLineBytes = 4 * 1024 * 1024;
const newline = 0x0a;

/** Aborts when time is up or when `outer` does. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Takes the time limit away: the answer has begun, and it may last. */
  keepOpen(): void;
  /** Must be called: it unties the deadline from the outer signal. */
  stop(): void;
}

class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

export function startDeadline(clock: Clock, timeoutMs: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  else outer?.addEventListener('abort', follow, { once: true });
  const timer = clock.startTimer(timeoutMs, () =>
    controller.abort(new NoAnswerError(`no answer within ${timeoutMs} ms`)),
  );
  return {
    signal: controller.signal,
    keepOpen: () => timer.cancel(),
    stop: () => {
      timer.cancel();
      outer?.removeEventListener('abort', follow);
    },
  };
}

export interface HttpExchange {
  readonly send: (url: URL, options: RequestOptions) => ClientRequest;
  readonly url: URL;
  readonly options: RequestOptions;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** Sends and waits for the head of the answer; an abort, also a later one, breaks the connection. */
export function openResponse(exchange: HttpExchange, retried = false): Promise<IncomingMessage> {
  const { signal } = exchange;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = exchange.send(exchange.url, exchange.options);
    let open: ClientRequest | IncomingMessage = request;
    signal.addEventListener('abort', () => open.destroy(toError(signal.reason)), { once: true });
    request.on('response', (response) => {
      open = response;
      resolve(response);
    });
    request.on('error', (error) => {
      // The server closed a kept connection just as we used it; asking once more on a new one is harmless for GET.
      if (request.reusedSocket && !retried && exchange.options.method === 'GET' && !signal.aborted)
        resolve(openResponse(exchange, true));
      else reject(error);
    });
    request.end(exchange.body);
  });
}

/**
 * @throws Error when the answer is too large or breaks off
 */
export async function readBody(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxAnswerBytes) throw new Error(`answer larger than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Cuts at newlines before decoding, so that a character may lie across two chunks.
 * @throws Error when a line is too long or the stream breaks off
 */
export async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      const line = Buffer.concat([...pieces, rest.subarray(0, end)]).toString('utf8');
      pieces = [];
      sizeBytes = 0;
      rest = rest.subarray(end + 1);
      if (line.trim() !== '') yield line;
    }
    sizeBytes += rest.length;
    if (sizeBytes > maxLineBytes) throw new Error(`line longer than ${maxLineBytes} bytes`);
    if (rest.length > 0) pieces.push(rest);
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
