// The command line of `npm run simulate`.

import { parseArgs } from 'node:util';

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

/** A sentence when the arguments make no sense; `help` when that was asked for. */
export function readOptions(argv: readonly string[]): SimulateOptions | 'help' | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        minutes: { type: 'string' },
        nodes: { type: 'string' },
        images: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return 'help';
    return {
      firstSeed: readCount('--seed', values.seed ?? '1', 2 ** 31),
      seeds: readCount(
        '--seeds',
        values.seeds ?? (values.seed === undefined ? '10' : '1'),
        100_000,
      ),
      minutes: readCount('--minutes', values.minutes ?? '10', 1_440),
      nodes: readCount('--nodes', values.nodes ?? '30', 1_000),
      images: readCount('--images', values.images ?? '10', 100),
      json: values.json ?? false,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readCount(name: string, text: string, max: number): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= max) return count;
  throw new Error(`${name}: "${text}" is not a whole number from 1 to ${max}`);
}
