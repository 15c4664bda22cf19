// Values that arrive in order and are read one by one, until an end or an error that comes after them.

export class Inbox<T> {
  readonly #waiting: T[] = [];
  #ending: { readonly error: unknown } | undefined;
  #arrived = Promise.withResolvers<void>();
  #taken = Promise.withResolvers<void>();

  get unread(): number {
    return this.#waiting.length;
  }

  /** Ignored after the end. */
  push(value: T): void {
    if (this.#ending !== undefined) return;
    this.#waiting.push(value);
    this.#arrived.resolve();
  }

  /** What arrived before is still read, then the error is thrown if there is one. The first ending counts. */
  end(error?: unknown): void {
    this.#ending ??= { error };
    this.#arrived.resolve();
    this.#taken.resolve();
  }

  /** As `end`, but what is unread is lost, as with a reset connection. */
  fail(error: unknown): void {
    this.#waiting.length = 0;
    this.end(error);
  }

  /** Resolves when no more than this many wait to be read, or when it has ended. */
  async belowOrEnded(count: number): Promise<void> {
    while (this.#waiting.length > count && this.#ending === undefined) {
      this.#taken = Promise.withResolvers<void>();
      await this.#taken.promise;
    }
  }

  /** @throws the error of `end` or `fail` */
  async *read(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#taken.resolve();
        yield next;
        continue;
      }
      if (this.#ending !== undefined) {
        if (this.#ending.error !== undefined) throw this.#ending.error;
        return;
      }
      this.#arrived = Promise.withResolvers<void>();
      await this.#arrived.promise;
    }
  }
}
