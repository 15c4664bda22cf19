// The last words of a run.

import { formatSpan } from '../../shared/span.ts';
import type { Report } from './report.ts';
import type { RunResult } from './run.ts';

export function summarise({ ending, report }: RunResult): readonly string[] {
  switch (ending.kind) {
    case 'warm':
      return [
        `warm: ${report.warmPairs} pairs in ${formatSpan((report.seconds ?? 0) * 1_000)} of cluster time, ${describeRatio(report)}`,
        ...describePulls(report),
      ];
    case 'stuck':
      return [
        `cannot become warm: ${report.warmPairs} of ${report.pairs} pairs are`,
        ...ending.why.map((line) => `  ${line}`),
        ...describePulls(report),
      ];
    case 'stopped':
      return [
        `ended with ${report.warmPairs} of ${report.pairs} pairs warm`,
        ...describePulls(report),
      ];
    default:
      return ending satisfies never;
  }
}

function describeRatio({ seconds, lowerBoundSeconds, bindingLimit }: Report): string {
  if (seconds === null || lowerBoundSeconds === 0) return 'nothing had to be pulled';
  const ratio = (seconds / lowerBoundSeconds).toFixed(3);
  return `${ratio} times the least possible (${formatSpan(lowerBoundSeconds * 1_000)}, by limit ${bindingLimit})`;
}

function describePulls(report: Report): readonly string[] {
  const { pulls, duplicatePulls, failedPulls, peakConcurrentPulls: peak } = report;
  if (pulls === 0) return [];
  return [
    `pulls: ${pulls}, ${duplicatePulls} twice, ${failedPulls} failed; most at once ${peak.cluster}, of one image ${peak.perImage}, on one node ${peak.perNode}; ${report.apiRequestsPerPull.toFixed(1)} API requests per pull`,
  ];
}
