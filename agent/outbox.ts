// Messages on their way to the coordinator. The core never waits, the stream does: what it cannot take yet stands
// here, in order and up to a bound.

import type { AgentMessage } from '../shared/protocol.ts';

// The largest inventory is 70 chunks; beyond this the coordinator has not read for minutes.
const maxMessages = 1_000;

export class Outbox {
  readonly #messages: AgentMessage[] = [];
  #wake = Promise.withResolvers<void>();

  /** Whether there was room. */
  push(message: AgentMessage): boolean {
    if (this.#messages.length >= maxMessages) return false;
    this.#messages.push(message);
    this.#wake.resolve();
    return true;
  }

  /**
   * The oldest message, as soon as there is one.
   * @throws the signal's reason once it aborts
   */
  async next(signal: AbortSignal): Promise<AgentMessage> {
    const wake = (): void => this.#wake.resolve();
    signal.addEventListener('abort', wake, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        const message = this.#messages.shift();
        if (message !== undefined) return message;
        this.#wake = Promise.withResolvers<void>();
        await this.#wake.promise;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}
