// The command line of `npm run simulate`.

import { OptionError, readArguments, readWhole } from '../../shared/arguments.ts';

export interface SimulateOptions {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly minutes: number;
  readonly nodes: number;
  readonly images: number;
  readonly json: boolean;
}

export const help = `npm run simulate -- [--seeds N] [--seed S] [--minutes M] [--nodes N] [--images N] [--json]

Runs two coordinators and all agents on the embedded cluster through storms of faults, on a virtual clock, and checks the
invariants of the design after every event. A violation prints its seed and a short trace, and exits 1; the same seed
gives the same run, byte for byte.

  --seeds N     how many seeds                       default 10
  --seed S      the first one, or the only one       default 1
  --minutes M   of faults, before the calm           default 10
  --nodes N                                          default 30
  --images N                                         default 10
  --json        one line of JSON
`;

const maxSeed = 2 ** 31;

/** A sentence when the arguments make no sense; `help` when that was asked for. */
export function readOptions(argv: readonly string[]): SimulateOptions | 'help' | string {
  const read = readArguments(argv, {
    seeds: 'value',
    seed: 'value',
    minutes: 'value',
    nodes: 'value',
    images: 'value',
    json: 'flag',
    help: 'flag',
  });
  if (read.kind === 'invalid') return read.problem;
  if (read.flags.has('help')) return 'help';
  const [word] = read.words;
  if (word !== undefined) return `unexpected argument ${word} (see --help)`;
  const count = (name: string, max: number): number | undefined =>
    readWhole(`--${name}`, read.values.get(name), { min: 1, max });
  try {
    const seed = count('seed', maxSeed);
    const firstSeed = seed ?? 1;
    return {
      firstSeed,
      seeds:
        count('seeds', Math.min(100_000, maxSeed - firstSeed + 1)) ?? (seed === undefined ? 10 : 1),
      minutes: count('minutes', 1_440) ?? 10,
      nodes: count('nodes', 1_000) ?? 30,
      images: count('images', 100) ?? 10,
      json: read.flags.has('json'),
    };
  } catch (error) {
    if (error instanceof OptionError) return error.message;
    throw error;
  }
}
