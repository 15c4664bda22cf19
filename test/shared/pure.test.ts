import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideBackoffMs } from '../../shared/backoff.ts';
import { matchesGlob } from '../../shared/glob.ts';
import { inventoryHash } from '../../shared/inventory-hash.ts';
import { formatPair, formatPodName, hashLabel, isPodName, parsePair } from '../../shared/pair.ts';
import { formatTimestampSeconds, parseTimestamp } from '../../shared/timestamp.ts';

describe('decideBackoffMs', () => {
  const backoff = { initialMs: 30_000, factor: 2, maxMs: 300_000, jitterRatio: 0.2 };

  test('doubles from the initial delay to the greatest', () => {
    const series = [1, 2, 3, 4, 5, 6, 1_000].map((failures) =>
      decideBackoffMs(backoff, failures, 0),
    );
    expect(series).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
  });

  test('takes off at most the share of jitter', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), random, (failures, number) => {
        const fullMs = decideBackoffMs(backoff, failures, 0);
        const delayMs = decideBackoffMs(backoff, failures, number);
        expect(delayMs).toBeGreaterThan(fullMs * 0.8 - 1e-6);
        expect(delayMs).toBeLessThanOrEqual(fullMs);
      }),
    );
  });
});

describe('formatPair', () => {
  const pair = { nodeUid: 'u-1', image: 'docker.io/library/nginx:1', pullSecrets: ['a', 'b'] };

  test('is read back by parsePair', () => {
    expect(parsePair(formatPair(pair))).toEqual(pair);
    expect(parsePair(formatPair({ ...pair, pullSecrets: [] }))?.pullSecrets).toEqual([]);
  });

  test.for(['', 'a', 'a|b', '|b|', 'a||', 'a|b|c|d'])('is not read from "%s"', (text) => {
    expect(parsePair(text)).toBeUndefined();
  });

  test('gives every part a say in the name of the pod', () => {
    const names = [
      pair,
      { ...pair, nodeUid: 'u-2' },
      { ...pair, image: 'docker.io/library/nginx:2' },
      { ...pair, pullSecrets: ['a'] },
    ].map(formatPodName);
    expect(new Set(names).size).toBe(4);
    for (const name of names) {
      expect(name).toMatch(/^pull-u-[12]-[0-9a-f]{20}$/);
      expect(isPodName(name)).toBe(true);
    }
  });

  test.for(['0f0f0f0f-0000-4000-8000-000000000001', 'Ü', 'x'.repeat(64), '-'])(
    'makes a name that fits for a node with uid "%s"',
    (nodeUid) => {
      const name = formatPodName({ ...pair, nodeUid });
      expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/);
      expect(isPodName(name)).toBe(true);
    },
  );

  test('labels with 16 hexadecimal digits', () => {
    expect(hashLabel('x'.repeat(253))).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('matchesGlob', () => {
  test.for([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', '', true],
    ['*.example', 'r.example', true],
    ['*.example', 'r.example:5000', false],
    ['r.*/team/*', 'r.example/team/app:1', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'a1c2b', false],
    ['ab*ba', 'aba', false],
  ] as const)('%s and %s: %s', ([pattern, text, expected]) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });
});

describe('inventoryHash', () => {
  const entry = (reference: string, digest?: string) =>
    ({ reference, digest, sizeBytes: 1, provenance: 'pullPod', observedAtMs: 0 }) as const;

  test('does not depend on order, provenance or time', () => {
    const other = { ...entry('b'), provenance: 'nodeStatus', observedAtMs: 9 } as const;
    expect(inventoryHash([entry('a'), entry('b')])).toBe(inventoryHash([other, entry('a')]));
  });

  test('depends on references and digests', () => {
    const hashes = [[], [entry('a')], [entry('b')], [entry('a', 'sha256:1')]].map(inventoryHash);
    expect(new Set(hashes).size).toBe(4);
  });
});

describe('timestamps', () => {
  test('are written in whole seconds and read back', () => {
    expect(formatTimestampSeconds(1_767_225_600_999)).toBe('2026-01-01T00:00:00Z');
    expect(parseTimestamp('2026-01-01T00:00:00Z')).toBe(1_767_225_600_000);
    expect(parseTimestamp('soon')).toBeUndefined();
    expect(parseTimestamp(undefined)).toBeUndefined();
  });
});
