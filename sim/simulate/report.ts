// What `npm run simulate` says: one JSON line, or the same for people.

import type { SeedReport } from './run-seed.ts';

export interface SimulationReport {
  readonly seeds: number;
  readonly simulatedSeconds: number;
  readonly realSeconds: number;
  readonly leases: number;
  readonly pulls: number;
  readonly duplicatePulls: number;
  /** Strikes while leases were live, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly {
    readonly seed: number;
    readonly invariant: string;
    readonly what: string;
    readonly trace: readonly string[];
  }[];
  /** Longest time from the last fault until everything was warm. */
  readonly worstRecoverySeconds: number;
}

export function summarise(reports: readonly SeedReport[], realMs: number): SimulationReport {
  const sum = (of: (report: SeedReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const faults: Record<string, number> = {};
  for (const { strikes } of reports)
    for (const [kind, count] of strikes) faults[kind] = (faults[kind] ?? 0) + count;
  return {
    seeds: reports.length,
    simulatedSeconds: Math.round(sum(({ simulatedMs }) => simulatedMs) / 1_000),
    realSeconds: Math.round(realMs / 100) / 10,
    leases: sum(({ leases }) => leases),
    pulls: sum(({ pulls }) => pulls),
    duplicatePulls: sum(({ duplicatePulls }) => duplicatePulls),
    faults,
    violations: reports.flatMap(({ seed, violation, trace }) =>
      violation === undefined ? [] : [{ seed, ...violation, trace }],
    ),
    worstRecoverySeconds: Math.round(
      Math.max(0, ...reports.map(({ recoveryMs }) => recoveryMs)) / 1_000,
    ),
  };
}

export function describe(report: SimulationReport): string {
  const { seeds, simulatedSeconds, realSeconds, leases, pulls, violations } = report;
  const lines = [
    `SIMULATED: ${seeds} seeds, ${simulatedSeconds} s in ${realSeconds} s, ${leases} leases, ${pulls} pulls, ${report.duplicatePulls} of them duplicates`,
    `worst recovery ${report.worstRecoverySeconds} s`,
    ...Object.entries(report.faults).map(([kind, count]) => `  ${kind.padEnd(26)} ${count}`),
  ];
  for (const { seed, invariant, what, trace } of violations)
    lines.push('', `seed ${seed} breaks ${invariant}: ${what}`, ...trace);
  lines.push(violations.length === 0 ? 'no violation' : `${violations.length} violations`);
  return `${lines.join('\n')}\n`;
}
