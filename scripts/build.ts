// `npm run build`: dist/ as it goes into the image: three bundles and the .proto files, nothing else needed but Node; beside
// them the notices that others' licences ask for, and the bill of materials.

import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Bundle, copyProtos, findSmokeProblem, makeBundle } from './bundle.ts';
import { writeLaunchers } from './launchers.ts';
import { findLicenceProblems, formatNotices } from './notices.ts';
import { readNpmBom, trimBom } from './sbom.ts';
import { readShippedPackages } from './shipped-packages.ts';

const folder = resolve('dist');

const bundles: readonly Bundle[] = [
  {
    name: 'coordinator',
    entry: 'coordinator/main.ts',
    smokes: [
      { exitCode: 2, says: /set FOREHOLD_KUBE_URL or KUBECONFIG/ },
      // Reads the file with what is imported for that alone.
      { env: { KUBECONFIG: 'no-such-file' }, exitCode: 2, says: /no-such-file/ },
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
const packageFolders: string[] = [];
for (const bundle of bundles) {
  const { sizes, packageFolders: folders } = await makeBundle(bundle, folder);
  packageFolders.push(...folders);
  for (const [file, sizeBytes] of sizes)
    process.stdout.write(`${file}  ${Math.round(sizeBytes / 1024)} KiB\n`);
  const problem = findSmokeProblem(bundle, folder);
  if (problem === undefined) continue;
  process.stdout.write(`${bundle.name} DOES NOT START: it ${problem}\n`);
  process.exitCode = 1;
}

for (const file of writeLaunchers(folder)) process.stdout.write(`${file}\n`);

const packages = readShippedPackages(packageFolders);
writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), formatNotices(packages));
writeFileSync(
  join(folder, 'sbom.cdx.json'),
  `${JSON.stringify(trimBom(readNpmBom(), packages), null, 1)}\n`,
);
process.stdout.write(`${packages.length} packages of others in them\n`);
for (const problem of findLicenceProblems(packages)) {
  process.stdout.write(`${problem}\n`);
  process.exitCode = 1;
}
