// Numbers out of a program's own /metrics.

import type { Served } from './programs.ts';

/** Sum over all series of one metric; undefined when the program has none of that name. */
export async function sumMetric(served: Served, name: string): Promise<number | undefined> {
  const text = await (await fetch(`http://${served.httpAddress}/metrics`)).text();
  const series = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  if (series.length === 0) return undefined;
  return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
