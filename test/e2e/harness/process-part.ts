// A part that is a process of this machine.

import type { AfterKill, Part } from './part.ts';
import { isAnsweringReady } from './part.ts';
import type { Program } from './program.ts';

export class ProcessPart implements Part {
  readonly name: string;
  readonly #program: Program;
  readonly #httpAddress: string;

  constructor(program: Program, httpAddress: string) {
    this.name = program.name;
    this.#program = program;
    this.#httpAddress = httpAddress;
  }

  async httpAddress(): Promise<string> {
    return this.#httpAddress;
  }

  // Nobody starts a process again by itself.
  async kill(_after: AfterKill): Promise<void> {
    await this.#program.end('SIGKILL');
  }

  async start(): Promise<void> {
    this.#program.start();
  }

  async checkReady(): Promise<boolean> {
    if (!this.#program.running) throw new Error(`it ended: ${this.#program.logTail(5)}`);
    return isAnsweringReady(this.#httpAddress);
  }

  async residentMib(): Promise<number> {
    return this.#program.residentMib();
  }

  async logTail(lines: number): Promise<string> {
    return this.#program.logTail(lines);
  }

  freeze(): void {
    this.#program.signal('SIGSTOP');
  }

  thaw(): void {
    this.#program.signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#program.end('SIGTERM');
  }
}
