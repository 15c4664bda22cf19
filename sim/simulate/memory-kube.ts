// A Kubernetes client without sockets: requests and watches of one simulated process, carried to the embedded API server
// over a link that can be slow, cut or answered by somebody else. What a request did and whether its answer arrived
// are two things here, as on a network.

import type { Clock } from '../../shared/clock.ts';
import {
  type KubeClient,
  KubeError,
  type KubeQuery,
  type KubeRequest,
  type KubeStatus,
  type WatchEvent,
} from '../../shared/kube-client.ts';
import type { ApiRequest, ApiResponse, OpenStream } from '../api-server/message.ts';
import { Inbox } from './inbox.ts';
import type { KubeLink } from './kube-link.ts';
import type { ProcessClock } from './process-clock.ts';

export interface MemoryKubeOptions {
  readonly dispatch: (request: ApiRequest) => ApiResponse;
  readonly link: KubeLink;
  /** Of the network, which goes on while a process is paused. */
  readonly network: Clock;
  readonly process: ProcessClock;
  readonly userAgent: string;
}

const defaultTimeoutMs = 30_000;

export class MemoryKube implements KubeClient {
  readonly #options: MemoryKubeOptions;

  constructor(options: MemoryKubeOptions) {
    this.#options = options;
  }

  request<T>(request: KubeRequest): Promise<T> {
    const { process, link, network } = this.#options;
    const { signal } = request;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const attempt = `${request.method} ${request.path}`;
      const finish = (settle: () => void): void => {
        deadline.cancel();
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const onAbort = (): void => finish(() => reject(signal?.reason));
      const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
      const deadline = process.startTimer(timeoutMs, () =>
        finish(() => reject(noAnswer(attempt, `no answer within ${timeoutMs} ms`))),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      const refuse = (error: KubeError): void => process.deliver(() => finish(() => reject(error)));
      network.startTimer(link.delayMs(), () => {
        const way = link.carry(request);
        if (way.kind === 'lost') return;
        if (way.kind === 'refused') return refuse(noAnswer(attempt, 'connection refused'));
        const answer =
          way.kind === 'answered' ? way.answer : readAnswer<T>(this.#dispatch(request), attempt);
        network.startTimer(link.delayMs(), () => {
          if (link.losesAnswer(request)) return;
          if (answer instanceof KubeError) refuse(answer);
          else process.deliver(() => finish(() => resolve(answer)));
        });
      });
    });
  }

  async *watch<T>(
    path: string,
    query: KubeQuery,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const { process, link, network } = this.#options;
    const inbox = new Inbox<WatchEvent<T>>();
    const attempt = `GET ${path}`;
    const onAbort = (): void => inbox.fail(signal.reason);
    if (signal.aborted) throw signal.reason;
    signal.addEventListener('abort', onAbort, { once: true });
    let stream: OpenStream | undefined;
    const reset = (why: string): void => process.deliver(() => inbox.fail(noAnswer(attempt, why)));
    const release = link.open((why) => {
      stream?.close();
      reset(why);
    });
    network.startTimer(link.delayMs(), () => {
      const request: KubeRequest = { method: 'GET', path, query: { ...query, watch: 'true' } };
      const way = link.carry(request);
      if (way.kind !== 'passed') {
        if (way.kind === 'refused') reset('connection refused');
        if (way.kind === 'answered') process.deliver(() => inbox.fail(way.answer));
        return;
      }
      const response = this.#dispatch(request);
      if (response.kind === 'document') {
        process.deliver(() => inbox.fail(readAnswer(response, attempt)));
        return;
      }
      const later = link.inOrder(network);
      stream = response.open({
        write: (text) => {
          later(() => {
            const event: WatchEvent<T> = JSON.parse(text);
            process.deliver(() => inbox.push(event));
          });
          return true;
        },
        end: () => later(() => process.deliver(() => inbox.end())),
      });
    });
    try {
      yield* inbox.read();
    } finally {
      signal.removeEventListener('abort', onAbort);
      release();
      stream?.close();
    }
  }

  #dispatch(request: KubeRequest): ApiResponse {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) query.set(name, value);
    const text = query.toString();
    return this.#options.dispatch({
      method: request.method,
      url: text === '' ? request.path : `${request.path}?${text}`,
      headers: {
        accept: 'application/json',
        'user-agent': this.#options.userAgent,
        'content-type': request.contentType ?? 'application/json',
      },
      body: request.body === undefined ? '' : JSON.stringify(request.body),
    });
  }
}

/** The object in an answer, or the error that it stands for. */
function readAnswer<T>(response: ApiResponse, attempt: string): T | KubeError {
  if (response.kind === 'stream') throw new Error(`cannot read ${attempt}: a stream came back`);
  const { code, body } = response;
  if (code >= 200 && code < 300) {
    const object: T = JSON.parse(body);
    return object;
  }
  const status: KubeStatus = JSON.parse(body);
  return new KubeError(`${attempt}: ${status.message ?? `HTTP ${code}`}`, code, status);
}

function noAnswer(attempt: string, why: string): KubeError {
  return new KubeError(`${attempt}: ${why}`, 0);
}
