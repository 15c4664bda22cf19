// How many streams of each peer are not sessions yet: one peer must not take all the places of those who come. Peers on
// loopback are not told apart, because thousands of simulated agents live there.

import { isLoopback } from '../../shared/loopback.ts';

/** Its memory is bounded by the streams that are counted. */
export class PeerCounts {
  readonly #counts = new Map<string, number>();

  of(peer: string): number {
    return this.#counts.get(peer) ?? 0;
  }

  /** Counts one more, and returns how to count it no more, which is idempotent. */
  add(peer: string): () => void {
    if (isLoopback(peer)) return () => undefined;
    this.#counts.set(peer, this.of(peer) + 1);
    let isCounted = true;
    return () => {
      if (!isCounted) return;
      isCounted = false;
      const left = this.of(peer) - 1;
      if (left > 0) this.#counts.set(peer, left);
      else this.#counts.delete(peer);
    };
  }
}
