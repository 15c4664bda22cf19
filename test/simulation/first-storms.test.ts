// Seeds 1 to 25; in two files, so that two cores share them.

import { describe, expect, test } from 'vitest';
import { expectNoViolation, seedsFrom, seedTimeoutMs } from './storms.ts';

describe('runSeed', () => {
  test.for(seedsFrom(1, 25))(
    'seed %i breaks no invariant and gets warm',
    { timeout: seedTimeoutMs },
    async (seed) => {
      const report = await expectNoViolation(seed);
      expect(report.duplicatePulls).toBe(0);
      expect(report.leases).toBeGreaterThan(100);
    },
  );
});
