// Whether a node may be offered a pull now: its agent is there, everything about it is known, and it has a free slot.

import type { Instant } from '../../shared/clock.ts';
import { timing } from '../../shared/protocol.ts';
import type { NodeState } from './node-state.ts';
import type { State } from './state.ts';

/** An offer needs at least this much of its time left when it is sent. */
const minOfferMs = 2_000;

/** For how long after a heartbeat its node may be offered pulls. */
export const heartbeatFreshMs = timing.offerTtlMs - minOfferMs;

export type NodeObstacle =
  | 'NodeDeleting'
  | 'NodeCordoned'
  | 'NodeNotReady'
  | 'AgentMissing'
  | 'AgentDisconnected'
  | 'NodeLimit';

export function refreshAvailability(state: State, node: NodeState, now: Instant): void {
  state.demand.setAvailable(node, findNodeObstacle(state, node, now) === undefined);
}

/** Why nothing can be offered to the node now, whatever the image; undefined when something can. */
export function findNodeObstacle(
  { use }: Pick<State, 'use'>,
  node: NodeState,
  now: Instant,
): NodeObstacle | undefined {
  const { record, session } = node;
  if (record === undefined || record.deleting) return 'NodeDeleting';
  if (record.unschedulable) return 'NodeCordoned';
  if (!record.ready) return 'NodeNotReady';
  if (session === undefined)
    return node.disconnectedAtMs === undefined ? 'AgentMissing' : 'AgentDisconnected';
  if (!isFresh(session.heartbeat?.receivedAt, now) || !node.isInventoryComplete)
    return 'AgentDisconnected';
  return node.liveLeases < use.slotsPerNode() ? undefined : 'NodeLimit';
}

function isFresh(receivedAt: Instant | undefined, now: Instant): boolean {
  return receivedAt !== undefined && now.monotonicMs - receivedAt.monotonicMs < heartbeatFreshMs;
}
