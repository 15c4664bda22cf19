import { describe, expect, test } from 'vitest';
import { countSlots, type Limit, mergeLimits } from '../../../coordinator/core/limits.ts';
import { cachedImage } from '../../../sim/core-records.ts';
import { Bench, type BenchPull, peak } from './bench.ts';

/** A number in [0, 1) that depends on the text alone. */
function fraction(text: string): number {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 2246822519);
  hash ^= hash >>> 13;
  return (hash >>> 0) / 2 ** 32;
}

/** The bound of design section 10: over all limits, the work that one scope has to do, by its slots. */
function lowerBoundMs(
  pulls: readonly BenchPull[],
  limits: readonly Limit[],
  nodes: number,
): number {
  const bounds = limits.map((limit) => {
    const work = new Map<string, number>();
    for (const pull of pulls) {
      const key = limit.per === 'cluster' ? '' : limit.per === 'image' ? pull.image : pull.node;
      work.set(key, (work.get(key) ?? 0) + ((pull.endedMs ?? 0) - pull.createdMs));
    }
    return Math.max(...work.values()) / countSlots(limit, nodes);
  });
  return Math.max(...bounds);
}

function peakOf(limit: Limit, pulls: readonly BenchPull[]): number {
  const scopeOf = (pull: BenchPull) =>
    limit.per === 'cluster' ? '' : limit.per === 'image' ? pull.image : pull.node;
  const scopes = new Set(pulls.map(scopeOf));
  return Math.max(...[...scopes].map((scope) => peak(pulls, (pull) => scopeOf(pull) === scope)));
}

function images(count: number) {
  return Array.from({ length: count }, (_, index) =>
    cachedImage(`i${index}`, { image: `r.io/i${index}`, tag: '1' }),
  );
}

const cluster50: Limit = {
  name: 'cluster',
  per: 'cluster',
  slots: { count: 50, percent: 0 },
  match: {},
};

describe('Core', () => {
  test.for([
    { nodes: 200, images: 10, limits: [cluster50], seed: 'a' },
    { nodes: 200, images: 10, limits: [cluster50], seed: 'b' },
    { nodes: 200, images: 10, limits: [cluster50], seed: 'c' },
    { nodes: 20, images: 10, limits: [], seed: 'd' },
    { nodes: 20, images: 10, limits: [], seed: 'e' },
    { nodes: 12, images: 10, limits: [], seed: 'f' },
    { nodes: 60, images: 8, limits: [], seed: 'g' },
  ])('rolls $images images out to $nodes nodes ($seed) in 1.05 times the lower bound', (given) => {
    const limits = mergeLimits(given.limits);
    const bench = new Bench({
      nodes: given.nodes,
      images: images(given.images),
      limits: given.limits,
      latencyMs: 5,
      plan: (image, node) => ({ pullMs: 600 + 4_000 * fraction(`${given.seed} ${image} ${node}`) }),
    });
    bench.start();
    expect(bench.runUntil(() => bench.isWarm(), 3_600_000)).toBe(true);
    expect(bench.pulls.length).toBe(given.nodes * given.images);
    for (const limit of limits) {
      expect(peakOf(limit, bench.pulls)).toBeLessThanOrEqual(countSlots(limit, given.nodes));
    }
    const endedMs = Math.max(...bench.pulls.map((pull) => pull.endedMs ?? 0));
    const ratio = endedMs / lowerBoundMs(bench.pulls, limits, given.nodes);
    expect(ratio).toBeLessThanOrEqual(1.05);
  });
});
