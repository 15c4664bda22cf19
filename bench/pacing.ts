// How long the core takes from a freed slot to the next offer, and what an offer costs, as the cluster grows: 100 images that
// 100, 1,000 and 5,000 nodes lack, with every kind of limit in force.

import { cpuUsage } from 'node:process';
import type { Limit } from '../coordinator/core/limits.ts';
import type { BenchOptions, Findings } from './main.ts';
import { Crowd } from './pacing/crowd.ts';

const scales = [100, 1_000, 5_000] as const;
const images = 100;
/** Offers that are measured, after as many that warm the machine up. */
const offers = 1_500;

// The same number of slots at every scale, so that the work of an offer is the same but for the size of the cluster.
const limits: readonly Limit[] = [
  { name: 'cluster', per: 'cluster', slots: { count: 50, percent: 0 }, match: {} },
  { name: 'mirrors', per: 'registry', slots: { count: 30, percent: 0 }, match: {} },
  { name: 'zones', per: 'zone', slots: { count: 20, percent: 0 }, match: {} },
  { name: 'rate', per: 'cluster', startsPerMinute: 100_000, match: {} },
];

const bounds = { nextOfferP99Ms: 50, cpuRatio: 1.5 } as const;

export async function runPacing({ say }: BenchOptions): Promise<Findings> {
  const figures: Record<string, number> = {};
  for (const nodes of scales) {
    const { startMs, p50Ms, p99Ms, cpuUs } = measure(nodes);
    say(
      `${nodes} nodes x ${images} images: lists and agents in ${round(startMs)} ms, ` +
        `freed slot to offer p50 ${round(p50Ms)} ms, p99 ${round(p99Ms)} ms, ${round(cpuUs)} us CPU per offer`,
    );
    figures[`nextOfferP50Ms${nodes}`] = round(p50Ms);
    figures[`nextOfferP99Ms${nodes}`] = round(p99Ms);
    figures[`cpuPerOfferUs${nodes}`] = round(cpuUs);
  }
  const largest = scales[scales.length - 1];
  const cpuRatio = round(
    (figures[`cpuPerOfferUs${largest}`] ?? 0) / (figures['cpuPerOfferUs100'] ?? 1),
  );
  const p99Ms = figures[`nextOfferP99Ms${largest}`] ?? Infinity;
  const passed = cpuRatio <= bounds.cpuRatio && p99Ms <= bounds.nextOfferP99Ms;
  return { figures: { ...figures, cpuRatio }, passed };
}

interface Measured {
  readonly startMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
}

function measure(nodes: number): Measured {
  const crowd = new Crowd({ nodes, images, limits });
  const beganMs = performance.now();
  crowd.start();
  const startMs = performance.now() - beganMs;
  for (let count = 0; count < offers; count += 1) crowd.endOldest();
  const before = cpuUsage();
  const latencies: number[] = [];
  for (let count = 0; count < offers; count += 1) {
    const latencyMs = crowd.endOldest();
    if (latencyMs !== undefined) latencies.push(latencyMs);
  }
  const { user, system } = cpuUsage(before);
  latencies.sort((a, b) => a - b);
  return {
    startMs,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuUs: (user + system) / latencies.length,
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
