// `npm run simulate`: seeds one after the other in as many threads as there are cores, a report at the end.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { help, readOptions, type SimulateOptions } from './options.ts';
import { describe, summarise } from './report.ts';
import type { SeedOptions, SeedReport } from './run-seed.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(help);
    return 0;
  }
  if (typeof options === 'string') {
    process.stderr.write(`simulate: ${options}\n`);
    return 2;
  }
  const startedAtMs = performance.now();
  const reports = await runSeeds(options);
  const report = summarise(reports, performance.now() - startedAtMs);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describe(report));
  return report.violations.length === 0 ? 0 : 1;
}

async function runSeeds(options: SimulateOptions): Promise<readonly SeedReport[]> {
  const seeds = Array.from({ length: options.seeds }, (_, index) => options.firstSeed + index);
  const reports: SeedReport[] = [];
  const threads = Math.min(availableParallelism(), seeds.length);
  await Promise.all(
    Array.from({ length: threads }, () =>
      runThread(
        options,
        () => seeds.shift(),
        (report) => reports.push(report),
      ),
    ),
  );
  return reports.sort((a, b) => a.seed - b.seed);
}

/** One thread takes seeds until there are no more. */
function runThread(
  { nodes, images, minutes }: SimulateOptions,
  next: () => number | undefined,
  onReport: (report: SeedReport) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const give = (): void => {
      const seed = next();
      if (seed === undefined) {
        void worker.terminate().then(() => resolve());
        return;
      }
      const options: SeedOptions = { seed, nodes, images, stormMs: minutes * 60_000 };
      worker.postMessage(options);
    };
    worker.on('message', (report: SeedReport) => {
      onReport(report);
      give();
    });
    worker.on('error', reject);
    give();
  });
}
