// What can hold a pair back, in one shape: limits, breakers, backoffs of a whole image, pauses. Pacing asks every gate
// before it offers; Explain asks the same gates about one pair. So what is shown is what is enforced.

import type { Instant } from '../../shared/clock.ts';
import type { Reason } from '../../shared/reason.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Limit } from './limits.ts';
import type { NodeState } from './node-state.ts';

/** Why a pair has to wait. */
export interface Wait {
  readonly reason: Reason;
  /** What exactly: name of the limit, the registry, the policy; empty when the reason says all. */
  readonly by: string;
  /** When to ask again, monotonic; undefined when time alone changes nothing and an event will. */
  readonly retryAtMs: number | undefined;
  /** The limit that binds; absent when it is something else. */
  readonly limit?: Limit;
}

/** Asking changes nothing. Both must be cheap: they are asked for each image, or node, at each decision. */
export interface Gate {
  /** What holds the image back on every node; spares asking about nodes. */
  checkImage(image: DesiredImage, now: Instant): Wait | undefined;
  /** What holds the pair back, given that the image as a whole is free. */
  checkNode(image: DesiredImage, node: NodeState, now: Instant): Wait | undefined;
}
