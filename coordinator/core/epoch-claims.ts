// What agents say about epochs. They act for the newest one that they have met; when the coordination Lease was deleted
// or restored from a backup, this reign's number is below it and they decline its offers. Then a new reign has to
// begin above what they claim. A claim is one node's word: a fifth of the nodes must agree, so that a broken or stolen
// agent moves nothing in a cluster of more than five, and one step is bounded, so that no lie brings the numbers to their
// end: at one step in ten minutes (replica.ts) there are enough for thousands of years.

import type { NodeState } from './node-state.ts';

/** Share of the listed nodes that must have met a newer epoch. */
const quorumRatio = 0.2;
/** More reigns than any cluster sees: one a minute for two years. */
const maxLeap = 1_000_000;

/** The epoch to begin above; undefined while too few nodes claim one higher than `epoch`. */
export function weighEpochClaims(epoch: number, nodes: Iterable<NodeState>): number | undefined {
  let listed = 0;
  const claims: number[] = [];
  for (const { record, session } of nodes) {
    if (record === undefined) continue;
    listed += 1;
    if (session !== undefined && session.hello.newestEpoch > epoch)
      claims.push(session.hello.newestEpoch);
  }
  const quorum = Math.max(1, Math.ceil(listed * quorumRatio));
  if (claims.length < quorum) return undefined;
  claims.sort((left, right) => right - left);
  // The highest that so many nodes have met: whoever claims more is not followed.
  const agreed = claims[quorum - 1] ?? epoch;
  return Math.min(agreed, epoch + maxLeap);
}
