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

// Thousands of agents make much garbage at once; and what the connections of one leader leave, those to the next one take.
const flags = ['--max-semi-space-size=64'];
const environment = { MALLOC_TRIM_THRESHOLD_: '4000000000', MALLOC_TOP_PAD_: '268435456' };

export class Fleet {
  connected = 0;
  readonly #child: ChildProcess;

  constructor(options: FleetOptions) {
    this.#child = fork(entry, { execArgv: flags, env: environment });
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
