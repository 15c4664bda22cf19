// Takes up a changed limits file while the coordinator runs. The file is read again every ten seconds and compared: a
// mounted ConfigMap is swapped by symbolic links, of which file watches miss half.

import { readFile } from 'node:fs/promises';
import { type Clock, waitFor } from '../shared/clock.ts';
import { describeFileError } from '../shared/file-error.ts';
import { isSameJson } from '../shared/json.ts';
import type { Log } from '../shared/log.ts';
import type { Limit } from './core/limits.ts';
import { readLimits } from './limits-config.ts';

export interface LimitsFileOptions {
  readonly path: string;
  /** The limits that hold at the start. */
  readonly limits: readonly Limit[];
  readonly clock: Clock;
  readonly log: Log;
  readonly onLimits: (limits: readonly Limit[]) => void;
}

const readEveryMs = 10_000;

/**
 * Goes on until the signal aborts; a file that is wrong is logged once and leaves the limits as they are.
 * @throws the signal's reason
 */
export async function followLimitsFile(
  options: LimitsFileOptions,
  signal: AbortSignal,
): Promise<never> {
  const { path, clock, log, onLimits } = options;
  let { limits } = options;
  let said = '';
  for (;;) {
    await waitFor(clock, readEveryMs, signal);
    const reading = await tryRead(path);
    if (reading.kind === 'invalid') {
      const problems = reading.problems.join('; ');
      if (problems !== said) log.error({ path, problems }, 'limits file refused');
      said = problems;
      continue;
    }
    said = '';
    if (isSameJson(limits, reading.limits)) continue;
    limits = reading.limits;
    log.info({ path, names: limits.map(({ name }) => name) }, 'limits file taken up');
    onLimits(limits);
  }
}

async function tryRead(path: string): Promise<ReturnType<typeof readLimits>> {
  try {
    return readLimits(await readFile(path, 'utf8'));
  } catch (error) {
    return { kind: 'invalid', problems: [`cannot be read: ${describeFileError(error)}`] };
  }
}
