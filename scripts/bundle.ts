// Makes one bundle and proves that it starts. Bundled because it halves memory and start-up; not minified and without
// source map, because stacks stay readable and a map costs 20-29 MiB in every process.

import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { findPackageFolder } from './shipped-packages.ts';

export interface Bundle {
  readonly name: string;
  readonly entry: string;
  readonly smokes: readonly Smoke[];
}

/** A run that needs nothing around it, and what must come of it. */
export interface Smoke {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly exitCode: number;
  /** In what it writes, to either stream. */
  readonly says: RegExp;
}

export interface MadeBundle {
  /** All sizes in bytes, by file. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Folders of the packages of others that went in. */
  readonly packageFolders: ReadonlySet<string>;
}

// grpc-js and pino are CommonJS, so they call `require`. @grpc/reflection and grpc-health-check look for their .proto
// files in ../../proto of their own folder: this one makes that the folder `proto` beside the bundle.
const banner = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const __dirname = import.meta.dirname + '/package/src';`;

const smokeTimeoutMs = 20_000;

/** What the code imports only when it is needed becomes a file of its own. */
export async function makeBundle({ name, entry }: Bundle, folder: string): Promise<MadeBundle> {
  const { metafile } = await build({
    entryPoints: { [name]: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: `${name}-[hash]`,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    legalComments: 'eof',
    logLevel: 'warning',
    metafile: true,
  });
  const outputs = Object.entries(metafile.outputs);
  const inputs = outputs.flatMap(([, output]) => Object.entries(output.inputs));
  // What is imported for nothing but its types or side effects leaves no bytes.
  const files = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  return {
    sizes: new Map(outputs.map(([file, { bytes }]) => [basename(file), bytes])),
    packageFolders: new Set(files.map(findPackageFolder).filter((found) => found !== undefined)),
  };
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

/** Undefined when the bundle did what it must in every run, else what it did instead. */
export function findSmokeProblem(bundle: Bundle, folder: string): string | undefined {
  for (const smoke of bundle.smokes) {
    const problem = trySmoke(join(folder, `${bundle.name}.mjs`), smoke, folder);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function trySmoke(file: string, smoke: Smoke, folder: string): string | undefined {
  const { args = [], env = {}, exitCode, says } = smoke;
  const run = spawnSync(process.execPath, [file, ...args], {
    // No settings of whoever builds.
    env,
    cwd: folder,
    encoding: 'utf8',
    timeout: smokeTimeoutMs,
  });
  const output = `${run.stdout}${run.stderr}`;
  if (run.status !== exitCode)
    return `ended with ${run.status ?? run.signal} instead of ${exitCode}: ${output}`;
  return says.test(output) ? undefined : `did not say ${says}: ${output}`;
}
