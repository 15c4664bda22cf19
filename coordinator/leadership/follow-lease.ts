// Looks at the coordination Lease for as long as the signal lasts: read once, then watch, and begin anew after every end.
// Not the reflector: losing the API server is news here, because the Lease's time does not run without it.

import { type Clock, waitFor } from '../../shared/clock.ts';
import { KubeError } from '../../shared/kube-client.ts';
import type { Log } from '../../shared/log.ts';
import type { LeaseRequests, Look } from './lease-requests.ts';
import { leadershipTiming } from './timing.ts';

export interface FollowOptions {
  readonly requests: LeaseRequests;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onSeen: (look: Look) => void;
  /** The API server did not answer, or broke the watch off. */
  readonly onLost: () => void;
}

/** Resolves when the signal aborts. */
export async function followLease(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { requests, clock, random, log, onSeen, onLost } = options;
  while (!signal.aborted) {
    try {
      const look = await requests.look(signal);
      onSeen(look);
      await watch(options, look.lease?.metadata.resourceVersion, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof KubeError)) throw error;
      log.warn({ err: error }, 'coordination lease not seen');
      onLost();
    }
    // At most one look in two seconds, and not all candidates at the same moment.
    const delayMs = leadershipTiming.renewEveryMs * (1 + random() / 4);
    await waitFor(clock, delayMs, signal).catch(() => undefined);
  }
}

async function watch(
  { requests, onSeen }: FollowOptions,
  version: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of requests.watch(version, signal)) {
    // Its version may be forgotten when nobody wrote for long: the next look begins anew.
    if (event.type === 'ERROR') return;
    if (event.type === 'BOOKMARK') continue;
    onSeen({ lease: event.type === 'DELETED' ? undefined : event.object, formerEpoch: 0 });
  }
}
