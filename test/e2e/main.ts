// `npm run e2e`: the end-to-end suite on real kubelets, or one line saying why it does not run. Arguments go to vitest.

import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, runCommand } from './harness/commands.ts';
import { readEnvironment, root } from './harness/environment.ts';

// Two runs on one machine would tear down each other's namespaces.
const lockFile = join(tmpdir(), 'forehold-e2e.pid');

const reason = await findReasonToSkip();
const other = findOtherRun();
if (reason !== undefined) process.stdout.write(`e2e skipped: ${reason}\n`);
else if (other !== undefined) {
  process.stderr.write(`e2e cannot run: process ${other} runs it already (${lockFile})\n`);
  process.exitCode = 1;
} else runSuite();

/** The process that runs the suite now; the file of one that is gone is taken over. */
function findOtherRun(): number | undefined {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

async function findReasonToSkip(): Promise<string | undefined> {
  const environment = readEnvironment(process.env);
  if (typeof environment === 'string') return environment;
  if (findProgram('kubectl') === undefined) return 'kubectl is not on PATH';
  try {
    await runCommand('kubectl', ['get', 'nodes', '--request-timeout=10s']);
    return undefined;
  } catch (error) {
    return `the cluster of ${environment.kubeconfig} does not answer: ${String(error)}`;
  }
}

function runSuite(): void {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = ['run', '--config', 'vitest.e2e.config.ts', ...process.argv.slice(2)];
  writeFileSync(lockFile, String(process.pid));
  const child = spawn(process.execPath, [vitest, ...args], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches vitest by itself, and it still cleans up.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => {
    rmSync(lockFile, { force: true });
    process.exit(code ?? 1);
  });
}
