import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../shared/duration.ts';

describe('parseDuration', () => {
  test.for([
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['10s', 10_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['2us', 0.002],
    ['0', 0],
    ['0s', 0],
    ['1h0m0s', 3_600_000],
  ] as const)('reads %s as %d ms', ([text, spanMs]) => {
    expect(parseDuration(text)).toBeCloseTo(spanMs, 6);
  });

  test.for(['', '5', '5x', '-5s', '+5s', ' 5s', '5 s', 's', '.5s', '1e3s', '9'.repeat(400)])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('formatDuration', () => {
  test.for([
    [1_800_000, '30m'],
    [5_400_000, '1h30m'],
    [1_500, '1.5s'],
    [0, '0s'],
    [-5, '0s'],
    [3_661_001, '1h1m1.001s'],
  ] as const)('writes %d ms as %s', ([spanMs, text]) => {
    expect(formatDuration(spanMs)).toBe(text);
  });

  test('what it writes is read as the same span', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 10 }), (spanMs) => {
        expect(parseDuration(formatDuration(spanMs))).toBeCloseTo(spanMs, 3);
      }),
    );
  });
});
