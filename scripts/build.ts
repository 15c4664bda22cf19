// `npm run build`: dist/ as it goes into the images: three bundles and the .proto files, nothing else needed but Node.

import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Bundle, copyProtos, findSmokeProblem, makeBundle } from './bundle.ts';

const folder = resolve('dist');

const bundles: readonly Bundle[] = [
  {
    name: 'coordinator',
    entry: 'coordinator/main.ts',
    smokes: [
      { exitCode: 2, says: /set FOREHOLD_KUBE_URL or KUBECONFIG/ },
      // Reads the file with what is imported for that alone.
      { env: { KUBECONFIG: 'no-such-file' }, exitCode: 1, says: /no-such-file/ },
    ],
  },
  {
    name: 'agent',
    entry: 'agent/main.ts',
    smokes: [{ exitCode: 2, says: /NODE_NAME is not set/ }],
  },
  {
    name: 'forehold',
    entry: 'cli/main.ts',
    smokes: [
      { args: ['--help'], exitCode: 0, says: /leases/ },
      // Reads the .proto files and dials.
      { args: ['leases', '--coordinator', '127.0.0.1:1'], exitCode: 1, says: /cannot list leases/ },
    ],
  },
];

rmSync(folder, { recursive: true, force: true });
copyProtos(folder);
for (const bundle of bundles) {
  const sizes = await makeBundle(bundle, folder);
  for (const [file, sizeBytes] of sizes)
    process.stdout.write(`${file}  ${Math.round(sizeBytes / 1024)} KiB\n`);
  const problem = findSmokeProblem(bundle, folder);
  if (problem === undefined) continue;
  process.stdout.write(`${bundle.name} DOES NOT START: it ${problem}\n`);
  process.exitCode = 1;
}
