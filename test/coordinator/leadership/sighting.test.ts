import { describe, expect, test } from 'vitest';
import { Sighting } from '../../../coordinator/leadership/sighting.ts';
import type { CoordinationLease } from '../../../shared/kube-types.ts';

function leaseOf(version: number, epoch = '4', holder = 'a'): CoordinationLease {
  return {
    metadata: {
      name: 'forehold-coordinator',
      resourceVersion: String(version),
      annotations: { 'forehold.dev/epoch': epoch, 'forehold.dev/leader-address': '10.0.0.7:7443' },
    },
    spec: { holderIdentity: holder },
  };
}

describe('Sighting', () => {
  test('nothing is decided before the first look', () => {
    expect(new Sighting().decide(1_000)).toEqual({ kind: 'wait', delayMs: undefined });
  });

  test('where there is no lease and never was one, the first epoch begins at once', () => {
    const sighting = new Sighting();
    sighting.see(undefined, 0);
    expect(sighting.decide(0)).toEqual({ kind: 'take', epoch: 1, isFirst: true });
  });

  test('a lease without an epoch is as none', () => {
    const sighting = new Sighting();
    sighting.see({ metadata: { name: 'x', resourceVersion: '1' } }, 0);
    expect(sighting.decide(0)).toEqual({ kind: 'take', epoch: 1, isFirst: true });
  });

  test('a held lease is left alone until it has not changed for 6.5 s', () => {
    const sighting = new Sighting();
    sighting.see(leaseOf(1), 1_000);
    sighting.see(leaseOf(2), 3_000);
    expect(sighting.leader).toEqual({ identity: 'a', address: '10.0.0.7:7443' });
    expect(sighting.decide(4_000)).toEqual({ kind: 'wait', delayMs: 5_500 });
    sighting.see(leaseOf(2), 9_000);
    expect(sighting.decide(9_499)).toEqual({ kind: 'wait', delayMs: 1 });
    expect(sighting.decide(9_500)).toEqual({ kind: 'take', epoch: 5, isFirst: false });
  });

  test('a released lease is taken at once', () => {
    const sighting = new Sighting();
    sighting.see(leaseOf(1, '4', ''), 0);
    expect(sighting.leader).toBeUndefined();
    expect(sighting.decide(0)).toEqual({ kind: 'take', epoch: 5, isFirst: false });
  });

  test('while the API server is out of reach the time of a lease does not run', () => {
    const sighting = new Sighting();
    sighting.see(leaseOf(1), 0);
    sighting.lose();
    expect(sighting.decide(60_000)).toEqual({ kind: 'wait', delayMs: undefined });
    sighting.see(leaseOf(1), 60_000);
    expect(sighting.decide(60_000)).toEqual({ kind: 'wait', delayMs: 6_500 });
  });

  test('a lease that was deleted is waited for, and its epochs are not used again', () => {
    const sighting = new Sighting();
    sighting.see(leaseOf(1), 0);
    sighting.see(undefined, 2_000);
    expect(sighting.decide(8_499)).toEqual({ kind: 'wait', delayMs: 1 });
    expect(sighting.decide(8_500)).toEqual({ kind: 'take', epoch: 5, isFirst: false });
  });

  test('where only a witness tells of a former leader its lease is waited for', () => {
    const sighting = new Sighting();
    sighting.see(undefined, 0, 12);
    expect(sighting.decide(6_499)).toEqual({ kind: 'wait', delayMs: 1 });
    expect(sighting.decide(6_500)).toEqual({ kind: 'take', epoch: 13, isFirst: false });
  });

  test('an epoch that somebody set back is not followed', () => {
    const sighting = new Sighting();
    sighting.see(leaseOf(1, '900'), 0);
    sighting.see(leaseOf(2, '3', ''), 0);
    expect(sighting.decide(0)).toEqual({ kind: 'take', epoch: 901, isFirst: false });
  });

  test.for([
    ['seven', 'is not a number'],
    ['-1', 'is not a number'],
    ['1000000000000000', 'is not a number'],
    ['999999999999999', 'cannot be raised above 999999999999999'],
  ] as const)('an epoch of "%s" waits for a person', ([epoch, what]) => {
    const sighting = new Sighting();
    sighting.see(leaseOf(1, epoch), 0);
    // Its holder will put it right, if it lives.
    expect(sighting.decide(6_499)).toEqual({ kind: 'wait', delayMs: 1 });
    expect(sighting.decide(6_500)).toEqual({
      kind: 'stuck',
      why: `cannot raise the epoch: annotation forehold.dev/epoch of lease forehold-coordinator ${what}; set it to the highest epoch ever used`,
    });
  });
});
