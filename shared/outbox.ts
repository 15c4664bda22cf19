// Messages on their way to one reader. grpc-js would queue without end for a reader that is slow; here the queue has
// a bound, and each message waits until the one before it was taken.

/** One stream's outgoing messages. */
export class Outbox<T> {
  readonly #maxMessages: number;
  readonly #queue: T[] = [];
  #wake: (() => void) | undefined;

  constructor(maxMessages: number) {
    this.#maxMessages = maxMessages;
  }

  /** False when the queue is full: the reader has fallen too far behind. */
  push(message: T): boolean {
    if (this.#queue.length >= this.#maxMessages) return false;
    this.#queue.push(message);
    this.#wake?.();
    return true;
  }

  /**
   * Sends in order until the signal aborts.
   * @throws what `sendOne` throws
   */
  async run(sendOne: (message: T) => Promise<void>, signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.#wake?.();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const message = this.#queue.shift();
        if (message === undefined) await this.#next();
        else await sendOne(message);
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
