// A coordinator's side of streams without sockets: every dial makes one, tests answer on it.

import type { OpenStream, SessionStream } from '../../agent/transport.ts';
import type { AgentMessage, CoordinatorMessage } from '../../shared/protocol.ts';
import type { Addressed } from '../../shared/wire.ts';

export class FakeStream implements SessionStream {
  /** What the agent sent, in order. */
  readonly sent: Addressed<AgentMessage>[] = [];
  closed = false;
  /** While false, sends wait as on a stream that nobody reads. */
  reading = true;
  readonly #queue: (Addressed<CoordinatorMessage | undefined> | Error)[] = [];
  #wake = Promise.withResolvers<void>();

  async send(sessionId: string, message: AgentMessage, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.sent.push({ sessionId, message });
    if (this.reading) return;
    await new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
  }

  async *messages(signal: AbortSignal): AsyncGenerator<Addressed<CoordinatorMessage | undefined>> {
    signal.addEventListener('abort', () => this.#wake.resolve(), { once: true });
    for (;;) {
      signal.throwIfAborted();
      const next = this.#queue.shift();
      if (next instanceof Error) throw next;
      if (next !== undefined) {
        yield next;
        continue;
      }
      this.#wake = Promise.withResolvers<void>();
      await this.#wake.promise;
    }
  }

  close(): void {
    this.closed = true;
  }

  /** The coordinator says this, or the stream fails so. */
  say(said: CoordinatorMessage | undefined | Error, sessionId = 's1'): void {
    this.#queue.push(said instanceof Error ? said : { sessionId, message: said });
    this.#wake.resolve();
  }

  kinds(): readonly string[] {
    return this.sent.map(({ message }) => message.kind);
  }
}

/** Where the agent dials. */
export class FakeNetwork {
  readonly streams: FakeStream[] = [];
  readonly targets: string[] = [];
  /** What each dial showed. */
  readonly tokens: (string | undefined)[] = [];

  readonly open: OpenStream = (target, _clock, token) => {
    const stream = new FakeStream();
    this.targets.push(target);
    this.tokens.push(token);
    this.streams.push(stream);
    return stream;
  };

  get latest(): FakeStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('nothing was dialled');
    return stream;
  }
}
