// The token with which this agent proves its node: the kubelet projects it into a file and rotates it there. It is read
// for every dial and looked at before every heartbeat, because a session lives no longer than the token it last showed.

import { StatusError } from '../shared/rpc.ts';

const tokenShape = /^[\w.~+/=-]+$/;

/** One agent's; it has one session at a time. */
export class SessionToken {
  readonly #read: () => string;
  /** What the coordinator was last shown. */
  #presented = '';

  /**
   * @param read the token as it is now; may throw
   */
  constructor(read: () => string) {
    this.#read = read;
  }

  /**
   * To begin a session with.
   * @throws StatusError UNAUTHENTICATED when there is none to read
   */
  present(): string {
    try {
      this.#presented = this.#readToken();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new StatusError('UNAUTHENTICATED', `cannot read the session token: ${why}`, {
        cause: error,
      });
    }
    return this.#presented;
  }

  /** A newer one than was presented, which then counts as presented; undefined when there is none. */
  presentRotated(): string | undefined {
    try {
      const token = this.#readToken();
      if (token === this.#presented) return undefined;
      this.#presented = token;
      return token;
    } catch {
      // The next dial says why.
      return undefined;
    }
  }

  #readToken(): string {
    const token = this.#read().trim();
    // Whatever else a file may hold must not reach a header, nor an error that quotes it.
    if (!tokenShape.test(token)) throw new Error('the file does not hold one token');
    return token;
  }
}
