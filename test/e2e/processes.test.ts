// Forehold as processes beside a real cluster: the shortest way from the sources to real kubelets, on any KUBECONFIG.

import { describe } from 'vitest';
import { testEverything } from './cases/all.ts';
import { testNoPodIp } from './cases/no-pod-ip.ts';
import { testNodeTrouble } from './cases/node-trouble.ts';
import { testRegistryStorm } from './cases/registry-storm.ts';
import { testReplicas } from './cases/replicas.ts';
import { startProcesses } from './harness/stack.ts';
import { useStack } from './harness/use-stack.ts';

describe('processes', () => {
  const stack = useStack(startProcesses);
  testEverything(stack);
  describe('no pod IP', () => testNoPodIp(stack));
  describe('node trouble', () => testNodeTrouble(stack));
  describe('registry storm', () => testRegistryStorm(stack));
  describe('replicas', () => testReplicas(stack));
});
