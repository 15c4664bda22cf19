// `npm run build`: dist/ as it goes into the images: three bundles and the .proto files, nothing else needed but Node.

import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Bundle, copyProtos, findSmokeProblem, makeBundle } from './bundle.ts';

const folder = resolve('dist');

const bundles: readonly Bundle[] = [
  {
    name: 'coordinator',
    entry: 'coordinator/main.ts',
    smoke: { args: ['--help'], exitCode: 0, says: /FOREHOLD_/ },
  },
  {
    name: 'agent',
    entry: 'agent/main.ts',
    smoke: { args: [], exitCode: 2, says: /NODE_NAME is not set/ },
  },
  {
    name: 'forehold',
    entry: 'cli/main.ts',
    smoke: { args: ['--help'], exitCode: 0, says: /leases/ },
  },
];

rmSync(folder, { recursive: true, force: true });
copyProtos(folder);
for (const bundle of bundles) {
  const sizeBytes = await makeBundle(bundle, folder);
  const problem = findSmokeProblem(bundle, folder);
  const result = problem === undefined ? 'starts' : `DOES NOT START: it ${problem}`;
  process.stdout.write(`${bundle.name}.mjs  ${Math.round(sizeBytes / 1024)} KiB  ${result}\n`);
  if (problem !== undefined) process.exitCode = 1;
}
