// One stack for all tests of a file, and the last words of its parts when one of them fails.

import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Environment, readEnvironment } from './environment.ts';
import { describeParts, type Stack } from './stack.ts';

const logLines = 40;

/** To be called inside `describe`; what it returns is there once tests run. */
export function useStack<S extends Stack>(
  start: (environment: Environment) => Promise<S>,
): () => S {
  let running: S | undefined;
  beforeAll(async () => {
    const environment = readEnvironment(process.env);
    if (typeof environment === 'string') throw new Error(`cannot run: ${environment}`);
    running = await start(environment);
    if (typeof running.front === 'string')
      process.stdout.write(`skipped: slow pulls and counts at the registry: ${running.front}\n`);
  });
  afterAll(() => running?.stop());
  afterEach(async (context) => {
    if (context.task.result?.state !== 'fail' || running === undefined) return;
    process.stdout.write(await describeParts(running, logLines));
  });
  return () => {
    if (running === undefined) throw new Error('the stack did not start');
    return running;
  };
}
