// The streams of the agents, all of them: lets them in within bounds, finds the one that the core means, ends them all at
// the end. It decides nothing: session-protocol.ts says what a message means, the core who may stay.

import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { CoordinatorMessage, Hello } from '../../shared/protocol.ts';
import { StatusError } from '../../shared/rpc.ts';
import type { Event, SessionEnd } from '../core/events.ts';
import type { AgentGate } from '../identity/agent-gate.ts';
import type { BearerToken } from '../identity/bearer.ts';
import { KeptAnswers } from '../identity/kept-answers.ts';
import { toStatus } from '../identity/refusal.ts';
import type { CoordinatorMetrics } from '../metrics.ts';
import { PeerCounts } from './peer-counts.ts';
import { SessionStream } from './session-stream.ts';
import type { AgentStream } from './transport.ts';

export interface SessionServerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<CoordinatorMetrics, 'sessionsEnded'>;
  /** Session ids: unguessable and never the same twice. */
  readonly newId: () => string;
  readonly onEvent: (event: Event) => void;
  /** Undefined when every Hello is believed (loopback only). */
  readonly gate?: AgentGate | undefined;
  readonly maxStreams?: number;
  readonly maxHandshakes?: number;
  readonly maxUnopenedPerPeer?: number;
}

// Twice the largest cluster that Kubernetes supports (5,000 nodes): agents may dial again before their old stream is
// noticed.
const defaultMaxStreams = 10_000;
// Streams without a Hello yet.
const defaultMaxHandshakes = 1_000;
// Streams of one address that are no sessions yet; a node has one agent. Loopback addresses have no such bound.
const defaultMaxUnopenedPerPeer = 100;
// Ends of streams that never were sessions are told once per cause and peer in this time.
const quietMs = 600_000;
const maxTold = 1_000;

// With these, sound agents lose a session; every other one is worth a warning.
const expectedCodes: readonly string[] = ['OK', 'CANCELLED', 'ABORTED'];

export class SessionServer {
  readonly #options: SessionServerOptions;
  readonly #streams = new Map<string, SessionStream>();
  readonly #unopened = new PeerCounts();
  readonly #told: KeptAnswers<true>;
  #handshakes = 0;
  #stopped = false;

  constructor(options: SessionServerOptions) {
    this.#options = options;
    this.#told = new KeptAnswers(options.clock, maxTold);
  }

  /** Serves one stream to its end. */
  async serve(stream: AgentStream): Promise<void> {
    const { gate } = this.#options;
    const refusal = this.#findRefusal(stream.peer);
    if (refusal !== undefined) return this.#refuse(stream, refusal);
    if (gate === undefined) return this.#run(stream, undefined);
    const bearer = gate.read(stream.authorization, stream.peer);
    if (bearer.kind === 'refused') return this.#refuse(stream, toStatus(bearer));
    return this.#run(stream, { gate, bearer });
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

  async #run(
    stream: AgentStream,
    credential: { readonly gate: AgentGate; readonly bearer: BearerToken } | undefined,
  ): Promise<void> {
    const { clock, newId, onEvent } = this.#options;
    const sessionId = newId();
    const startedAtMs = clock.now().monotonicMs;
    const countNoMore = this.#unopened.add(stream.peer);
    const onHello = (): void => {
      this.#handshakes -= 1;
    };
    const onOpen = (hello: Hello): void => {
      countNoMore();
      this.#logOpen(sessionId, hello);
    };
    const options = { stream, sessionId, clock, credential, onHello, onOpen, onEvent };
    const session = new SessionStream(options);
    this.#streams.set(sessionId, session);
    this.#handshakes += 1;
    const reason = await session.run();
    this.#streams.delete(sessionId);
    countNoMore();
    if (session.hello === undefined) this.#handshakes -= 1;
    if (session.isOpen) onEvent({ kind: 'sessionEnded', sessionId });
    this.#count(reason);
    this.#logEnd({ sessionId, session, reason, startedAtMs, peer: stream.peer });
  }

  #refuse(stream: AgentStream, refusal: StatusError): void {
    this.#count(refusal);
    stream.end(refusal);
  }

  #findRefusal(peer: string): StatusError | undefined {
    const {
      maxStreams = defaultMaxStreams,
      maxHandshakes = defaultMaxHandshakes,
      maxUnopenedPerPeer = defaultMaxUnopenedPerPeer,
    } = this.#options;
    if (this.#stopped) return stopping();
    if (this.#streams.size >= maxStreams)
      return new StatusError('RESOURCE_EXHAUSTED', `there are ${maxStreams} streams already`);
    if (this.#handshakes >= maxHandshakes)
      return new StatusError(
        'RESOURCE_EXHAUSTED',
        `there are ${maxHandshakes} streams without a Hello already`,
      );
    if (this.#unopened.of(peer) >= maxUnopenedPerPeer)
      return new StatusError(
        'RESOURCE_EXHAUSTED',
        `there are ${maxUnopenedPerPeer} streams of this address without a session already`,
      );
    return undefined;
  }

  #logOpen(sessionId: string, hello: Hello): void {
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
    readonly peer: string;
  }): void {
    const { sessionId, session, reason, startedAtMs, peer } = ended;
    const { clock, log } = this.#options;
    const code = reason?.code ?? 'OK';
    const durationMs = Math.round(clock.now().monotonicMs - startedAtMs);
    const node = session.hello?.nodeName;
    const fields = { node, peer, sessionId, code, message: reason?.message, durationMs };
    const expected = this.#stopped || expectedCodes.includes(code);
    const level = expected ? 'info' : 'warn';
    log[session.isOpen || this.#isNews(code, peer) ? level : 'debug'](fields, 'session ended');
  }

  /** Of streams that never became sessions, which anybody may open as often as he likes. */
  #isNews(code: string, peer: string): boolean {
    const key = `${code}|${peer}`;
    if (this.#told.find(key)) return false;
    this.#told.keep(key, true, quietMs);
    return true;
  }
}

function stopping(): StatusError {
  return new StatusError('UNAVAILABLE', 'the coordinator is stopping');
}
