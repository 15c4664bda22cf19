// `npm run bench -- NAME [--json]`: what Forehold costs and how fast it is, measured on this machine. One file per
// bench; each says what it measures and fails when a bound of ARCHITECTURE.md does not hold.

import { readArguments } from '../shared/arguments.ts';
import { runFailover } from './failover.ts';
import { runPacing } from './pacing.ts';
import { runRollout } from './rollout.ts';

/** What a bench found: figures by name with their unit, and whether all of its bounds hold. */
export interface Findings {
  readonly figures: Readonly<Record<string, number | string | boolean>>;
  readonly passed: boolean;
}

export interface BenchOptions {
  /** Options of the command line by name; each bench knows its own. */
  readonly values: ReadonlyMap<string, string>;
  /** Of a real cluster to measure on as well. */
  readonly kubeconfig: string | undefined;
  /** A line about the course of things. */
  readonly say: (line: string) => void;
}

type Bench = (options: BenchOptions) => Promise<Findings>;

const benches: Readonly<Record<string, Bench>> = {
  failover: runFailover,
  pacing: runPacing,
  rollout: runRollout,
};

const usage = `npm run bench -- NAME [--json]

  pacing                  freed slot to next offer, and CPU per offer, at 100, 1,000 and 5,000 nodes x 100 images
  rollout                 200 nodes x 10 images against the lower bound, and what 11 bad nodes of 100 cost the others;
                          with KUBECONFIG also against a real API server, on nodes of the test bed's fleet (on PATH,
                          after NODE_GRACE=300s testbed up 0: a busy machine sends their heartbeats late)
  failover [--agents N]   two coordinators, the leader is killed: how long until all is as before (5000 agents)

  --json                  one line of JSON on standard output, the course of things on standard error
`;

// Whatever a bench started ends with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exit(await main());

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2), {
    help: 'flag',
    json: 'flag',
    agents: 'value',
  });
  if (read.kind === 'invalid') return refuse(read.problem);
  if (read.flags.has('help')) {
    process.stdout.write(usage);
    return 0;
  }
  const [name = '', ...others] = read.words;
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined || others.length > 0)
    return refuse(`name one of ${Object.keys(benches).join(', ')}`);
  if (read.values.has('agents') && bench !== runFailover)
    return refuse(`--agents does not belong to ${name}`);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const { figures, passed } = await bench({
    values: read.values,
    kubeconfig: process.env['KUBECONFIG'] || undefined,
    say,
  });
  const lines = read.flags.has('json')
    ? [JSON.stringify({ bench: name, ...figures, passed })]
    : Object.entries(figures).map(([figure, value]) => `${figure}: ${value}`);
  for (const line of lines) process.stdout.write(`${line}\n`);
  return passed ? 0 : 1;
}

function refuse(problem: string): number {
  process.stderr.write(`npm run bench: ${problem}\n${usage}`);
  return 2;
}
