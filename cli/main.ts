// `forehold`: the only place of the CLI that knows the process: arguments, environment, signals, exit code.

import { userInfo } from 'node:os';
import { runCommand } from './run.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

// A reader that has seen enough (`forehold leases | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCommand(
  process.argv.slice(2),
  {
    coordinator: process.env['FOREHOLD_COORDINATOR'],
    hasKubeconfig: (process.env['KUBECONFIG'] ?? '') !== '',
    user: findUser(),
  },
  {
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
  },
  stop.signal,
);

// A container may run as a user without a name.
function findUser(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
