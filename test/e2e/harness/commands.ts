// Other programs as child processes: those that answer and end. Long-running ones are in program.ts.

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface CommandOptions {
  /** Written to standard input; nothing is there otherwise. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** A command that failed; the message ends with its own words. */
class CommandError extends Error {
  override readonly name = 'CommandError';
}

const defaultTimeoutMs = 60_000;
const maxWords = 4_000;

/**
 * Resolves with standard output.
 * @throws CommandError when the command cannot start, fails, or takes longer than `timeoutMs`
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const what = `${command} ${args.join(' ')}`.slice(0, 300);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: 'pipe',
      env: { ...process.env, ...options.environment },
      timeout: options.timeoutMs ?? defaultTimeoutMs,
    });
    const output: Buffer[] = [];
    const words: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
    child.on('error', (cause) => reject(new CommandError(`${what}: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => {
      const said = Buffer.concat(words).toString().trim().slice(-maxWords);
      if (code === 0) resolve(Buffer.concat(output).toString());
      else reject(new CommandError(`${what}: ${signal ?? `exit ${code}`}: ${said}`));
    });
    // A command that ends without reading its input is no error of its own.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Where the program stands on PATH; undefined when it does not. */
export function findProgram(name: string): string | undefined {
  const paths = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return paths.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
