// One number out of a part's /metrics, by the whole name of its line: help texts may contain anything.

import type { Part } from './part.ts';

/** @param series with its labels, as it is printed; undefined when there is none */
export async function readMetric(part: Part, series: string): Promise<string | undefined> {
  const answer = await fetch(`http://${await part.httpAddress()}/metrics`);
  const lines = (await answer.text()).split('\n');
  return lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1);
}
