// Makes one bundle and proves that it starts. Bundled because it halves memory and start-up; not minified and without
// source map, because stacks stay readable and a map costs 20-29 MiB in every process.

import { spawnSync } from 'node:child_process';
import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface Bundle {
  readonly name: string;
  readonly entry: string;
  readonly smoke: Smoke;
}

/** A run that needs nothing around it, and what must come of it. */
export interface Smoke {
  readonly args: readonly string[];
  readonly exitCode: number;
  /** In what it writes, to either stream. */
  readonly says: RegExp;
}

// grpc-js and pino are CommonJS, so they call `require`. @grpc/reflection and grpc-health-check look for their .proto
// files in ../../proto of their own folder: this one makes that the folder `proto` beside the bundle.
const banner = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const __dirname = import.meta.dirname + '/package/src';`;

const smokeTimeoutMs = 20_000;

/** Returns the size in bytes. */
export async function makeBundle(bundle: Bundle, folder: string): Promise<number> {
  const file = bundleFile(bundle, folder);
  await build({
    entryPoints: [bundle.entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    legalComments: 'eof',
    logLevel: 'warning',
  });
  return statSync(file).size;
}

/** The .proto files of all services, in the one folder that the bundles read. */
export function copyProtos(folder: string): void {
  const sources = {
    forehold: 'proto/forehold',
    grpc: 'node_modules/@grpc/reflection/build/proto/grpc',
    health: 'node_modules/grpc-health-check/proto/health',
  };
  for (const [name, source] of Object.entries(sources))
    cpSync(source, join(folder, 'proto', name), { recursive: true });
}

/** Undefined when the bundle did what it must, else what it did instead. */
export function findSmokeProblem(bundle: Bundle, folder: string): string | undefined {
  const { args, exitCode, says } = bundle.smoke;
  const run = spawnSync(process.execPath, [bundleFile(bundle, folder), ...args], {
    // No settings of whoever builds, and no node_modules to fall back on.
    env: {},
    cwd: folder,
    encoding: 'utf8',
    timeout: smokeTimeoutMs,
  });
  const output = `${run.stdout}${run.stderr}`;
  if (run.status !== exitCode)
    return `ended with ${run.status ?? run.signal} instead of ${exitCode}: ${output}`;
  return says.test(output) ? undefined : `did not say ${says}: ${output}`;
}

function bundleFile({ name }: Bundle, folder: string): string {
  return join(folder, `${name}.mjs`);
}
