import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  builtInLimits,
  countSlots,
  type Limit,
  mergeLimits,
  scopeKeys,
} from '../../../coordinator/core/limits.ts';
import type { PullEntry, PullPodEntry } from '../../../sim/kubelet/record.ts';
import { buildReport, type Run } from '../../../sim/start/report.ts';

interface Pull {
  readonly pod: PullPodEntry;
  readonly pull: PullEntry;
}

let pods = 0;

/** A pull whose bytes flow from the pod's creation to its end, unless told otherwise. */
function pull(
  node: string,
  image: string,
  times: [createdMs: number, endedMs: number],
  rest: Partial<PullEntry> = {},
): Pull {
  const [podCreatedAtMs, terminalAtMs] = times;
  pods += 1;
  const pair = { node, nodeUid: node, image: `r.io/${image}:1`, podUid: `pod-${pods}` };
  return {
    pod: {
      ...pair,
      pullSecrets: [],
      podName: `pull-${pods}`,
      podCreatedAtMs,
      terminalAtMs,
      outcome: rest.outcome === 'failed' ? 'Failed' : 'Succeeded',
    },
    pull: {
      ...pair,
      startedAtMs: podCreatedAtMs,
      endedAtMs: terminalAtMs,
      outcome: 'succeeded',
      duplicate: false,
      ...rest,
    },
  };
}

function run(pulls: readonly Pull[], rest: Partial<Run> = {}): Run {
  return {
    nodes: 20,
    images: 1,
    pairs: 20,
    warmPairs: 20,
    pods: pulls.map(({ pod }) => pod),
    pulls: pulls.map((each) => each.pull),
    zones: new Map(),
    startedAtMs: 0,
    warmAtMs: 60_000,
    limits: builtInLimits,
    eligible: { cluster: 20, perImage: new Map() },
    apiRequestsAtMs: [],
    ...rest,
  };
}

describe('buildReport', () => {
  test('has exactly the fields that the command promises', () => {
    const report = buildReport(run([pull('n1', 'a', [0, 1_000])]));
    expect(report).toEqual({
      nodes: 20,
      images: 1,
      pairs: 20,
      warmPairs: 20,
      pulls: 1,
      duplicatePulls: 0,
      failedPulls: 0,
      seconds: 60,
      lowerBoundSeconds: 1,
      bindingLimit: 'node',
      peakConcurrentPulls: { cluster: 1, perImage: 1, perNode: 1 },
      limits: { cluster: 20, perImage: 3, perNode: 1 },
      apiRequestsPerPull: 0,
    });
  });

  test('a pod that has not ended when all is warm has worked until then', () => {
    const { pod, pull: bytes } = pull('n1', 'a', [1_000, 9_000]);
    const unended = { pod: { ...pod, terminalAtMs: undefined }, pull: bytes };
    const report = buildReport(run([unended], { warmAtMs: 8_000 }));
    expect(report).toMatchObject({ lowerBoundSeconds: 7, bindingLimit: 'node' });
  });

  test('a pod that began before the last inventory was in counts from then on', () => {
    const early = pull('n1', 'a', [-2_000, 3_000]);
    expect(buildReport(run([early])).lowerBoundSeconds).toBe(3);
  });

  test.for<[fact: string, pulls: Pull[], limits: Limit[], seconds: number, limit: string]>([
    [
      'one node with much work makes the bound',
      [pull('n1', 'a', [0, 9_000]), pull('n1', 'b', [9_000, 12_000])],
      [],
      12,
      'node',
    ],
    [
      'an image on many nodes makes it, by its three slots',
      [1, 2, 3, 4, 5, 6].map((n) => pull(`n${n}`, 'a', [0, 10_000])),
      [],
      20,
      'image',
    ],
    [
      'a configured limit of the cluster makes it',
      [1, 2, 3].map((n) => pull(`n${n}`, `i${n}`, [0, 10_000])),
      [{ name: 'cluster', per: 'cluster', slots: { count: 1, percent: 0 }, match: {} }],
      30,
      'cluster',
    ],
    [
      'a limit of its own name counts only what it matches',
      ['a1', 'a2', 'b1'].map((i) => pull(`n-${i}`, i, [0, 10_000])),
      [
        {
          name: 'slow',
          per: 'registry',
          slots: { count: 1, percent: 0 },
          match: { image: 'r.io/a*' },
        },
      ],
      20,
      'slow',
    ],
    [
      'work is counted from the pod’s creation, queueing included',
      [pull('n1', 'a', [0, 9_000], { startedAtMs: 5_000 })],
      [],
      9,
      'node',
    ],
    [
      'failed pulls are work as well',
      [pull('n1', 'a', [0, 7_000], { outcome: 'failed' })],
      [],
      7,
      'node',
    ],
    ['nothing was pulled', [], [], 0, ''],
  ])('%s', ([, pulls, limits, lowerBoundSeconds, bindingLimit]) => {
    const report = buildReport(run(pulls, { limits: mergeLimits(limits) }));
    expect(report).toMatchObject({ lowerBoundSeconds, bindingLimit });
  });

  test.for<[fact: string, pulls: Pull[], duplicates: number, failed: number]>([
    [
      'a retry after a failure is none',
      [pull('n1', 'a', [0, 10], { outcome: 'failed' }), pull('n1', 'a', [20, 30])],
      0,
      1,
    ],
    ['a pull after a success is one', [pull('n1', 'a', [0, 10]), pull('n1', 'a', [20, 30])], 1, 0],
    [
      'a pull while the pair is pulling is one',
      [
        pull('n1', 'a', [0, 10], { outcome: 'failed' }),
        pull('n1', 'a', [5, 30], { outcome: 'failed' }),
      ],
      1,
      2,
    ],
    [
      'a pull whose pod is gone but whose bytes flow is still pulling',
      [pull('n1', 'a', [0, 5], { endedAtMs: 30, outcome: undefined }), pull('n1', 'a', [20, 40])],
      1,
      0,
    ],
    [
      'the same image on two nodes is none',
      [pull('n1', 'a', [0, 9]), pull('n2', 'a', [0, 9])],
      0,
      0,
    ],
  ])('duplicates and failures: %s', ([, pulls, duplicatePulls, failedPulls]) => {
    expect(buildReport(run(pulls))).toMatchObject({ duplicatePulls, failedPulls });
  });

  test('a pod whose image was there already is work, and no pull', () => {
    const verified = pull('n1', 'a', [20, 30]);
    const report = buildReport(run([pull('n1', 'a', [0, 10])], {}));
    const both = buildReport({
      ...run([pull('n1', 'a', [0, 10])]),
      pods: [pull('n1', 'a', [0, 10]).pod, verified.pod],
    });
    expect(both).toMatchObject({ pulls: 1, duplicatePulls: 0 });
    expect(both.lowerBoundSeconds).toBe(2 * report.lowerBoundSeconds);
  });

  test('a pair is told apart by its pull secrets', () => {
    const own = pull('n1', 'a', [0, 10]);
    const secret = pull('n1', 'a', [20, 30]);
    const pods = [own.pod, { ...secret.pod, pullSecrets: ['s'] }];
    expect(buildReport({ ...run([own, secret]), pods }).duplicatePulls).toBe(0);
  });

  test('peaks count a pull until both its pod and its bytes have ended', () => {
    const report = buildReport(
      run([
        pull('n1', 'a', [0, 10], { endedAtMs: 30 }),
        pull('n1', 'b', [20, 40]),
        pull('n2', 'a', [29, 50]),
        pull('n3', 'a', [50, 60]),
      ]),
    );
    expect(report.peakConcurrentPulls).toEqual({ cluster: 3, perImage: 2, perNode: 2 });
  });

  test('a slot freed and taken at the same moment is one pull at a time', () => {
    const report = buildReport(run([pull('n1', 'a', [0, 10]), pull('n1', 'b', [10, 20])]));
    expect(report.peakConcurrentPulls).toEqual({ cluster: 1, perImage: 1, perNode: 1 });
  });

  test('requests are those between the last inventory and the last warm pair', () => {
    const pulls = [pull('n1', 'a', [0, 1_000]), pull('n2', 'a', [0, 1_000])];
    const apiRequestsAtMs = [-5, 99, 100, 150, 200, 201];
    const report = buildReport(run(pulls, { apiRequestsAtMs, startedAtMs: 100, warmAtMs: 200 }));
    expect(report).toMatchObject({ apiRequestsPerPull: 1.5, seconds: 0.1 });
  });

  test('seconds are not known while a pair is not warm', () => {
    expect(buildReport(run([], { warmAtMs: undefined })).seconds).toBeNull();
    expect(
      buildReport(run([], { warmAtMs: undefined, startedAtMs: undefined })).seconds,
    ).toBeNull();
  });

  test('limits show the slots in force, and null when nothing of that scope counts every lease', () => {
    const limits: Limit[] = [
      { name: 'cluster', per: 'cluster', slots: { count: 2, percent: 50 }, match: {} },
      { name: 'tight', per: 'node', slots: { count: 1, percent: 0 }, match: { zone: 'z1' } },
    ];
    expect(buildReport(run([], { limits })).limits).toEqual({
      cluster: 10,
      perImage: null,
      perNode: null,
    });
  });

  test('a share of an image’s slots is a share of the nodes that it targets', () => {
    const pulls = [1, 2, 3, 4].map((n) => pull(`n${n}`, 'a', [0, 10_000]));
    const limits = mergeLimits([
      { name: 'image', per: 'image', slots: { count: 1, percent: 10 }, match: {} },
    ]);
    const eligible = { cluster: 100, perImage: new Map([['r.io/a:1', 20]]) };
    expect(buildReport(run(pulls, { limits, eligible }))).toMatchObject({
      lowerBoundSeconds: 20,
      bindingLimit: 'image',
    });
  });

  test('the bound is never above what a schedule within the limits took', () => {
    const work = fc.array(
      fc.record({
        node: fc.integer({ min: 0, max: 5 }),
        image: fc.integer({ min: 0, max: 3 }),
        workMs: fc.integer({ min: 1, max: 5_000 }),
        idleMs: fc.integer({ min: 0, max: 50 }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    const slots = fc.record({ count: fc.integer({ min: 1, max: 4 }), percent: fc.constant(0) });
    fc.assert(
      fc.property(work, fc.array(slots, { minLength: 3, maxLength: 3 }), (wishes, given) => {
        const limits = builtInLimits.map((limit, index) => ({
          ...limit,
          slots: given[index] ?? { count: 1, percent: 0 },
        }));
        const pulls = scheduleGreedily(wishes, limits);
        const endMs = Math.max(...pulls.map(({ pod }) => pod.terminalAtMs ?? 0));
        const sumMs = wishes.reduce((sum, wish) => sum + wish.workMs, 0);
        const report = buildReport(run(pulls, { limits }));
        expect(report.lowerBoundSeconds * 1_000).toBeLessThanOrEqual(endMs + 0.5);
        expect(report.lowerBoundSeconds * 1_000).toBeLessThanOrEqual(sumMs + 0.5);
      }),
    );
  });
});

interface Wish {
  readonly node: number;
  readonly image: number;
  readonly workMs: number;
  readonly idleMs: number;
}

/** Each in turn at the first moment at which every limit has a slot for its whole duration. */
function scheduleGreedily(wishes: readonly Wish[], limits: readonly Limit[]): Pull[] {
  const pulls: Pull[] = [];
  for (const { node, image, workMs, idleMs } of wishes) {
    const moments = [0, ...pulls.map(({ pod }) => (pod.terminalAtMs ?? 0) + idleMs)];
    const candidates = moments
      .sort((a, b) => a - b)
      .map((startMs) => pull(`n${node}`, `i${image}`, [startMs, startMs + workMs]));
    const chosen = candidates.find((candidate) =>
      limits.every((limit) => fits(limit, candidate, pulls)),
    );
    if (chosen !== undefined) pulls.push(chosen);
  }
  return pulls;
}

function fits(limit: Limit, candidate: Pull, pulls: readonly Pull[]): boolean {
  const key = scopeOf(limit, candidate);
  const rivals = pulls.filter(
    (other) =>
      scopeOf(limit, other) === key &&
      other.pod.podCreatedAtMs < (candidate.pod.terminalAtMs ?? 0) &&
      (other.pod.terminalAtMs ?? 0) > candidate.pod.podCreatedAtMs,
  );
  return rivals.length < countSlots(limit, 20);
}

function scopeOf(limit: Limit, { pod }: Pull): string | undefined {
  const { image, nodeUid } = pod;
  const policies: string[] = [];
  const selectors = new Set<string>();
  const subject = { image, registry: 'r.io', policies, selectors, zone: '', nodeUid };
  return scopeKeys(limit, subject)[0];
}
