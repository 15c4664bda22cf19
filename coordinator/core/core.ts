// The owner of all of the coordinator's state.

import type { Instant } from '../../shared/clock.ts';
import type { CachedImageStatus, Effect, Event } from './events.ts';
import type { ImageView, LeaseView, LimitView, NodeView } from './views.ts';

export interface CoreSettings {
  /** This reign's number, already written to the API server. */
  readonly epoch: number;
  /** There was no epoch before this one: if there is no pull pod either, offers need not wait. */
  readonly firstEpoch: boolean;
  /** When the epoch was written. */
  readonly startedAt: Instant;
  /** Uniform in [0, 1); for the jitter of backoffs. */
  readonly random: () => number;
}

export declare class Core {
  constructor(settings: CoreSettings);
  /** Takes one event and says what to do about it, in order. */
  apply(event: Event, now: Instant): readonly Effect[];
  /** When to send `ticked` at the latest, in monotonic milliseconds; undefined while nothing is due. */
  nextDeadlineMs(): number | undefined;
  /** Live leases and the last 1,000 ended ones. */
  leases(): Iterable<LeaseView>;
  lease(id: string): LeaseView | undefined;
  nodes(): Iterable<NodeView>;
  images(): Iterable<ImageView>;
  limits(): Iterable<LimitView>;
  /** What the status of this CachedImage should be now; undefined when it does not exist (any more). */
  status(name: string, now: Instant): CachedImageStatus | undefined;
}
