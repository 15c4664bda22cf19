// Forehold as processes beside a real cluster: the shortest way from the sources to real kubelets, on any KUBECONFIG.

import { describe } from 'vitest';
import { testEverything } from './cases/all.ts';
import { startProcesses } from './harness/stack.ts';
import { useStack } from './harness/use-stack.ts';

describe('processes', () => {
  testEverything(useStack(startProcesses));
});
