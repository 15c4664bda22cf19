// What a run amounted to: the numbers of `--json`, computed from what the kubelets and the API server recorded and
// never from what the coordinator believes. Definitions: design, section 10. All times are cluster time.

import {
  countSlots,
  type Limit,
  type LimitSubject,
  scopeKey,
} from '../../coordinator/core/limits.ts';

/** One pull pod as its kubelet saw it. Times that have not come yet are undefined. */
export interface PullRecord {
  /** Node, image and credential set as one text. */
  readonly pair: string;
  readonly subject: LimitSubject;
  readonly podCreatedAtMs: number;
  /** The pod is terminal, or gone. */
  readonly podEndedAtMs: number | undefined;
  /** The kubelet began to fetch; undefined when it never did, as for an image that was there. */
  readonly pullBeganAtMs: number | undefined;
  /** The bytes stopped, which may be after the end of the pod. */
  readonly pullEndedAtMs: number | undefined;
  readonly outcome: 'succeeded' | 'failed' | undefined;
}

export interface Run {
  readonly nodes: number;
  readonly images: number;
  readonly pairs: number;
  readonly warmPairs: number;
  readonly pulls: readonly PullRecord[];
  /** Last agent's inventory complete; undefined when it never was. */
  readonly startedAtMs: number | undefined;
  /** Last pair warm; undefined while one is not. */
  readonly warmAtMs: number | undefined;
  readonly limits: readonly Limit[];
  readonly eligible: EligibleNodes;
  /** When coordinator and agents asked the API server for something. */
  readonly apiRequestsAtMs: readonly number[];
}

/** What percentages of limits refer to. */
export interface EligibleNodes {
  readonly cluster: number;
  /** By normalised image reference. */
  readonly perImage: ReadonlyMap<string, number>;
}

export interface PerScope {
  readonly cluster: number;
  readonly perImage: number;
  readonly perNode: number;
}

export interface Report {
  readonly nodes: number;
  readonly images: number;
  readonly pairs: number;
  readonly warmPairs: number;
  readonly pulls: number;
  readonly duplicatePulls: number;
  readonly failedPulls: number;
  /** Null while a pair is not warm. */
  readonly seconds: number | null;
  readonly lowerBoundSeconds: number;
  /** Name of the limit that makes the lower bound; empty when nothing was pulled. */
  readonly bindingLimit: string;
  readonly peakConcurrentPulls: PerScope;
  /** Slots of one scope; null when no such limit counts every lease. */
  readonly limits: { readonly [Scope in keyof PerScope]: number | null };
  readonly apiRequestsPerPull: number;
}

export function buildReport(run: Run): Report {
  const begun = run.pulls.filter((pull) => pull.pullBeganAtMs !== undefined);
  const bound = findLowerBound(run);
  const endMs = run.warmAtMs ?? Infinity;
  const startMs = run.startedAtMs ?? Infinity;
  const requests = run.apiRequestsAtMs.filter((atMs) => atMs >= startMs && atMs <= endMs).length;
  return {
    nodes: run.nodes,
    images: run.images,
    pairs: run.pairs,
    warmPairs: run.warmPairs,
    pulls: begun.length,
    duplicatePulls: countDuplicates(begun),
    failedPulls: begun.filter((pull) => pull.outcome === 'failed').length,
    seconds: run.warmAtMs === undefined ? null : round(Math.max(0, run.warmAtMs - startMs) / 1_000),
    lowerBoundSeconds: round(bound.ms / 1_000),
    bindingLimit: bound.limit,
    peakConcurrentPulls: {
      cluster: findPeak(run.pulls, () => ''),
      perImage: findPeak(run.pulls, (pull) => pull.subject.image),
      perNode: findPeak(run.pulls, (pull) => pull.subject.nodeUid),
    },
    limits: {
      cluster: findSlots(run, 'cluster'),
      perImage: findSlots(run, 'image'),
      perNode: findSlots(run, 'node'),
    },
    apiRequestsPerPull: begun.length === 0 ? 0 : round(requests / begun.length),
  };
}

/** No schedule within the limits can do the same work faster than this. */
function findLowerBound(run: Run): { readonly ms: number; readonly limit: string } {
  let bound = { ms: 0, limit: '' };
  for (const limit of run.limits)
    for (const { workMs, slots } of sumWork(run, limit)) {
      const ms = workMs / slots;
      if (ms > bound.ms) bound = { ms, limit: limit.name };
    }
  return bound;
}

interface ScopeWork {
  readonly workMs: number;
  readonly slots: number;
}

/** Time from creation to end of the pull pods that have ended, by the scope whose slots they shared. */
function sumWork(run: Run, limit: Limit): readonly ScopeWork[] {
  const byScope = new Map<string, ScopeWork>();
  for (const { subject, podCreatedAtMs, podEndedAtMs } of run.pulls) {
    const scope = scopeKey(limit, subject);
    if (scope === undefined || podEndedAtMs === undefined) continue;
    byScope.set(scope, {
      workMs: (byScope.get(scope)?.workMs ?? 0) + podEndedAtMs - podCreatedAtMs,
      slots: countSlotsFor(limit, subject.image, run.eligible),
    });
  }
  return [...byScope.values()];
}

function countSlotsFor(limit: Limit, image: string, eligible: EligibleNodes): number {
  const nodes = limit.per === 'image' ? eligible.perImage.get(image) : eligible.cluster;
  return Math.max(1, countSlots(limit, nodes ?? 0));
}

/** Pulls begun while the same pair was pulling, or after it had succeeded. */
function countDuplicates(begun: readonly PullRecord[]): number {
  const occupiedUntilMs = new Map<string, number>();
  let duplicates = 0;
  for (const pull of [...begun].sort((a, b) => beganMs(a) - beganMs(b))) {
    const untilMs = occupiedUntilMs.get(pull.pair) ?? -Infinity;
    if (beganMs(pull) < untilMs) duplicates += 1;
    const ownUntilMs = pull.outcome === 'succeeded' ? Infinity : (pull.pullEndedAtMs ?? Infinity);
    occupiedUntilMs.set(pull.pair, Math.max(untilMs, ownUntilMs));
  }
  return duplicates;
}

function beganMs(pull: PullRecord): number {
  return pull.pullBeganAtMs ?? Infinity;
}

/**
 * Most pulls at once in one scope. A pull counts from the creation of its pod until pod and bytes have both ended,
 * which is the strictest reading of a limit: queueing in the kubelet counts, and so does a pull whose pod is gone.
 */
function findPeak(pulls: readonly PullRecord[], scopeOf: (pull: PullRecord) => string): number {
  const changes = pulls.flatMap((pull) => {
    const scope = scopeOf(pull);
    const endedAtMs =
      pull.pullBeganAtMs === undefined
        ? (pull.podEndedAtMs ?? Infinity)
        : Math.max(pull.podEndedAtMs ?? Infinity, pull.pullEndedAtMs ?? Infinity);
    return [
      { atMs: pull.podCreatedAtMs, scope, by: 1 },
      { atMs: endedAtMs, scope, by: -1 },
    ];
  });
  // At the same moment an end comes first: its slot is what the next one takes.
  changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  const counts = new Map<string, number>();
  let peak = 0;
  for (const { scope, by } of changes) {
    const count = (counts.get(scope) ?? 0) + by;
    counts.set(scope, count);
    peak = Math.max(peak, count);
  }
  return peak;
}

/** Slots of the tightest limit of that scope that counts every lease. */
function findSlots(run: Run, per: Limit['per']): number | null {
  const general = run.limits.filter(
    (limit) => limit.per === per && Object.keys(limit.match).length === 0,
  );
  const slots = general.map((limit) => countSlots(limit, run.eligible.cluster));
  return slots.length === 0 ? null : Math.min(...slots);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
