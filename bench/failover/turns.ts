// The agents of one process dial in turns. On machines of their own thousands could shake hands at once; here they share one
// event loop, and a handshake that waits there for all the others holds its place at the coordinator meanwhile.

import type { OpenStream, SessionStream } from '../../agent/transport.ts';

type Release = () => void;

export class Turns {
  readonly #max: number;
  readonly #waiting: ((release: Release) => void)[] = [];
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Resolves when it is somebody's turn, with how to end it, which is idempotent. */
  take(): Promise<Release> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#next();
    });
  }

  #next(): void {
    if (this.#taken >= this.#max) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#taken += 1;
    let isOver = false;
    next(() => {
      if (isOver) return;
      isOver = true;
      this.#taken -= 1;
      this.#next();
    });
  }
}

/** One agent's way to the coordinators: a turn begins with a round, and ends with the first answer or the stream. */
export function dialInTurns(turns: Turns, openStream: OpenStream) {
  let release: Release = () => undefined;
  return {
    begin: async (): Promise<void> => {
      release();
      release = await turns.take();
    },
    openStream: ((...dial) => {
      const stream = openStream(...dial);
      return {
        send: stream.send,
        messages: (signal) => follow(stream, signal, () => release()),
        close: () => {
          release();
          stream.close();
        },
      };
    }) satisfies OpenStream,
  };
}

async function* follow(
  stream: SessionStream,
  signal: AbortSignal,
  onMessage: () => void,
): ReturnType<SessionStream['messages']> {
  for await (const message of stream.messages(signal)) {
    onMessage();
    yield message;
  }
}
