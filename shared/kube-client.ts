// Requests and watches against a Kubernetes API server, straight over node:http and node:https. Not client-node: it
// costs 34-56 MiB more on every node, and its informer neither pages nor survives errors.

import { readFileSync } from 'node:fs';
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type Clock, openSystemClock } from './clock.ts';
import { openResponse, readBody, readLines, startDeadline } from './kube-http.ts';
import { isLoopback } from './loopback.ts';

export interface KubeEndpoint {
  /** `https://HOST:PORT`, with a path when the API server stands behind one. */
  readonly url: string;
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** Asked for every request; `refused` is a token just answered with 401, so that its file is read again. */
  readonly token?: ((refused?: string) => string | undefined) | undefined;
  readonly userAgent: string;
}

export type KubeQuery = Readonly<Record<string, string | undefined>>;

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: KubeQuery;
  readonly body?: unknown;
  /** `application/json` unless said otherwise. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Until the whole answer is read; 30 s unless said otherwise, in real time. */
  readonly timeoutMs?: number;
}

export interface KubeStatus {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: KubeStatus };

export interface KubeClient {
  /**
   * @throws KubeError, or the signal's reason once it aborts
   */
  request<T>(request: KubeRequest): Promise<T>;
  /**
   * Events until the server ends the watch. The query carries resourceVersion, timeoutSeconds and selectors.
   * @throws KubeError, or the signal's reason once it aborts
   */
  watch<T>(path: string, query: KubeQuery, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
}

/** The API server refused, or did not answer. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** HTTP status; 0 when there was no whole answer, so that nobody knows whether the request took effect. */
  readonly status: number;
  /** The API server's word for it, such as `AlreadyExists`; empty when it gave none. */
  readonly reason: string;
  /** The API server's own words; empty when it gave none. */
  readonly serverMessage: string;
  /** When the API server asks to be left alone; undefined when it does not. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status: number, given: KubeStatus = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.reason = given.reason ?? '';
    this.serverMessage = given.message ?? '';
    const seconds = given.details?.retryAfterSeconds;
    this.retryAfterMs = seconds === undefined ? undefined : seconds * 1_000;
  }
}

/** @throws the error itself when it is none of the API server's, such as an abort */
export function requireKubeError(error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  throw error;
}

const defaultTimeoutMs = 30_000;
// Requests of one process at a time, the others queue; watches are not counted, each owns its connection.
const maxSockets = 32;
const idleSocketMs = 60_000;
const fileTokenMs = 60_000;

/**
 * @throws Error when the endpoint cannot be used: no URL, or a token would travel in the clear
 */
export function openKubeClient(endpoint: KubeEndpoint): KubeClient {
  const url = new URL(endpoint.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`cannot use ${endpoint.url}: only http and https are spoken`);
  if (url.protocol === 'http:' && endpoint.token !== undefined && !isLoopback(url.hostname))
    throw new Error(`cannot use ${endpoint.url}: a token would travel in the clear`);
  return new HttpKubeClient(endpoint, url);
}

/** The token in a file, read again when older than 60 s or refused: the kubelet rotates it in place. */
export function openFileToken(path: string, clock: Clock): (refused?: string) => string {
  let token = '';
  let readAtMs = Number.NEGATIVE_INFINITY;
  return (refused) => {
    const nowMs = clock.now().monotonicMs;
    if (refused === token || nowMs - readAtMs > fileTokenMs) {
      token = readFileSync(path, 'utf8').trim();
      readAtMs = nowMs;
    }
    return token;
  };
}

class HttpKubeClient implements KubeClient {
  readonly #endpoint: KubeEndpoint;
  readonly #base: URL;
  // Deadlines bound real sockets: real time, whatever clock the process runs on.
  readonly #clock = openSystemClock();
  readonly #requests: HttpAgent;
  readonly #watches: HttpAgent;

  constructor(endpoint: KubeEndpoint, base: URL) {
    this.#endpoint = endpoint;
    this.#base = base;
    this.#requests = openAgent(endpoint, maxSockets);
    this.#watches = openAgent(endpoint, Number.POSITIVE_INFINITY);
  }

  async request<T>(request: KubeRequest): Promise<T> {
    const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
    const deadline = startDeadline(this.#clock, timeoutMs, request.signal);
    try {
      const text = await readBody(await this.#exchange(request, this.#requests, deadline.signal));
      const parsed: T = JSON.parse(text);
      return parsed;
    } catch (error) {
      throw toKubeError(error, request, request.signal);
    } finally {
      deadline.stop();
    }
  }

  async *watch<T>(
    path: string,
    query: KubeQuery,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const request: KubeRequest = { method: 'GET', path, query: { ...query, watch: 'true' } };
    const deadline = startDeadline(this.#clock, defaultTimeoutMs, signal);
    try {
      const response = await this.#exchange(request, this.#watches, deadline.signal);
      deadline.keepOpen();
      for await (const line of readLines(response)) {
        const event: WatchEvent<T> = JSON.parse(line);
        yield event;
      }
    } catch (error) {
      throw toKubeError(error, request, signal);
    } finally {
      deadline.stop();
    }
  }

  async #exchange(
    request: KubeRequest,
    agent: HttpAgent,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const token = this.#endpoint.token?.();
    let response = await this.#send(request, { agent, signal, token });
    if (response.statusCode === 401 && token !== undefined) {
      const renewed = this.#endpoint.token?.(token);
      if (renewed !== token) {
        response.resume();
        response = await this.#send(request, { agent, signal, token: renewed });
      }
    }
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const given = parseStatus(await readBody(response));
    throw new KubeError(describe(request, given.message ?? `HTTP ${status}`), status, given);
  }

  #send(
    request: KubeRequest,
    by: { agent: HttpAgent; signal: AbortSignal; token: string | undefined },
  ): Promise<IncomingMessage> {
    const url = new URL(this.#base);
    url.pathname = `${this.#base.pathname.replace(/\/$/, '')}${request.path}`;
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) url.searchParams.set(name, value);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers: OutgoingHttpHeaders = {
      accept: 'application/json',
      'user-agent': this.#endpoint.userAgent,
    };
    if (by.token !== undefined) headers['authorization'] = `Bearer ${by.token}`;
    if (body !== undefined) {
      headers['content-type'] = request.contentType ?? 'application/json';
      headers['content-length'] = Buffer.byteLength(body);
    }
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const options = { method: request.method, headers, agent: by.agent };
    return openResponse({ send, url, options, body, signal: by.signal });
  }
}

function openAgent(endpoint: KubeEndpoint, max: number): HttpAgent {
  const options = { keepAlive: true, timeout: idleSocketMs, maxSockets: max };
  if (endpoint.url.startsWith('http:')) return new HttpAgent(options);
  const { ca, cert, key } = endpoint;
  return new HttpsAgent({ ...options, ca, cert, key });
}

function toKubeError(error: unknown, request: KubeRequest, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof KubeError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new KubeError(describe(request, why), 0, {}, error);
}

function describe(request: KubeRequest, why: string): string {
  return `${request.method} ${request.path}: ${why}`;
}

// A proxy in between answers with a page and not with a Status; its first words are better than nothing.
function parseStatus(text: string): KubeStatus {
  try {
    const status: KubeStatus = JSON.parse(text);
    if (typeof status.message === 'string') return status;
  } catch {
    // Not JSON: below.
  }
  return text === '' ? {} : { message: text.slice(0, 1_024) };
}
