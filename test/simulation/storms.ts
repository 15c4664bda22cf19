// What the storm tests share: one seed as the issue wants it, with a failure that says how to replay it.

import { expect } from 'vitest';
import { runSeed, type SeedReport } from '../../sim/simulate/run-seed.ts';

/** Of one seed, on a machine that is busy with other tests. */
export const seedTimeoutMs = 120_000;

const storm = { nodes: 30, images: 10, stormMs: 600_000 };

export function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

export async function expectNoViolation(seed: number): Promise<SeedReport> {
  const report = await runSeed({ ...storm, seed });
  const { violation, trace } = report;
  const replay = `npm run simulate -- --seed ${seed}`;
  expect(violation, [replay, ...trace].join('\n')).toBeUndefined();
  return report;
}
