// `forehold`: the only place of the CLI that knows the process: arguments, environment, signals, exit code.

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
  { coordinator: process.env['FOREHOLD_COORDINATOR'] },
  {
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
  },
  stop.signal,
);
