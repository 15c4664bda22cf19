// A thread of `npm run simulate`: runs the seeds that it is given.

import { parentPort } from 'node:worker_threads';
import { runSeed, type SeedOptions } from './run-seed.ts';

parentPort?.on('message', (options: SeedOptions) => {
  void runSeed(options).then((report) => parentPort?.postMessage(report));
});
