// I1, I2 and I5 while everything fails that can: counted from what pretended kubelets really do, pulls without a pod
// included.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../coordinator/core/limits.ts';
import type { Reason } from '../../../shared/reason.ts';
import { cachedImage } from '../../../sim/core-records.ts';
import { Bench, type BenchPull, type PullPlan, peak } from './bench.ts';

const reasons: readonly Reason[] = [
  'ImageNotFound',
  'Unauthorized',
  'RegistryRateLimited',
  'RegistryUnavailable',
  'InsufficientDisk',
  'PullFailed',
  'PodRejected',
];

type Fate = 'good' | 'vanishes' | 'fails' | 'failsVanished';

const scenario = fc.record({
  nodes: fc.integer({ min: 2, max: 9 }),
  images: fc.integer({ min: 1, max: 6 }),
  cluster: fc.integer({ min: 1, max: 8 }),
  latencyMs: fc.constantFrom(0, 500),
  badImage: fc.integer({ min: -1, max: 5 }),
  badNode: fc.integer({ min: -1, max: 8 }),
  reason: fc.constantFrom(...reasons),
  fates: fc.array(fc.constantFrom<Fate>('good', 'good', 'vanishes', 'fails', 'failsVanished'), {
    minLength: 1,
    maxLength: 12,
  }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function plan(given: Scenario, image: string, node: string, attempt: number): PullPlan {
  const imageNumber = Number(image.slice(image.indexOf('app-') + 4, image.lastIndexOf(':')));
  const nodeNumber = Number(node.slice('node-'.length)) - 1;
  const failure = { reason: given.reason, message: 'no' };
  if (imageNumber === given.badImage || nodeNumber === given.badNode)
    return { pullMs: 300, failure };
  const pullMs = 1_000 + ((imageNumber * 7 + nodeNumber * 13) % 10) * 700;
  // What goes wrong goes wrong twice at most: then everything that can be warm has to become it.
  const fate = given.fates[(imageNumber * 5 + nodeNumber * 3 + attempt) % given.fates.length];
  const isOver = attempt > 2;
  const vanishes = fate === 'vanishes' || fate === 'failsVanished';
  const fails = fate === 'fails' || fate === 'failsVanished';
  return {
    pullMs,
    ...(vanishes && !isOver ? { vanishMs: pullMs / 3 } : {}),
    ...(fails && !isOver ? { failure } : {}),
  };
}

function run(given: Scenario): Bench {
  const limits: readonly Limit[] = [
    { name: 'cluster', per: 'cluster', slots: { count: given.cluster, percent: 0 }, match: {} },
  ];
  const bench = new Bench({
    nodes: given.nodes,
    images: Array.from({ length: given.images }, (_, index) =>
      cachedImage(`image-${index}`, {
        image: `r${index % 2}.example/app-${index}`,
        tag: '1',
        pullTimeout: '1m',
      }),
    ),
    limits,
    latencyMs: given.latencyMs,
    plan: (image, node, attempt) => plan(given, image, node, attempt),
  });
  bench.start();
  // At worst one slot for 54 pairs, each of which takes two minutes and its backoffs.
  bench.runUntil(() => false, 4 * 3_600_000);
  return bench;
}

function overlaps(pulls: readonly BenchPull[]): readonly BenchPull[] {
  return pulls.filter((pull) =>
    pulls.some(
      (other) =>
        other !== pull &&
        other.image === pull.image &&
        other.node === pull.node &&
        other.createdMs <= pull.createdMs &&
        (other.endedMs ?? Infinity) > pull.createdMs,
    ),
  );
}

/** Most pulls of one image at once, and how many there may be. */
function peakOfImages(pulls: readonly BenchPull[]): number {
  const images = new Set(pulls.map(({ image }) => image));
  return Math.max(0, ...[...images].map((one) => peak(pulls, ({ image }) => image === one)));
}

/** Healthy images that some healthy node lacks. */
function findCold({ badImage, badNode, nodes }: Scenario, { core }: Bench): readonly string[] {
  const bad = badNode >= 0 && badNode < nodes ? 1 : 0;
  return [...core.images()]
    .filter(({ image }) => !image.includes(`app-${badImage}:`))
    .filter(({ nodesReady, nodesTargeted }) => nodesReady < nodesTargeted - bad)
    .map(({ image }) => image);
}

describe('Core, while pulls fail and pods vanish', () => {
  test('keeps every limit and every pair, and warms what can be warm', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const bench = run(given);
        expect(overlaps(bench.pulls)).toEqual([]);
        expect(peak(bench.pulls)).toBeLessThanOrEqual(given.cluster);
        expect(peakOfImages(bench.pulls)).toBeLessThanOrEqual(3);
        expect(findCold(given, bench)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('tries what keeps failing no more often than its backoff allows', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { pulls } = run(given);
        const failing = pulls.filter(({ image }) => image.includes(`app-${given.badImage}:`));
        const byPair = Map.groupBy(failing, ({ node }) => node);
        for (const attempts of byPair.values()) {
          // 30, 60, 120, 240 s, then every 300 s.
          const gaps = attempts
            .slice(1)
            .map((pull, at) => pull.createdMs - (attempts[at]?.endedMs ?? 0));
          gaps.forEach((gapMs, at) => {
            expect(gapMs).toBeGreaterThan(Math.min(30_000 * 2 ** at, 300_000) - 1);
          });
        }
      }),
      { numRuns: 30 },
    );
  });
});
