// One agent's stream: reads messages one by one, writes what waits in the outbox as fast as the agent reads, watches
// for silence, and ends for exactly one reason, whichever comes first.

import type { Clock } from '../../shared/clock.ts';
import { Outbox } from '../../shared/outbox.ts';
import { type CoordinatorMessage, type Hello, timing } from '../../shared/protocol.ts';
import { StatusError, toStatusError } from '../../shared/rpc.ts';
import { WireError } from '../../shared/wire-parts.ts';
import type { Event } from '../core/events.ts';
import { SessionCredential, type SessionCredentialOptions } from './session-credential.ts';
import { SessionProtocol, type SessionStep } from './session-protocol.ts';
import { type Silence, watchSilence } from './silence.ts';
import type { AgentStream } from './transport.ts';

export interface SessionStreamOptions {
  readonly stream: AgentStream;
  readonly sessionId: string;
  readonly clock: Clock;
  /** Undefined when everybody is believed (loopback only). */
  readonly credential: Pick<SessionCredentialOptions, 'gate' | 'bearer'> | undefined;
  /** A Hello came that may be believed, or may not. */
  readonly onHello: () => void;
  /** The Hello is believed; called before its event. */
  readonly onOpen: (hello: Hello) => void;
  readonly onEvent: (event: Event) => void;
}

// An agent says Hello with the first packet.
const handshakeDeadlineMs = 10_000;
// Offers are bounded by slots and acknowledgements by pods: a reader that is this far behind does not read.
const maxUnreadMessages = 1_000;

export class SessionStream {
  readonly #options: SessionStreamOptions;
  readonly #protocol: SessionProtocol;
  readonly #outbox = new Outbox<CoordinatorMessage>(maxUnreadMessages);
  readonly #ending = new AbortController();
  readonly #credential: SessionCredential | undefined;
  #isOpen = false;

  constructor(options: SessionStreamOptions) {
    const { credential, stream, clock } = options;
    this.#options = options;
    if (credential !== undefined) {
      const onEnd = (reason: StatusError): void => this.end(reason);
      this.#credential = new SessionCredential({ ...credential, peer: stream.peer, clock, onEnd });
    }
    this.#protocol = new SessionProtocol(options.sessionId);
  }

  get hello(): Hello | undefined {
    return this.#protocol.hello;
  }

  /** Its Hello was believed, so that the core knows of it. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(message: CoordinatorMessage): void {
    this.#protocol.noteSent(message);
    if (!this.#outbox.push(message))
      this.end(new StatusError('RESOURCE_EXHAUSTED', 'the stream was not read'));
  }

  /** The first reason counts. */
  end(reason: StatusError): void {
    this.#ending.abort(reason);
  }

  /** Serves the stream to its end and says how it ended; undefined when the agent closed it in order. */
  async run(): Promise<StatusError | undefined> {
    const { stream, clock } = this.#options;
    const silence = watchSilence(clock, handshakeDeadlineMs, () => this.end(this.#silent()));
    const writing = this.#write();
    const reason = await this.#read(silence);
    silence.stop();
    this.#credential?.stop();
    this.#ending.abort(reason);
    await writing;
    stream.end(reason);
    return reason;
  }

  async #read(silence: Silence): Promise<StatusError | undefined> {
    try {
      for await (const message of this.#options.stream.messages(this.#ending.signal)) {
        silence.heard(timing.sessionSilenceMs);
        await this.#act(this.#protocol.receive(message));
        const { message: body } = message;
        if (body.kind === 'heartbeat') this.#credential?.heard(body.token);
      }
      return undefined;
    } catch (error) {
      if (error instanceof WireError) return new StatusError('INVALID_ARGUMENT', error.message);
      return toStatusError(error);
    }
  }

  async #act(step: SessionStep): Promise<void> {
    const { onEvent } = this.#options;
    switch (step.kind) {
      case 'event':
        if (step.event.kind === 'helloReceived') await this.#open(step.event.hello);
        onEvent(step.event);
        return;
      case 'resync':
        this.send({ kind: 'resync' });
        onEvent(step.event);
        return;
      case 'noted':
        return;
      case 'refuse':
        throw new StatusError(step.code, step.why);
      default:
        step satisfies never;
    }
  }

  /**
   * Nothing else of the stream is read meanwhile.
   * @throws StatusError when the Hello is not believed, or when it comes to nothing any more
   */
  async #open(hello: Hello): Promise<void> {
    const { onHello, onOpen, stream } = this.#options;
    onHello();
    await Promise.race([this.#credential?.admit(hello), untilAborted(this.#ending.signal)]);
    // A stream that its agent has given up must not supersede the one that it opened since.
    if (stream.isOver) throw new StatusError('CANCELLED', 'the peer left the stream');
    this.#isOpen = true;
    onOpen(hello);
  }

  async #write(): Promise<void> {
    const { stream, sessionId } = this.#options;
    const { signal } = this.#ending;
    try {
      await this.#outbox.run((message) => stream.send(sessionId, message, signal), signal);
    } catch (error) {
      this.end(toStatusError(error));
    }
  }

  #silent(): StatusError {
    return this.hello === undefined
      ? new StatusError('DEADLINE_EXCEEDED', `no Hello within ${handshakeDeadlineMs / 1_000} s`)
      : new StatusError(
          'DEADLINE_EXCEEDED',
          `nothing was heard for ${timing.sessionSilenceMs / 1_000} s`,
        );
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
