// How long a roll-out takes against the time that no schedule within the limits can beat, and what bad nodes cost the good
// ones: 200 nodes x 10 images at 50 pulls at once, and 100 nodes of which 11 fail each pull or hang, wherever they stand.

import type { Limit } from '../coordinator/core/limits.ts';
import type { BenchOptions, Findings } from './main.ts';
import { isSlow, placements, troubles } from './rollout/bad-nodes.ts';
import { type GroundOptions, rollOut } from './rollout/ground.ts';
import type { RollOut } from './rollout/measure.ts';
import { rollOutForReal } from './rollout/real-ground.ts';

const limits: readonly Limit[] = [
  { name: 'cluster', per: 'cluster', slots: { count: 50, percent: 0 }, match: {} },
];
const images = 10;
const nodes = 100;
const bad = 11;

const bounds = { ratio: 1.05, requestsPerPull: 3, failing: 1.1, hanging: 1.3 } as const;

type Run = (what: string, options: Omit<GroundOptions, 'limits' | 'images'>) => Promise<RollOut>;

export async function runRollout({ say, kubeconfig }: BenchOptions): Promise<Findings> {
  const run: Run = async (what, options) => {
    const found = await rollOut({ limits, images, ...options });
    const { seconds, lowerBoundSeconds, bindingLimit, ratio, pulls } = found;
    say(
      `${what}: ${pulls} pulls in ${seconds} s, at least ${lowerBoundSeconds} s by limit ${bindingLimit} (${ratio})`,
    );
    return found;
  };
  const plain = await run('200 nodes x 10 images', { nodes: 200 });
  const isPlainKept =
    plain.ratio <= bounds.ratio &&
    plain.duplicatePulls === 0 &&
    plain.requestsPerPull <= bounds.requestsPerPull;
  const isolation = await runIsolation(run);
  const real = kubeconfig === undefined ? {} : await runForReal(kubeconfig, say);
  return {
    figures: { ...plain, ...isolation.figures, ...real },
    passed: isPlainKept && isolation.passed,
  };
}

/** What bad nodes cost the good ones, in each kind of trouble and wherever they stand in line. */
async function runIsolation(run: Run): Promise<Findings> {
  const alone = await run('89 good nodes alone', { nodes: nodes - bad });
  const figures: Record<string, number | boolean> = { goodAloneSeconds: alone.seconds };
  let passed = true;
  for (const trouble of troubles) {
    for (const placement of placements) {
      const badNodes = { count: bad, trouble, placement };
      const { seconds } = await run(`with 11 ${trouble}, ${placement}`, { nodes, badNodes });
      const ratio = seconds / alone.seconds;
      const isKept = ratio <= (isSlow(trouble) ? bounds.hanging : bounds.failing);
      const name = `${trouble}${placement.charAt(0).toUpperCase()}${placement.slice(1)}`;
      figures[`${name}Ratio`] = round(ratio);
      figures[`${name}Kept`] = isKept;
      passed &&= isKept;
    }
  }
  return { figures, passed };
}

/** The same roll-out against a real API server; no bound, because its time is the machine's. */
async function runForReal(
  kubeconfig: string,
  say: (line: string) => void,
): Promise<Findings['figures']> {
  say('200 nodes x 10 images against the API server of KUBECONFIG');
  const real = await rollOutForReal({ kubeconfig, nodes: 200, images, limits });
  return {
    realPulls: real.pulls,
    realDuplicatePods: real.duplicatePulls,
    realSeconds: real.seconds,
    realLowerBoundSeconds: real.lowerBoundSeconds,
    realRatio: real.ratio,
    realRequestsPerPull: real.requestsPerPull,
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
