// What cannot be done here is said, not passed over: a printed line and a skipped test.

import type { TestContext } from 'vitest';
import { findProgram } from './commands.ts';

/** Skips the test with the reason, if there is one. */
export function skipBecause(context: TestContext, reason: string | undefined): void {
  if (reason === undefined) return;
  print(`skipped: ${context.task.name}: ${reason}`);
  context.skip(reason);
}

/** Skips the test when one of the programs is not on PATH. */
export function skipWithout(context: TestContext, ...programs: readonly string[]): void {
  const missing = programs.find((program) => findProgram(program) === undefined);
  skipBecause(context, missing === undefined ? undefined : `${missing} is not on PATH`);
}

/** A measurement, for people and for the record of a run. */
export function printFigure(name: string, value: string | number): void {
  print(`figure: ${name} ${value}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
