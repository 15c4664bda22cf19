// Waiting for what a cluster does in its own time: a condition with a deadline, never a fixed pause.

import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 200;

/**
 * Resolves with the first value of `probe` that is neither undefined nor false. A probe that throws is asked again.
 * @throws Error naming `what`, with the probe's last error, when `deadlineMs` have passed
 */
export async function until<T>(
  what: string,
  deadlineMs: number,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const givenUpAtMs = performance.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > givenUpAtMs) {
      const why = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(`waited ${deadlineMs / 1_000} s in vain until ${what}${why}`);
    }
    await pause(pollMs);
  }
}
