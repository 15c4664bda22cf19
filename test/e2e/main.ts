// `npm run e2e`: the end-to-end suite on real kubelets, or one line saying why it does not run. Arguments go to vitest.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findProgram, runCommand } from './harness/commands.ts';
import { readEnvironment, root } from './harness/environment.ts';

const reason = await findReasonToSkip();
if (reason === undefined) runSuite();
else process.stdout.write(`e2e skipped: ${reason}\n`);

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
  const child = spawn(process.execPath, [vitest, ...args], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches vitest by itself, and it still cleans up.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => process.exit(code ?? 1));
}
