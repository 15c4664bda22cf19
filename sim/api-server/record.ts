// What the API server was asked, by whom: the figures of "requests per pull" are counted here, not by the askers.

import type { Clock } from '../../shared/clock.ts';

export interface RequestEntry {
  /** Wall time of the cluster's clock when the request came. */
  readonly atMs: number;
  /** Product of the User-Agent header, without its version. */
  readonly userAgent: string;
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly code: number;
}

// Half a million pulls at three requests each would be 1.5 million; a newcomer's cluster needs a few thousand.
const maxEntries = 200_000;
// Our own processes and kubectl are five; anybody may invent more.
const maxUserAgents = 100;
const otherUserAgents = 'other';

export class RequestRecord {
  readonly #clock: Clock;
  readonly #entries: RequestEntry[] = [];
  readonly #totals = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A watch is added once, when it begins. */
  add(entry: Omit<RequestEntry, 'atMs' | 'userAgent'>, userAgentHeader: string | undefined): void {
    const userAgent = this.#knownUserAgent(productOf(userAgentHeader));
    this.#totals.set(userAgent, (this.#totals.get(userAgent) ?? 0) + 1);
    this.#entries.push({ ...entry, atMs: this.#clock.now().wallMs, userAgent });
    if (this.#entries.length > maxEntries) this.#entries.splice(0, maxEntries / 2);
  }

  /** The newest ones, oldest first; older ones are forgotten. */
  entries(): readonly RequestEntry[] {
    return this.#entries;
  }

  /** All requests ever, by user agent. */
  totals(): ReadonlyMap<string, number> {
    return this.#totals;
  }

  /** Requests of one user agent with `fromMs <= atMs <= toMs`. */
  count(userAgent: string, fromMs: number, toMs: number): number {
    return this.#entries.filter(
      (entry) => entry.userAgent === userAgent && entry.atMs >= fromMs && entry.atMs <= toMs,
    ).length;
  }

  #knownUserAgent(product: string): string {
    if (this.#totals.has(product) || this.#totals.size < maxUserAgents) return product;
    return otherUserAgents;
  }
}

function productOf(header: string | undefined): string {
  return (header ?? '').split(/[/ ]/, 1)[0]?.slice(0, 64) || 'unknown';
}
