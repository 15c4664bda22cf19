// `leases --watch`: the live leases, then every change, for as long as somebody looks. A token ends after ten minutes and
// the stream with it; it is opened again with a new one, and what was printed before is not printed twice.

import type { Clock } from '../shared/clock.ts';
import { InspectorError } from './calls.ts';
import type { Inspector } from './inspector.ts';
import type { Command } from './options.ts';
import { leaseHeader, toLeaseRow } from './rows.ts';
import type { Shown } from './show.ts';
import { GrowingTable } from './table.ts';
import type { LeaseRecord } from './wire.ts';

type Watch = Extract<Command, { kind: 'leases' }>;

type WatchedInspector = Pick<Inspector, 'listLeases' | 'watchLeases'>;

export interface WatchContext extends Shown {
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

// A coordinator that refuses a fresh token will refuse the next one as well.
const minWatchMs = 30_000;

export async function watchLeases(
  inspector: WatchedInspector,
  command: Watch,
  { output, json, signal, clock }: WatchContext,
): Promise<void> {
  const initial = json ? [] : await inspector.listLeases(command.filter, command.all);
  // The leases that are live now give the columns their width.
  const table = new GrowingTable(leaseHeader, initial.map(toLeaseRow));
  if (!json) output.print(table.header);
  if (command.all && !json)
    for (const lease of initial)
      if (lease.endedAt !== null) output.print(table.render(toLeaseRow(lease)));
  for await (const lease of followLeases(inspector, command, { clock, signal }))
    output.print(json ? JSON.stringify(lease) : table.render(toLeaseRow(lease)));
}

async function* followLeases(
  inspector: WatchedInspector,
  { filter }: Watch,
  { clock, signal }: Pick<WatchContext, 'clock' | 'signal'>,
) {
  const seen = new Seen();
  for (;;) {
    const startedMs = clock.now().monotonicMs;
    try {
      for await (const lease of inspector.watchLeases(filter, signal))
        if (seen.isNew(lease)) yield lease;
      return;
    } catch (error) {
      const isShort = clock.now().monotonicMs - startedMs < minWatchMs;
      if (isShort || !isTokenOver(error)) throw error;
    }
  }
}

function isTokenOver(error: unknown): boolean {
  return error instanceof InspectorError && error.code === 'UNAUTHENTICATED';
}

/** What was printed last of each lease; the ended ones are forgotten, because they do not come again. */
class Seen {
  readonly #texts = new Map<string, string>();

  isNew(lease: LeaseRecord): boolean {
    const text = JSON.stringify({ ...lease, ageSeconds: null });
    if (this.#texts.get(lease.id) === text) return false;
    if (lease.endedAt === null) this.#texts.set(lease.id, text);
    else this.#texts.delete(lease.id);
    return true;
  }
}
