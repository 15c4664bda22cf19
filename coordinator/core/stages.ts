// Policies that let some nodes pull an image before the others: canaries (a few nodes of each platform, and the others when
// enough of those have it) and seeds (one node of a zone in which nobody has it, and the others when it has).

import type { Instant } from '../../shared/clock.ts';
import type { DesiredImage, PairState } from './desired-image.ts';
import type { Wait } from './gate.ts';
import type { NodeClass } from './node-class.ts';
import type { NodeState } from './node-state.ts';
import type { Canary } from './policy.ts';
import type { PolicyState } from './policy-state.ts';
import { governs } from './subject.ts';

/** What a stage lets through on the nodes of a class. */
export type Admission =
  | { readonly kind: 'all' }
  /** Only nodes that have tried before; the others have to wait. */
  | { readonly kind: 'again'; readonly wait: Wait }
  | { readonly kind: 'none'; readonly wait: Wait };

/** A seed that takes longer does not hold up its zone any more: another node may try as well. */
export const seedPatienceMs = 5 * 60_000;

const all: Admission = { kind: 'all' };

/** Asks every policy of the image that governs the class; the strictest answer counts. */
export function admitClass(image: DesiredImage, nodeClass: NodeClass, now: Instant): Admission {
  let admission = all;
  for (const policy of image.policies) {
    if (!governs(policy, nodeClass.selectors)) continue;
    const seed = policy.policy.seedFirst ? admitSeed(image, policy, nodeClass, now) : all;
    if (seed.kind !== 'all') return seed;
    const { canary } = policy.policy;
    if (canary === undefined) continue;
    const next = admitCanary(image, policy, canary, nodeClass);
    if (next.kind !== 'all') admission = next;
  }
  return admission;
}

/** True when the node has tried to pull the image, and failed. */
export function hasTried(image: DesiredImage, node: NodeState): boolean {
  return (image.pairs.get(node)?.failures ?? 0) > 0;
}

function admitCanary(
  image: DesiredImage,
  policy: PolicyState,
  canary: Canary,
  { platform }: NodeClass,
): Admission {
  const isCounted = (nodeClass: NodeClass) =>
    nodeClass.platform === platform && governs(policy, nodeClass.selectors);
  const { targets, missing } = image.tally.sum(isCounted);
  const canaries = Math.min(canary.nodes, targets);
  const held = targets - missing;
  if (held >= Math.max(1, canaries - canary.failureBudget)) return all;
  let trying = 0;
  for (const [node, pair] of image.pairs)
    if (isCounted(node.nodeClass) && isTrying(image, node, pair)) trying += 1;
  if (held + trying < canaries) return all;
  return {
    kind: 'again',
    wait: { reason: 'CanaryWait', by: policy.name, retryAtMs: undefined },
  };
}

// A node that failed and is away now is not waited for: another one goes in its place.
function isTrying(image: DesiredImage, node: NodeState, pair: PairState): boolean {
  if (!image.missing.has(node)) return false;
  return pair.lease !== undefined || (pair.failures > 0 && isThere(node));
}

function isThere({ record, session }: NodeState): boolean {
  return record?.ready === true && !record.unschedulable && session !== undefined;
}

function admitSeed(
  image: DesiredImage,
  policy: PolicyState,
  { zone }: NodeClass,
  now: Instant,
): Admission {
  const isCounted = (nodeClass: NodeClass) =>
    nodeClass.zone === zone && governs(policy, nodeClass.selectors);
  const { targets, missing } = image.tally.sum(isCounted);
  if (targets > missing) return all;
  let untilMs: number | undefined;
  for (const [node, { lease }] of image.pairs) {
    if (lease === undefined || lease.phase === 'Suspect' || !isCounted(node.nodeClass)) continue;
    const leftMs = lease.offeredAtMs + seedPatienceMs - now.wallMs;
    if (leftMs > 0) untilMs = Math.max(untilMs ?? 0, now.monotonicMs + leftMs);
  }
  if (untilMs === undefined) return all;
  return { kind: 'none', wait: { reason: 'SeedWait', by: policy.name, retryAtMs: untilMs } };
}
