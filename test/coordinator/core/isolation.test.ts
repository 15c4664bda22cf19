// What bad nodes cost the good ones, wherever they stand in line. Age is what orders nodes that are equally cold, so the worst
// places are the newest, the oldest, and any rhythm: a pool that came last, one that was never renewed, a rack of ten.

import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../coordinator/core/limits.ts';
import { cachedImage, startWallMs } from '../../../sim/core-records.ts';
import { Bench, type PullPlan, peak } from './bench.ts';

const nodes = 100;
const bad = 11;
const images = 10;
const hangMs = 6 * 3_600_000;

const cluster50: Limit = {
  name: 'cluster',
  per: 'cluster',
  slots: { count: 50, percent: 0 },
  match: {},
};

const placements = {
  newest: (place: number) => place >= nodes - bad,
  oldest: (place: number) => place < bad,
  adjacent: (place: number) => place >= 40 && place < 40 + bad,
  everyNinth: (place: number) => place % 9 === 0 && place / 9 < bad,
  everyTenth: (place: number) => place % 10 === 9 || place === 0,
} as const;

type Placement = keyof typeof placements;
const everywhere: readonly Placement[] = [
  'newest',
  'oldest',
  'adjacent',
  'everyNinth',
  'everyTenth',
];

function placeOf(node: string): number {
  return Number(node.slice('node-'.length)) - 1;
}

/** As issue 5 has it: pulls of 0.6-4.6 s by image, 50 at once. */
function rollOut(count: number, planBad: (node: string) => PullPlan | undefined): Bench {
  const bench = new Bench({
    nodes: count,
    node: (place) => ({ createdAtMs: startWallMs - 1_000 * (count - place) }),
    images: Array.from({ length: images }, (_, index) =>
      cachedImage(`image-${index}`, { image: `registry-${index % 3}.example/${index}`, tag: '1' }),
    ),
    limits: [cluster50],
    latencyMs: 20,
    plan: (image, node) => {
      const share = Number(image.slice('registry-0.example/'.length, -':1'.length)) / (images - 1);
      return planBad(node) ?? { pullMs: 600 + 4_000 * share };
    },
  });
  bench.start();
  return bench;
}

function goodDoneMs(bench: Bench, isBad: (place: number) => boolean): number {
  const isWarm = () =>
    [...bench.core.nodes()].every(({ name, warm }) => warm || isBad(placeOf(name)));
  expect(bench.runUntil(isWarm, 3_600_000)).toBe(true);
  return bench.nowMs;
}

const aloneMs = goodDoneMs(
  rollOut(nodes - bad, () => undefined),
  () => false,
);

describe('89 good nodes alone', () => {
  test('take a tenth longer at most than their work takes at 50 pulls at once', () => {
    const workMs = (nodes - bad) * images * 2_600;
    expect(aloneMs).toBeLessThanOrEqual((1.1 * workMs) / 50);
  });
});

describe('11 bad nodes of 100', () => {
  test.for([
    ...everywhere.map((placement) => ['ImageNotFound', placement] as const),
    ...everywhere.map((placement) => ['SandboxFailed', placement] as const),
    ['Unauthorized', 'newest'],
    ['DnsError', 'newest'],
  ] as const)('cost the others a tenth of their time at most: %s, %s', ([reason, placement]) => {
    const isBad = placements[placement];
    const plan = { pullMs: 20, failure: { reason, message: 'no' } };
    const bench = rollOut(nodes, (node) => (isBad(placeOf(node)) ? plan : undefined));
    expect(goodDoneMs(bench, isBad) / aloneMs).toBeLessThanOrEqual(1.1);
  });

  test.for(everywhere)('that hang cost the others the time of their slots: %s', (placement) => {
    const isBad = placements[placement];
    const bench = rollOut(nodes, (node) => (isBad(placeOf(node)) ? { pullMs: hangMs } : undefined));
    expect(goodDoneMs(bench, isBad) / aloneMs).toBeLessThanOrEqual(1.3);
    const hanging = bench.pulls.filter(({ node }) => isBad(placeOf(node)));
    expect(hanging).toHaveLength(bad);
    // Half of the ten slots that an image has are left to it at least.
    for (const { image } of hanging)
      expect(peak(hanging, (pull) => pull.image === image)).toBeLessThanOrEqual(5);
  });

  test('let no good node wait for more than twice the target nodes and 64 offers', () => {
    const isBad = placements.oldest;
    const plan = { pullMs: 20, failure: { reason: 'SandboxFailed', message: 'no' } } as const;
    const bench = rollOut(nodes, (node) => (isBad(placeOf(node)) ? plan : undefined));
    const offers = new Map<string, number>();
    const first = new Map<string, number>();
    bench.onOffer = ({ image, node }) => {
      const count = (offers.get(image) ?? 0) + 1;
      offers.set(image, count);
      if (!first.has(`${image} ${node}`)) first.set(`${image} ${node}`, count);
    };
    goodDoneMs(bench, isBad);
    expect(Math.max(...first.values())).toBeLessThanOrEqual(2 * nodes + 64);
  });
});
