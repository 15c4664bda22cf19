// What a run amounted to: the numbers of `--json`, computed from what the kubelets and the API server recorded and
// never from what the coordinator believes (ARCHITECTURE.md, numbers). All times are cluster time.

import {
  countSlots,
  isGeneral,
  type Limit,
  type LimitSubject,
  scopeKeys,
} from '../../coordinator/core/limits.ts';
import { parseImageReference } from '../../shared/image-ref.ts';
import { formatPair } from '../../shared/pair.ts';
import type { PullEntry, PullPodEntry } from '../kubelet/record.ts';

export interface Run {
  readonly nodes: number;
  readonly images: number;
  readonly pairs: number;
  readonly warmPairs: number;
  readonly pods: readonly PullPodEntry[];
  readonly pulls: readonly PullEntry[];
  /** By node uid; empty for a node without a zone label. */
  readonly zones: ReadonlyMap<string, string>;
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
  const { pods, pulls } = run;
  const bound = findLowerBound(run);
  const startMs = run.startedAtMs ?? Infinity;
  const endMs = run.warmAtMs ?? Infinity;
  const requests = run.apiRequestsAtMs.filter((atMs) => atMs >= startMs && atMs <= endMs).length;
  return {
    nodes: run.nodes,
    images: run.images,
    pairs: run.pairs,
    warmPairs: run.warmPairs,
    pulls: pulls.length,
    duplicatePulls: countDuplicates(run),
    failedPulls: pulls.filter((pull) => pull.outcome === 'failed').length,
    seconds: run.warmAtMs === undefined ? null : round(Math.max(0, run.warmAtMs - startMs) / 1_000),
    lowerBoundSeconds: round(bound.ms / 1_000),
    bindingLimit: bound.limit,
    peakConcurrentPulls: findPeaks(pods, pulls),
    limits: {
      cluster: findSlots(run, 'cluster'),
      perImage: findSlots(run, 'image'),
      perNode: findSlots(run, 'node'),
    },
    apiRequestsPerPull: pulls.length === 0 ? 0 : round(requests / pulls.length),
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

/**
 * Time from creation to end of the pull pods within the span that `seconds` measures, by the scope whose slots they
 * shared: agents that connect first pull before the last one has told its inventory, and a node's status may show an
 * image a moment before the last pod has ended.
 */
function sumWork(run: Run, limit: Limit): readonly ScopeWork[] {
  const byScope = new Map<string, ScopeWork>();
  for (const pod of run.pods) {
    const [scope] = scopeKeys(limit, subjectOf(pod, run.zones));
    const endedAtMs = pod.terminalAtMs ?? run.warmAtMs;
    if (scope === undefined || endedAtMs === undefined) continue;
    const beganAtMs = Math.max(pod.podCreatedAtMs, run.startedAtMs ?? pod.podCreatedAtMs);
    byScope.set(scope, {
      workMs: (byScope.get(scope)?.workMs ?? 0) + Math.max(0, endedAtMs - beganAtMs),
      slots: countSlotsFor(limit, pod.image, run.eligible),
    });
  }
  return [...byScope.values()];
}

function subjectOf(pod: PullPodEntry, zones: Run['zones']): LimitSubject {
  return {
    image: pod.image,
    registry: parseImageReference(pod.image).registry,
    policies: [],
    selectors: new Set(),
    zone: zones.get(pod.nodeUid) ?? '',
    nodeUid: pod.nodeUid,
  };
}

function countSlotsFor(limit: Limit, image: string, eligible: EligibleNodes): number {
  const nodes = limit.per === 'image' ? eligible.perImage.get(image) : eligible.cluster;
  return Math.max(1, countSlots(limit, nodes ?? 0));
}

/** Pulls begun while the same pair was pulling, or after it had succeeded. */
function countDuplicates({ pods, pulls }: Run): number {
  const secrets = new Map(pods.map((pod) => [pod.podUid, pod.pullSecrets]));
  const occupiedUntilMs = new Map<string, number>();
  let duplicates = 0;
  for (const pull of [...pulls].sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    const { nodeUid, image } = pull;
    const pair = formatPair({ nodeUid, image, pullSecrets: secrets.get(pull.podUid) ?? [] });
    const untilMs = occupiedUntilMs.get(pair) ?? -Infinity;
    if (pull.startedAtMs < untilMs) duplicates += 1;
    const ownUntilMs = pull.outcome === 'succeeded' ? Infinity : (pull.endedAtMs ?? Infinity);
    occupiedUntilMs.set(pair, Math.max(untilMs, ownUntilMs));
  }
  return duplicates;
}

interface Occupation {
  readonly image: string;
  readonly nodeUid: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * A pull counts from the creation of its pod until pod and bytes have both ended. That is the strictest reading of a
 * limit: queueing in the kubelet counts, and so does a pull whose pod is gone.
 */
function findPeaks(pods: readonly PullPodEntry[], pulls: readonly PullEntry[]): PerScope {
  const bytesEndedAtMs = new Map<string, number>();
  for (const { podUid, endedAtMs } of pulls)
    bytesEndedAtMs.set(
      podUid,
      Math.max(bytesEndedAtMs.get(podUid) ?? -Infinity, endedAtMs ?? Infinity),
    );
  const occupations = pods.map(({ image, nodeUid, podUid, podCreatedAtMs, terminalAtMs }) => ({
    image,
    nodeUid,
    fromMs: podCreatedAtMs,
    untilMs: Math.max(terminalAtMs ?? Infinity, bytesEndedAtMs.get(podUid) ?? -Infinity),
  }));
  return {
    cluster: findPeak(occupations, () => ''),
    perImage: findPeak(occupations, ({ image }) => image),
    perNode: findPeak(occupations, ({ nodeUid }) => nodeUid),
  };
}

function findPeak(
  occupations: readonly Occupation[],
  scopeOf: (occupation: Occupation) => string,
): number {
  const changes = occupations.flatMap((occupation) => {
    const scope = scopeOf(occupation);
    return [
      { atMs: occupation.fromMs, scope, by: 1 },
      { atMs: occupation.untilMs, scope, by: -1 },
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
  const general = run.limits.filter((limit) => limit.per === per && isGeneral(limit));
  const slots = general.map((limit) => countSlots(limit, run.eligible.cluster));
  return slots.length === 0 ? null : Math.min(...slots);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
