// A program under test as a process: its log in a file, its memory, and its end by the pid that was recorded.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

export interface ProgramOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const endDeadlineMs = 15_000;

/** May be started again after it ended; the log goes on in the same file. */
export class Program {
  readonly name: string;
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;

  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.#options = options;
  }

  start(): void {
    if (this.running) return;
    const log = openSync(this.#options.logFile, 'a');
    const { command, args, environment } = this.#options;
    this.#child = spawn(command, args, {
      stdio: ['ignore', log, log],
      env: { ...bareEnvironment(), ...environment },
    });
    this.#child.on('error', () => undefined);
    closeSync(log);
  }

  get running(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Undefined while it runs, and when a signal ended it. */
  get exitCode(): number | undefined {
    return this.#child?.exitCode ?? undefined;
  }

  /** Resolves when the process is gone; SIGTERM becomes SIGKILL after 15 s. Does nothing when it does not run. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.running) return;
    this.#child?.kill(signal);
    const gone = until(`${this.name} ended`, endDeadlineMs, () => !this.running);
    await gone.catch(() => this.#child?.kill('SIGKILL'));
    await until(`${this.name} ended by SIGKILL`, endDeadlineMs, () => !this.running);
  }

  /** Stands still, or goes on, as under SIGSTOP and SIGCONT. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Resident memory now, in MiB. */
  residentMib(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
  }

  logTail(lines: number): string {
    const log = readFileSync(this.#options.logFile, 'utf8').trimEnd().split('\n');
    return log.slice(-lines).join('\n');
  }
}

// What a program gets from the suite's own environment: enough to run, nothing that would configure it.
function bareEnvironment(): Record<string, string> {
  const { PATH: path = '', HOME: home = '', TMPDIR: tmpdir = '' } = process.env;
  return { PATH: path, HOME: home, ...(tmpdir === '' ? {} : { TMPDIR: tmpdir }) };
}
