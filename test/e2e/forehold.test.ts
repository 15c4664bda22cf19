// Forehold on real kubelets, from the CRD to a node that has the image: one cluster, one coordinator, one agent per
// node, and the cases in order, because each restart costs the coordinator 17 s and the node limit is one pull.

import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { testBadInput } from './cases/bad-input.ts';
import { testDeletion } from './cases/deletion.ts';
import { type ApiUse, markApiUse, testFrugality, testTime } from './cases/figures.ts';
import { testLimits } from './cases/limits.ts';
import { testMetrics } from './cases/metrics.ts';
import { testPulls } from './cases/pulls.ts';
import { testRestarts } from './cases/restarts.ts';
import { readEnvironment } from './harness/environment.ts';
import { everyProgram, type Stack, startStack, stopStack } from './harness/stack.ts';

const logLines = 40;

let running: Stack | undefined;
const stack = (): Stack => {
  if (running === undefined) throw new Error('the stack did not start');
  return running;
};

beforeAll(async () => {
  const environment = readEnvironment(process.env);
  if (typeof environment === 'string') throw new Error(`cannot run: ${environment}`);
  running = await startStack(environment);
  if (typeof running.front === 'string')
    process.stdout.write(`skipped: slow pulls and counts at the registry: ${running.front}\n`);
});

afterAll(async () => {
  if (running !== undefined) await stopStack(running);
});

afterEach((context) => {
  if (context.task.result?.state !== 'fail' || running === undefined) return;
  for (const { program } of everyProgram(running.programs))
    process.stdout.write(`--- ${program.name}\n${program.logTail(logLines)}\n`);
});

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
