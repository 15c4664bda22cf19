import { describe, expect, test } from 'vitest';
import { PeerCounts } from '../../../coordinator/session/peer-counts.ts';

describe('PeerCounts', () => {
  test('counts each peer, and once each end', () => {
    const counts = new PeerCounts();
    const first = counts.add('10.0.0.1');
    const second = counts.add('10.0.0.1');
    counts.add('10.0.0.2');
    expect(counts.of('10.0.0.1')).toBe(2);
    first();
    first();
    expect(counts.of('10.0.0.1')).toBe(1);
    second();
    expect(counts.of('10.0.0.1')).toBe(0);
    expect(counts.of('10.0.0.2')).toBe(1);
  });

  test('does not count those on loopback, where all simulated agents live', () => {
    const counts = new PeerCounts();
    counts.add('127.0.0.1');
    expect(counts.of('127.0.0.1')).toBe(0);
  });
});
