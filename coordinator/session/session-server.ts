// The streams of the agents, all of them: lets them in within bounds, finds the one that the core means, ends them all at
// the end. It decides nothing: session-protocol.ts says what a message means, the core who may stay.

import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { CoordinatorMessage, Hello } from '../../shared/protocol.ts';
import { StatusError } from '../../shared/rpc.ts';
import type { Event, SessionEnd } from '../core/events.ts';
import type { CoordinatorMetrics } from '../metrics.ts';
import { SessionStream } from './session-stream.ts';
import type { AgentStream } from './transport.ts';

export interface SessionServerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<CoordinatorMetrics, 'sessionsEnded'>;
  /** Session ids: unguessable and never the same twice. */
  readonly newId: () => string;
  readonly onEvent: (event: Event) => void;
  readonly maxStreams?: number;
  readonly maxHandshakes?: number;
}

// Twice the largest cluster that Kubernetes supports (5,000 nodes): agents may dial again before their old stream is
// noticed.
const defaultMaxStreams = 10_000;
// Streams without a Hello yet.
const defaultMaxHandshakes = 1_000;

// With these, sound agents lose a session; every other one is worth a warning.
const expectedCodes: readonly string[] = ['OK', 'CANCELLED', 'ABORTED'];

export class SessionServer {
  readonly #options: SessionServerOptions;
  readonly #streams = new Map<string, SessionStream>();
  #handshakes = 0;
  #stopped = false;

  constructor(options: SessionServerOptions) {
    this.#options = options;
  }

  /** Serves one stream to its end. */
  async serve(stream: AgentStream): Promise<void> {
    const refusal = this.#findRefusal();
    if (refusal !== undefined) {
      this.#count(refusal);
      return stream.end(refusal);
    }
    const { clock, newId, onEvent } = this.#options;
    const sessionId = newId();
    const startedAtMs = clock.now().monotonicMs;
    const onHello = (hello: Hello): void => this.#open(sessionId, hello);
    const session = new SessionStream({ stream, sessionId, clock, onHello, onEvent });
    this.#streams.set(sessionId, session);
    this.#handshakes += 1;
    const reason = await session.run();
    this.#streams.delete(sessionId);
    if (session.hello === undefined) this.#handshakes -= 1;
    else onEvent({ kind: 'sessionEnded', sessionId });
    this.#count(reason);
    this.#logEnd({ sessionId, session, reason, startedAtMs });
  }

  /** Ignored when the session is gone. */
  send(sessionId: string, message: CoordinatorMessage): void {
    this.#streams.get(sessionId)?.send(message);
  }

  end(sessionId: string, code: SessionEnd, message: string): void {
    this.#streams.get(sessionId)?.end(new StatusError(code, message));
  }

  /** Ends every stream and lets no more in. */
  stop(reason: StatusError = stopping()): void {
    this.#stopped = true;
    for (const stream of this.#streams.values()) stream.end(reason);
  }

  #findRefusal(): StatusError | undefined {
    const { maxStreams = defaultMaxStreams, maxHandshakes = defaultMaxHandshakes } = this.#options;
    if (this.#stopped) return stopping();
    if (this.#streams.size >= maxStreams)
      return new StatusError('RESOURCE_EXHAUSTED', `there are ${maxStreams} streams already`);
    if (this.#handshakes >= maxHandshakes)
      return new StatusError(
        'RESOURCE_EXHAUSTED',
        `there are ${maxHandshakes} streams without a Hello already`,
      );
    return undefined;
  }

  #open(sessionId: string, hello: Hello): void {
    this.#handshakes -= 1;
    const { nodeName: node, nodeUid, agentInstance } = hello;
    this.#options.log.info({ node, nodeUid, sessionId, agentInstance }, 'session opened');
  }

  #count(reason: StatusError | undefined): void {
    this.#options.metrics.sessionsEnded.inc({ code: reason?.code ?? 'OK' });
  }

  #logEnd(ended: {
    readonly sessionId: string;
    readonly session: SessionStream;
    readonly reason: StatusError | undefined;
    readonly startedAtMs: number;
  }): void {
    const { sessionId, session, reason, startedAtMs } = ended;
    const { clock, log } = this.#options;
    const code = reason?.code ?? 'OK';
    const durationMs = Math.round(clock.now().monotonicMs - startedAtMs);
    const node = session.hello?.nodeName;
    const fields = { node, sessionId, code, message: reason?.message, durationMs };
    const expected = this.#stopped || expectedCodes.includes(code);
    log[expected ? 'info' : 'warn'](fields, 'session ended');
  }
}

function stopping(): StatusError {
  return new StatusError('UNAVAILABLE', 'the coordinator is stopping');
}
