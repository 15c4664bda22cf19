// WatchLeases: the live leases first, then every change, as fast as the caller reads.

import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.ts';
import type { WatchLeasesRequest } from '../../shared/gen/forehold/v1/WatchLeasesRequest.ts';
import type { WatchLeasesResponseInput } from '../../shared/gen/forehold/v1/WatchLeasesResponse.ts';
import { Outbox } from '../../shared/outbox.ts';
import { endCall, StatusError, send, toStatusError } from '../../shared/rpc.ts';
import type { LeaseView } from '../core/views.ts';
import type { LeaseFeed } from './lease-feed.ts';
import { isLive, type LeaseFilter, matchesFilter, parseLeaseFilter } from './lease-filter.ts';
import { toLease } from './wire.ts';

type WatchLeasesCall = ServerWritableStream<WatchLeasesRequest, WatchLeasesResponseInput>;

export interface WatchLeasesOptions {
  readonly call: WatchLeasesCall;
  readonly feed: LeaseFeed;
  /**
   * @throws StatusError UNAVAILABLE until the core exists.
   */
  readonly leases: () => Iterable<LeaseView>;
  readonly clock: Clock;
  /** Aborts with the status that ends every watch. */
  readonly signal: AbortSignal;
}

// The contract's number (inspector.proto).
const maxUnreadChanges = 1_000;
// People, dashboards and scripts; each costs a queue.
const maxWatchers = 100;
// The queue's bound is what counts; this is for callers that were forgotten.
const readDeadlineMs = 600_000;

/** Serves one watch to its end. */
export async function watchLeases(options: WatchLeasesOptions): Promise<void> {
  const { call, clock, feed } = options;
  const ending = new AbortController();
  const onStop = (): void => ending.abort(options.signal.reason);
  options.signal.addEventListener('abort', onStop, { once: true });
  call.once('close', () => ending.abort(new StatusError('CANCELLED', 'the caller left')));
  try {
    options.signal.throwIfAborted();
    if (feed.watcherCount >= maxWatchers)
      throw new StatusError(
        'RESOURCE_EXHAUSTED',
        `there are ${maxWatchers} watches already; end one of them`,
      );
    if (call.request instanceof StatusError) throw call.request;
    await follow(options, parseLeaseFilter(call.request), ending);
    ending.signal.throwIfAborted();
  } catch (error) {
    endCall(call, toStatusError(error), clock);
  } finally {
    options.signal.removeEventListener('abort', onStop);
  }
}

async function follow(
  options: WatchLeasesOptions,
  filter: LeaseFilter,
  ending: AbortController,
): Promise<void> {
  const { call, clock, feed } = options;
  const { signal } = ending;
  const sendOne = (lease: LeaseView): Promise<void> => {
    const message = { lease: toLease(lease, clock.now().wallMs) };
    return send(call, message, { signal, clock, deadlineMs: readDeadlineMs });
  };
  const changes = new Outbox<LeaseView>(maxUnreadChanges);
  const take = (lease: LeaseView): void => {
    if (matchesFilter(lease, filter) && !changes.push(lease))
      ending.abort(
        new StatusError(
          'RESOURCE_EXHAUSTED',
          `more than ${maxUnreadChanges} changes were not read; start the watch again`,
        ),
      );
  };
  // Joining and copying in one turn: no change falls in between.
  const leave = feed.join({ take, end: (reason) => ending.abort(reason) });
  try {
    const snapshot = [...options.leases()].filter(
      (lease) => isLive(lease) && matchesFilter(lease, filter),
    );
    for (const lease of snapshot) await sendOne(lease);
    await changes.run(sendOne, signal);
  } finally {
    leave();
  }
}
