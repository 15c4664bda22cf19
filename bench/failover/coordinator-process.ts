// A coordinator as a process of its own: what it logged and when, what it costs, and its end by SIGKILL.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readCpuSeconds, readResidentMib } from './process-costs.ts';

export interface LogLine {
  readonly msg: string;
  readonly level?: string;
  readonly epoch?: number;
  readonly grpcPort?: number;
  /** By the clock of the bench: when the line was read. */
  readonly atMs: number;
}

const bundle = 'dist/coordinator.mjs';
const source = 'coordinator/main.ts';
// As the chart starts it; and the old generation that Node allows itself in a container of 1 GiB, of which it would not
// know here.
const flags = ['--max-semi-space-size=8', '--max-old-space-size=512'];

/** `bundle` where `npm run build` made one: sources cost 15 MiB more. */
export function findForm(): 'bundle' | 'sources' {
  return existsSync(bundle) ? 'bundle' : 'sources';
}

export class CoordinatorProcess {
  readonly identity: string;
  /** Everything but offers, of which there are many. */
  readonly lines: LogLine[] = [];
  firstOfferAtMs: number | undefined;
  offers = 0;
  readonly #say: (line: string) => void;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  constructor(
    identity: string,
    environment: Readonly<Record<string, string>>,
    say: (line: string) => void,
  ) {
    this.identity = identity;
    this.#say = say;
    const entry = findForm() === 'bundle' ? bundle : source;
    this.#child = spawn(process.execPath, [...flags, entry], {
      env: { ...environment, FOREHOLD_IDENTITY: identity },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    const { stdout } = this.#child;
    if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => this.#take(line));
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  find(msg: string): LogLine | undefined {
    return this.lines.find((line) => line.msg === msg);
  }

  count(msg: string): number {
    return this.lines.filter((line) => line.msg === msg).length;
  }

  cpuSeconds(): number {
    return readCpuSeconds(this.#child.pid);
  }

  residentMib(kind: 'now' | 'peak'): number {
    return readResidentMib(this.#child.pid, kind);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }

  #take(text: string): void {
    const atMs = performance.now();
    if (text.includes('"msg":"offer sent"')) {
      // Leases of the former reign are told as well when they are taken over.
      if (!text.includes(`"leaseId":"${this.find('leadership taken')?.epoch}-`)) return;
      if (this.firstOfferAtMs === undefined) this.#say(`${this.identity}: ${text}`);
      this.firstOfferAtMs ??= atMs;
      this.offers += 1;
      return;
    }
    if (/"msg":"(session|hold|lease|offer)/.test(text)) return;
    const line: LogLine = { ...JSON.parse(text), atMs };
    this.lines.push(line);
    if (!/"msg":"status not written/.test(text)) this.#say(`${this.identity}: ${text}`);
  }
}
