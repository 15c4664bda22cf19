// How long a roll-out takes against the time that no schedule within the limits can beat, and what bad nodes cost the good
// ones: 200 nodes x 10 images at 50 pulls at once, and 100 nodes of which 11 fail at once or hang.

import type { Limit } from '../coordinator/core/limits.ts';
import type { BenchOptions, Findings } from './main.ts';
import { type GroundOptions, rollOut } from './rollout/ground.ts';
import { rollOutForReal } from './rollout/real-ground.ts';

const limits: readonly Limit[] = [
  { name: 'cluster', per: 'cluster', slots: { count: 50, percent: 0 }, match: {} },
];
const images = 10;
const bad = 11;

const bounds = { ratio: 1.05, requestsPerPull: 3, failing: 1.1, hanging: 1.3 } as const;

export async function runRollout({ say, kubeconfig }: BenchOptions): Promise<Findings> {
  const run = async (what: string, options: Omit<GroundOptions, 'limits' | 'images'>) => {
    const found = await rollOut({ limits, images, ...options });
    const { seconds, lowerBoundSeconds, bindingLimit, ratio, pulls } = found;
    say(
      `${what}: ${pulls} pulls in ${seconds} s, at least ${lowerBoundSeconds} s by limit ${bindingLimit} (${ratio})`,
    );
    return found;
  };
  const plain = await run('200 nodes x 10 images', { nodes: 200 });
  const good = await run('89 good nodes alone', { nodes: 100 - bad });
  const failing = await run('with 11 that fail', {
    nodes: 100,
    badNodes: { count: bad, kind: 'fail' },
  });
  const hanging = await run('with 11 that hang', {
    nodes: 100,
    badNodes: { count: bad, kind: 'hang' },
  });
  const failingRatio = failing.seconds / good.seconds;
  const hangingRatio = hanging.seconds / good.seconds;
  const passed =
    plain.ratio <= bounds.ratio &&
    plain.duplicatePulls === 0 &&
    plain.requestsPerPull <= bounds.requestsPerPull &&
    failingRatio <= bounds.failing &&
    hangingRatio <= bounds.hanging;
  const real = kubeconfig === undefined ? {} : await runForReal(kubeconfig, say);
  return {
    figures: {
      ...plain,
      goodAloneSeconds: good.seconds,
      failingSeconds: failing.seconds,
      failingRatio: round(failingRatio),
      hangingSeconds: hanging.seconds,
      hangingRatio: round(hangingRatio),
      ...real,
    },
    passed,
  };
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
