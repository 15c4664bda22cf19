// How good a roll-out was, from the record of what kubelets really did: against the time that no schedule within the limits
// can beat.

import { countSlots, type Limit } from '../../coordinator/core/limits.ts';

/** One pull pod, from its creation to its end; undefined while it lives. */
export interface Pull {
  readonly image: string;
  readonly nodeUid: string;
  readonly podCreatedAtMs: number;
  readonly terminalAtMs: number | undefined;
}

export interface Recorded {
  readonly pods: readonly Pull[];
  readonly duplicatePulls: number;
  /** Of our processes to the API server. */
  readonly requestsAtMs: readonly number[];
  readonly limits: readonly Limit[];
  readonly nodes: number;
  readonly warmAtMs: number;
}

export interface RollOut {
  readonly pulls: number;
  readonly duplicatePulls: number;
  /** From the first pull pod's creation until everything is warm. */
  readonly seconds: number;
  readonly lowerBoundSeconds: number;
  readonly bindingLimit: string;
  readonly ratio: number;
  readonly requestsPerPull: number;
}

export function measureRollOut(recorded: Recorded): RollOut {
  const { pods, warmAtMs, requestsAtMs } = recorded;
  const firstMs = Math.min(...pods.map(({ podCreatedAtMs }) => podCreatedAtMs));
  const bound = findLowerBound(recorded);
  const seconds = (warmAtMs - firstMs) / 1_000;
  const during = requestsAtMs.filter((atMs) => atMs >= firstMs && atMs <= warmAtMs).length;
  return {
    pulls: pods.length,
    duplicatePulls: recorded.duplicatePulls,
    seconds: round(seconds),
    lowerBoundSeconds: round(bound.ms / 1_000),
    bindingLimit: bound.limit,
    ratio: round((seconds * 1_000) / bound.ms),
    requestsPerPull: round(during / pods.length),
  };
}

/** Work of one scope by its slots, at its greatest. */
function findLowerBound({ pods, limits, nodes, warmAtMs }: Recorded): {
  ms: number;
  limit: string;
} {
  let bound = { ms: 0, limit: '' };
  for (const limit of limits) {
    const work = new Map<string, number>();
    for (const { image, nodeUid, podCreatedAtMs, terminalAtMs = warmAtMs } of pods) {
      const scopes = { cluster: '', policy: '', image, registry: '', zone: '', node: nodeUid };
      const scope = scopes[limit.per];
      work.set(scope, (work.get(scope) ?? 0) + (Math.min(terminalAtMs, warmAtMs) - podCreatedAtMs));
    }
    const slots = countSlots(limit, limit.per === 'node' ? 0 : nodes);
    const ms = Math.max(...work.values()) / slots;
    if (ms > bound.ms) bound = { ms, limit: limit.name };
  }
  return bound;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
