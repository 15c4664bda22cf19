import { describe, expect, test } from 'vitest';
import { formatSpan } from '../../shared/span.ts';

describe('formatSpan', () => {
  test.for<[spanMs: number, text: string]>([
    [-5, '0s'],
    [0, '0s'],
    [999, '0s'],
    [12_000, '12s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [184_000, '3m4s'],
    [3_600_000, '1h'],
    [3_660_000, '1h1m'],
    [3_605_000, '1h'],
    [86_400_000 * 3 + 3_600_000 * 4, '3d4h'],
  ])('%i ms is %s', ([spanMs, text]) => {
    expect(formatSpan(spanMs)).toBe(text);
  });
});
