import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LimitScope } from '../../../coordinator/core/limit-scope.ts';
import { countSlots, type Limit } from '../../../coordinator/core/limits.ts';

const rate = (startsPerMinute: number): Limit => ({
  name: 'r',
  per: 'cluster',
  startsPerMinute,
  match: {},
});
const delay = (minDelayMs: number): Limit => ({ name: 'd', per: 'cluster', minDelayMs, match: {} });

describe('countSlots', () => {
  test.for([
    [{ count: 3, percent: 0 }, 0, 3],
    [{ count: 0, percent: 10 }, 1, 1],
    [{ count: 0, percent: 10 }, 10, 1],
    [{ count: 0, percent: 10 }, 11, 2],
    [{ count: 3, percent: 10 }, 30, 3],
    [{ count: 3, percent: 10 }, 31, 4],
    [{ count: 0, percent: 100 }, 7, 7],
  ] as const)('of %o with %d nodes is %d', ([slots, nodes, expected]) => {
    expect(countSlots({ name: 'a', per: 'cluster', slots, match: {} }, nodes)).toBe(expected);
  });

  test('is without end where nothing is said', () => {
    expect(countSlots(rate(1), 5)).toBe(Infinity);
  });
});

describe('LimitScope', () => {
  test('is full with as many live leases as slots', () => {
    const scope = new LimitScope();
    scope.live = 2;
    expect(scope.findBinding(delay(0), 3, 0, undefined)).toBeUndefined();
    expect(scope.findBinding(delay(0), 2, 0, undefined)).toEqual({
      by: 'slots',
      untilMs: undefined,
    });
  });

  test('a token comes back a minute after the start that it was spent on', () => {
    const scope = new LimitScope();
    scope.noteStart(1_000, rate(2));
    scope.noteStart(5_000, rate(2));
    expect(scope.findBinding(rate(2), 9, 6_000, undefined)).toEqual({
      by: 'rate',
      untilMs: 61_000,
    });
    expect(scope.findBinding(rate(2), 9, 60_999, undefined)).toEqual({
      by: 'rate',
      untilMs: 61_000,
    });
    expect(scope.findBinding(rate(2), 9, 61_000, undefined)).toBeUndefined();
    scope.noteStart(61_000, rate(2));
    expect(scope.findBinding(rate(2), 9, 61_000, undefined)).toEqual({
      by: 'rate',
      untilMs: 65_000,
    });
  });

  test('an offer that was not seen yet counts as starting now', () => {
    const scope = new LimitScope();
    scope.live = 1;
    scope.offered = 1;
    expect(scope.findBinding(rate(1), 9, 99_000, undefined)).toEqual({
      by: 'rate',
      untilMs: undefined,
    });
    expect(scope.findBinding(delay(5_000), 9, 99_000, undefined)).toEqual({
      by: 'delay',
      untilMs: undefined,
    });
  });

  test('a delay is counted from the start, however long the pull takes', () => {
    const scope = new LimitScope();
    scope.noteStart(1_000, delay(10_000));
    expect(scope.findBinding(delay(10_000), 9, 10_999, undefined)).toEqual({
      by: 'delay',
      untilMs: 11_000,
    });
    expect(scope.findBinding(delay(10_000), 9, 11_000, undefined)).toBeUndefined();
  });

  test.for([
    [rate(100), 30_000, { by: 'rate', untilMs: 60_000 }],
    [rate(100), 60_000, undefined],
    [delay(10_000), 9_999, { by: 'delay', untilMs: 10_000 }],
    [delay(10_000), 10_000, undefined],
  ] as const)(
    'what a restart forgot counts as used up when it happened: %o after %d ms',
    ([limit, nowMs, expected]) => {
      expect(new LimitScope().findBinding(limit, 9, nowMs, 0)).toEqual(expected);
    },
  );

  test('no minute ever has more starts than allowed, and no two are too close, however late pods come', () => {
    const moves = fc.array(
      fc.record({ waitMs: fc.nat(20_000), createMs: fc.nat(9_000), seenMs: fc.nat(9_000) }),
      { maxLength: 120 },
    );
    const limits = fc.record({
      startsPerMinute: fc.integer({ min: 1, max: 6 }),
      minDelayMs: fc.constantFrom(0, 700, 8_000),
    });
    fc.assert(
      fc.property(moves, limits, (steps, given) => {
        const limit: Limit = { name: 'x', per: 'cluster', ...given, match: {} };
        const createdMs = startAll(steps, limit).sort((a, b) => a - b);
        for (const [index, startMs] of createdMs.entries()) {
          const within = createdMs.filter((other) => other >= startMs && other < startMs + 60_000);
          expect(within.length).toBeLessThanOrEqual(given.startsPerMinute);
          const next = createdMs[index + 1];
          if (next !== undefined) expect(next - startMs).toBeGreaterThanOrEqual(given.minDelayMs);
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** Tries to start at each step; a pod is created a while after its offer, and seen a while after that. */
function startAll(
  steps: readonly { waitMs: number; createMs: number; seenMs: number }[],
  limit: Limit,
): number[] {
  const scope = new LimitScope();
  const createdMs: number[] = [];
  let unseen: number[] = [];
  let nowMs = 0;
  for (const { waitMs, createMs, seenMs } of steps) {
    nowMs += waitMs;
    for (const atMs of unseen.filter((seen) => seen <= nowMs).sort((a, b) => a - b)) {
      scope.offered -= 1;
      scope.noteStart(atMs, limit);
    }
    unseen = unseen.filter((seen) => seen > nowMs);
    if (scope.findBinding(limit, Infinity, nowMs, undefined) !== undefined) continue;
    scope.offered += 1;
    createdMs.push(nowMs + createMs);
    unseen.push(nowMs + createMs + seenMs);
  }
  return createdMs;
}
