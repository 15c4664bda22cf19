// Which images this node could not pull, and how often in a row: the part of the coordinators' backoff that survives them.
// The agent makes nothing of it; it tells a coordinator that may know nothing, in its Hello.

import type { Instant } from '../../shared/clock.ts';
import { type Pair, parsePair } from '../../shared/pair.ts';
import { bounds, type FailedPull } from '../../shared/protocol.ts';
import type { Ended } from './tracked-pod.ts';

/** Many times the longest backoff. */
const memoryMs = 60 * 60_000;

export class FailedPulls {
  readonly #byPair = new Map<string, FailedPull>();

  /** A pull of the pair ended; nothing for a pair that cannot be read. */
  ended(pairText: string, { outcome, reason }: Ended, { wallMs }: Instant): void {
    const pair = parsePair(pairText);
    if (pair === undefined || outcome === 'Cancelled') return;
    const key = keyOf(pair);
    const failures = (this.#byPair.get(key)?.failures ?? 0) + 1;
    this.#byPair.delete(key);
    if (outcome === 'Succeeded') return;
    const { image, pullSecrets } = pair;
    this.#byPair.set(key, { image, pullSecrets, failures, failedAtMs: wallMs, reason });
    const [oldest] = this.#byPair.keys();
    if (this.#byPair.size > bounds.maxFailedPulls && oldest !== undefined)
      this.#byPair.delete(oldest);
  }

  /** Forgets what does not matter any more. */
  settle(isListed: (reference: string) => boolean, { wallMs }: Instant): void {
    for (const [key, { image, failedAtMs }] of this.#byPair)
      if (isListed(image) || wallMs - failedAtMs > memoryMs) this.#byPair.delete(key);
  }

  /** Oldest first. */
  list(): readonly FailedPull[] {
    return [...this.#byPair.values()];
  }

  /** Another node object stands under the same name. */
  clear(): void {
    this.#byPair.clear();
  }
}

function keyOf({ image, pullSecrets }: Pair): string {
  return [image, ...pullSecrets].join('|');
}
