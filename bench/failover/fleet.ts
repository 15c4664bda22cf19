// The agents of the bench as their parent sees them.

import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { TransportTls } from '../../agent/transport.ts';
import { readCpuSeconds } from './process-costs.ts';

export interface FleetOptions {
  readonly nodeNames: readonly string[];
  readonly namespace: string;
  /** URL. */
  readonly apiServer: string;
  /** Of all coordinators, which listen at the same port. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly tls?: TransportTls | undefined;
}

export interface FleetReport {
  /** Agents with a session. */
  readonly connected: number;
}

const entry = fileURLToPath(new URL('./agents.ts', import.meta.url));

// Thousands of agents are a heap of gigabytes, which Node would go through again and again while it grows. On machines
// of their own each has a small one.
const flags = [
  '--max-semi-space-size=128',
  '--initial-old-space-size=8192',
  '--max-old-space-size=12288',
];

export class Fleet {
  connected = 0;
  readonly #child: ChildProcess;

  constructor(options: FleetOptions) {
    this.#child = fork(entry, { execArgv: flags });
    // In a cluster agents run on machines of their own: they take no time from a coordinator or from the API server.
    if (this.#child.pid !== undefined)
      setPriority(this.#child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    this.#child.on('message', ({ connected }: FleetReport) => {
      this.connected = connected;
    });
    this.#child.send(options);
  }

  cpuSeconds(): number {
    return readCpuSeconds(this.#child.pid);
  }

  stop(): void {
    this.#child.disconnect();
  }
}
