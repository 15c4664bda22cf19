// The cases of Forehold on real kubelets, from the kind to a node that has the image, in order: one coordinator, one
// agent per node; each restart costs the coordinator 17 s, and the node limit is one pull.

import { beforeAll, describe } from 'vitest';
import type { Stack } from '../harness/stack.ts';
import { testBadInput } from './bad-input.ts';
import { testDeletion } from './deletion.ts';
import { type ApiUse, markApiUse, testFrugality, testTime } from './figures.ts';
import { testLimits } from './limits.ts';
import { testMetrics } from './metrics.ts';
import { testPulls } from './pulls.ts';
import { testRestarts } from './restarts.ts';

export function testEverything(stack: () => Stack): void {
  describe('pulls', () => testPulls(stack));
  describe('bad input', () => testBadInput(stack));
  describe('deletion', () => testDeletion(stack));
  describe('restarts', () => testRestarts(stack));

  describe('limits and figures', () => {
    let before: ApiUse = { audit: undefined, pulls: 0 };
    beforeAll(async () => {
      before = await markApiUse(stack());
    });
    testLimits(stack);
    testTime(stack);
    testMetrics(stack);
    testFrugality(stack, () => before);
  });
}
