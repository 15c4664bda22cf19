// One stream to the coordinator, from Hello to its end: the welcome must come first and in time, then messages go both
// ways, with the coordinator's reading speed as the only brake. What the messages mean is the core's business.

import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import { Outbox } from '../shared/outbox.ts';
import {
  type AgentMessage,
  type CoordinatorMessage,
  type Hello,
  timing,
  type Welcome,
} from '../shared/protocol.ts';
import { StatusError } from '../shared/rpc.ts';
import type { SessionToken } from './session-token.ts';
import type { SessionStream } from './transport.ts';

/** What a session tells its owner. */
export interface SessionOwner {
  opened(welcome: Welcome, session: Session): void;
  received(message: CoordinatorMessage): void;
  /** Only after `opened`. */
  ended(): void;
}

export interface SessionOptions {
  readonly owner: SessionOwner;
  /** Undefined where every agent is believed. */
  readonly sessionToken?: SessionToken | undefined;
  readonly stream: SessionStream;
  readonly clock: Clock;
  readonly log: Log;
}

// The largest inventory is 70 chunks; beyond this the coordinator has not read for minutes.
const maxWaitingMessages = 1_000;

export class Session {
  readonly #owner: SessionOwner;
  readonly #stream: SessionStream;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #token: SessionToken | undefined;
  readonly #outbox = new Outbox<AgentMessage>(maxWaitingMessages);
  readonly #ending = new AbortController();
  /** Of the welcome; undefined before it. */
  #id: string | undefined;

  constructor({ owner, stream, clock, log, sessionToken }: SessionOptions) {
    this.#owner = owner;
    this.#stream = stream;
    this.#clock = clock;
    this.#log = log;
    this.#token = sessionToken;
  }

  get welcomed(): boolean {
    return this.#id !== undefined;
  }

  /** In order, without waiting. */
  send(message: AgentMessage): void {
    const shown =
      message.kind === 'heartbeat' ? { ...message, token: this.#token?.presentRotated() } : message;
    if (!this.#outbox.push(shown))
      this.end(new StatusError('RESOURCE_EXHAUSTED', 'the coordinator does not read'));
  }

  /** Idempotent; `run` then throws the reason. */
  end(reason: unknown): void {
    this.#ending.abort(reason);
  }

  /**
   * Runs until the stream ends, which is always an error: a session has no natural end.
   * @throws StatusError or WireError of the stream; the signal's reason when it aborts
   */
  async run(hello: Hello, signal: AbortSignal): Promise<never> {
    const follow = (): void => this.end(signal.reason);
    if (signal.aborted) follow();
    signal.addEventListener('abort', follow, { once: true });
    const timer = this.#clock.startTimer(timing.sessionSilenceMs, () => {
      if (!this.welcomed) this.end(new StatusError('DEADLINE_EXCEEDED', 'no welcome came'));
    });
    try {
      await this.#stream.send('', hello, this.#ending.signal);
      for await (const { sessionId, message } of this.#stream.messages(this.#ending.signal))
        this.#take(sessionId, message);
      throw new StatusError('UNAVAILABLE', 'the coordinator ended the stream');
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', follow);
      this.end(new StatusError('CANCELLED', 'the session is over'));
      this.#stream.close();
      if (this.welcomed) this.#owner.ended();
    }
  }

  #take(sessionId: string, message: CoordinatorMessage | undefined): void {
    if (this.#id === undefined) this.#open(message);
    else if (sessionId !== this.#id) this.#log.warn({ sessionId }, 'foreign message dropped');
    else if (message === undefined) this.#log.debug('unknown message dropped');
    else this.#owner.received(message);
  }

  #open(message: CoordinatorMessage | undefined): void {
    if (message?.kind !== 'welcome')
      throw new StatusError('FAILED_PRECONDITION', 'the first message was no welcome');
    this.#id = message.sessionId;
    this.#owner.opened(message, this);
    const { sessionId } = message;
    const { signal } = this.#ending;
    this.#outbox
      .run((next) => this.#stream.send(sessionId, next, signal), signal)
      .catch((error: unknown) => this.end(error));
  }
}
