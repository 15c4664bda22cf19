import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../sim/simulate/options.ts';
import { describe as describeReport, summarise } from '../../../sim/simulate/report.ts';
import type { SeedReport } from '../../../sim/simulate/run-seed.ts';

function reportOf(seed: number, given: Partial<SeedReport> = {}): SeedReport {
  return {
    seed,
    simulatedMs: 700_000,
    leases: 300,
    pulls: 310,
    duplicatePulls: 0,
    strikes: new Map([['agentCrash', 2]]),
    violation: undefined,
    trace: [],
    digest: 'abc',
    recoveryMs: 100_000,
    ...given,
  };
}

describe('summarise', () => {
  test('adds seeds up and names every violation with its seed and trace', () => {
    const broken = { violation: { invariant: 'I1', what: 'too many' }, trace: ['1.000 pod'] };
    const report = summarise([reportOf(1), reportOf(2, { ...broken, recoveryMs: 0 })], 12_345);
    expect(report).toEqual({
      seeds: 2,
      simulatedSeconds: 1_400,
      realSeconds: 12.3,
      leases: 600,
      pulls: 620,
      duplicatePulls: 0,
      faults: { agentCrash: 4 },
      violations: [{ seed: 2, invariant: 'I1', what: 'too many', trace: ['1.000 pod'] }],
      worstRecoverySeconds: 100,
    });
    expect(describeReport(report)).toContain('seed 2 breaks I1: too many');
  });
});

describe('readOptions', () => {
  test('runs one seed when one is named', () => {
    expect(readOptions(['--seed', '7'])).toMatchObject({ firstSeed: 7, seeds: 1 });
  });

  test.for(['0', '-1', 'ten', '1.5'])('refuses --seeds %s with a sentence', (text) => {
    expect(readOptions([`--seeds=${text}`])).toMatch(/--seeds.*whole number/);
  });
});
