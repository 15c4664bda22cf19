// Programs to put into a PATH: `forehold`, and `kubectl-forehold`, which kubectl runs as `kubectl forehold`. They stay
// beside the bundle; a symbolic link to them works as well.

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const names = ['forehold', 'kubectl-forehold'] as const;

// Plain old JavaScript until the version is known: whatever Node is there must be able to read it.
const launcher = `#!/usr/bin/env node
if (parseInt(process.versions.node, 10) < 24) {
  process.stderr.write('forehold: this is Node ' + process.versions.node + ', and it needs Node 24 or newer\\n');
  process.exit(1);
}
import('./forehold.mjs');
`;

/** Returns the names of the files. */
export function writeLaunchers(folder: string): readonly string[] {
  for (const name of names) {
    writeFileSync(join(folder, name), launcher);
    chmodSync(join(folder, name), 0o755);
  }
  return names;
}
