import { describe, expect, test } from 'vitest';
import type { Report } from '../../../sim/start/report.ts';
import { summarise } from '../../../sim/start/summary.ts';

const report: Report = {
  nodes: 4,
  images: 2,
  pairs: 8,
  warmPairs: 8,
  pulls: 8,
  duplicatePulls: 0,
  failedPulls: 0,
  seconds: 66,
  lowerBoundSeconds: 60,
  bindingLimit: 'node',
  peakConcurrentPulls: { cluster: 4, perImage: 3, perNode: 1 },
  limits: { cluster: 20, perImage: 3, perNode: 1 },
  apiRequestsPerPull: 2.456,
};
const pulls =
  'pulls: 8, 0 twice, 0 failed; most at once 4, of one image 3, on one node 1; 2.5 API requests per pull';

describe('summarise', () => {
  test('a warm run says how near it came to the least possible', () => {
    expect(summarise({ ending: { kind: 'warm' }, report })).toEqual([
      'warm: 8 pairs in 1m6s of cluster time, 1.100 times the least possible (1m, by limit node)',
      pulls,
    ]);
  });

  test('a run in which nothing had to be pulled has no ratio', () => {
    const idle = { ...report, pulls: 0, seconds: 0, lowerBoundSeconds: 0, bindingLimit: '' };
    expect(summarise({ ending: { kind: 'warm' }, report: idle })).toEqual([
      'warm: 8 pairs in 0s of cluster time, nothing had to be pulled',
    ]);
  });

  test('a run that cannot become warm says why', () => {
    const stuck = { ...report, warmPairs: 4, seconds: null };
    const ending = { kind: 'stuck', why: ['a fails on 4 of 4 nodes'] } as const;
    expect(summarise({ ending, report: stuck })).toEqual([
      'cannot become warm: 4 of 8 pairs are',
      '  a fails on 4 of 4 nodes',
      pulls,
    ]);
  });

  test('a run that was ended says how far it came', () => {
    const stopped = { ...report, warmPairs: 5, seconds: null };
    expect(summarise({ ending: { kind: 'stopped' }, report: stopped })[0]).toBe(
      'ended with 5 of 8 pairs warm',
    );
  });
});
