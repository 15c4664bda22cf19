// Whether a node may be offered a pull now: its agent is there, everything about it is known, and it has a free slot.

import type { Instant } from '../../shared/clock.ts';
import { timing } from '../../shared/protocol.ts';
import type { NodeState } from './node-state.ts';
import type { State } from './state.ts';

/** An offer needs at least this much of its time left when it is sent. */
const minOfferMs = 2_000;

/** For how long after a heartbeat its node may be offered pulls. */
export const heartbeatFreshMs = timing.offerTtlMs - minOfferMs;

export function refreshAvailability({ demand, use }: State, node: NodeState, now: Instant): void {
  const heartbeat = node.session?.heartbeat;
  const isFresh =
    heartbeat !== undefined &&
    now.monotonicMs - heartbeat.receivedAt.monotonicMs < heartbeatFreshMs;
  const hasSlot = node.liveLeases < use.slotsPerNode();
  demand.setAvailable(node, isFresh && hasSlot && node.isOfferable());
}
