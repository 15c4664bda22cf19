// Generates the TypeScript types of the wire contract into shared/gen, from the comments of its reasons their texts and
// docs/reasons.md, and docs/metrics.md. Types only: the .proto files themselves are what runs. `--check` compares instead
// of writing, so that CI notices what is stale.

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMetricsPage } from './metrics-page.ts';
import { formatReasonsPage, formatReasonTexts, parseReasons } from './reasons.ts';

const target = 'shared/gen';
const protos = ['session', 'inspector'].map((name) => `forehold/v1/${name}.proto`);

const fresh = mkdtempSync(join(tmpdir(), 'forehold-gen-'));
try {
  generateInto(fresh);
  const pages = {
    'docs/reasons.md': describeReasons(fresh),
    'docs/metrics.md': formatMetricsPage(),
  };
  if (process.argv.includes('--check')) {
    const stale = [...differing(fresh, target)];
    for (const [file, text] of Object.entries(pages))
      if (!existsSync(file) || readFileSync(file, 'utf8') !== text) stale.push(file);
    if (stale.length > 0) {
      process.stderr.write(`generated files are stale (${stale.join(', ')}): run npm run gen\n`);
      process.exitCode = 1;
    }
  } else {
    rmSync(target, { recursive: true, force: true });
    cpSync(fresh, target, { recursive: true });
    for (const [file, text] of Object.entries(pages)) writeFileSync(file, text);
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function generateInto(folder: string): void {
  // Flags and the loader's options in shared/proto.ts must agree.
  const flags = [
    '--longs=Number',
    '--enums=String',
    '--defaults',
    '--oneofs',
    '--includeComments',
    '--inputTemplate=%sInput',
    '--outputTemplate=%s',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.ts',
    '--includeDirs=proto',
    `--outDir=${folder}`,
  ];
  const generator = 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js';
  execFileSync(process.execPath, [generator, ...flags, ...protos], { stdio: 'pipe' });
}

/** Writes the texts into the folder and returns the page. */
function describeReasons(folder: string): string {
  const reasons = parseReasons(readFileSync('proto/forehold/v1/types.proto', 'utf8'));
  writeFileSync(join(folder, 'reason-texts.ts'), formatReasonTexts(reasons));
  return formatReasonsPage(reasons);
}

function differing(left: string, right: string): readonly string[] {
  const names = new Set([...filesBelow(left), ...filesBelow(right)]);
  return [...names].filter((name) => contentOf(left, name) !== contentOf(right, name));
}

function filesBelow(folder: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.ts'),
      )
    : [];
}

function contentOf(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
