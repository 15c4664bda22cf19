import { describe, expect, test } from 'vitest';
import { faults } from '../../sim/simulate/faults/catalogue.ts';
import { runSeed } from '../../sim/simulate/run-seed.ts';
import { seedTimeoutMs } from './storms.ts';

const small = { nodes: 10, images: 5, stormMs: 300_000 };

describe('runSeed', () => {
  test(
    'replays a seed byte for byte',
    async () => {
      const first = await runSeed({ ...small, seed: 7 });
      const second = await runSeed({ ...small, seed: 7 });
      expect(second.digest).toBe(first.digest);
      expect(second).toEqual(first);
    },
    seedTimeoutMs,
  );

  test(
    'runs another course with another seed',
    async () => {
      const one = await runSeed({ ...small, seed: 8 });
      const other = await runSeed({ ...small, seed: 9 });
      expect(other.digest).not.toBe(one.digest);
    },
    seedTimeoutMs,
  );

  test(
    'strikes with every kind of fault while leases are live',
    async () => {
      const { strikes } = await runSeed({ nodes: 30, images: 10, stormMs: 900_000, seed: 10 });
      const missed = faults.filter(({ kind }) => (strikes.get(kind) ?? 0) === 0);
      expect(missed.map(({ kind }) => kind)).toEqual([]);
    },
    seedTimeoutMs,
  );
});
