// First step of every npm script: installs what is missing, then runs a tool or a .ts file on the pinned Node.
// Plain JavaScript without dependencies, because it has to run on any Node >= 20 in a fresh clone.
//
//   node scripts/run.mjs FILE.ts ARG…     a program of this repository
//   node scripts/run.mjs TOOL ARG…        a program of node_modules/.bin

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const [program = '', ...args] = process.argv.slice(2);

installMissing();
run(pinnedNode());

function installMissing() {
  // The lock file that node_modules was made from is kept beside it: a changed lock installs again.
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = join(root, 'node_modules', '.forehold-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('installing dependencies (npm ci)\n');
  const npm = process.env.npm_execpath;
  const [command, prefix] = npm ? [process.execPath, [npm]] : ['npm', []];
  // Standard output belongs to the program that follows (`--json` is read from it).
  const installed = spawnSync(
    command,
    [...prefix, 'ci', '--include=dev', '--include=optional', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    },
  );
  if (installed.status !== 0) {
    process.stderr.write('cannot install dependencies: npm ci failed, see above\n');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

function pinnedNode() {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  process.stderr.write(
    `cannot run on Node ${process.versions.node}: no pinned Node 24 exists for ${process.platform}-${process.arch}; install Node 24\n`,
  );
  return process.exit(1);
}

function run(node) {
  const bin = join(root, 'node_modules', '.bin');
  const file = program.endsWith('.ts') ? join(root, program) : join(bin, program);
  const child = spawn(node, [file, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  });
  // A terminal sends Ctrl-C to both; the child decides when to end. A signal to this process alone is passed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) =>
    process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15)),
  );
}
