// What the nodes pull through on the test bed: a front before the registry that counts their requests, and a rate for
// their links, so that a pull lasts long enough to meddle with. Elsewhere there is neither.

import { createServer } from 'node:net';
import { findProgram, runCommand } from './commands.ts';
import type { Environment, Testbed } from './environment.ts';
import { Program } from './program.ts';
import { until } from './until.ts';

/** Requests since the last reset. */
export interface RegistryCounts {
  /** Of every kind, refused ones too. */
  readonly requests: number;
  /** Blob requests by the address of the node. */
  readonly blobsByNode: ReadonlyMap<string, number>;
  /** Manifest downloads by the address of the node: a pull that has begun. */
  readonly manifestsByNode: ReadonlyMap<string, number>;
  /** Blob requests by repository. */
  readonly blobsByRepository: ReadonlyMap<string, number>;
}

interface Stats {
  readonly total: number;
  readonly by_client: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly by_repo: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

// The ports from which the test bed's containerd pulls over plain HTTP.
const nodePorts = [5001, 5002, 5003];

/** Why there is no front, or the front itself, started. */
export async function openRegistryFront(
  { testbed, registry }: Environment,
  logFolder: string,
): Promise<RegistryFront | string> {
  if (testbed === undefined) return 'this is not the test bed';
  const command = findProgram('regproxy');
  if (command === undefined)
    return 'regproxy is not on PATH (../shared/testbed/tools/get regproxy)';
  const port = await findFreePort(testbed.hostAddress, nodePorts);
  if (port === undefined)
    return `ports ${nodePorts.join(', ')} of ${testbed.hostAddress} are taken`;
  const control = `127.0.0.1:${await findFreePort('127.0.0.1', [0])}`;
  const address = `${testbed.hostAddress}:${port}`;
  const program = new Program({
    name: 'regproxy',
    command,
    args: ['--upstream', `http://${registry}`, '--listen', address, '--control', control],
    environment: {},
    logFile: `${logFolder}/regproxy.log`,
  });
  program.start();
  const front = new RegistryFront(testbed, program, { address, control });
  await until('regproxy answers', 10_000, () => front.counts());
  return front;
}

export class RegistryFront {
  /** HOST:PORT that the nodes pull from. */
  readonly address: string;
  readonly #testbed: Testbed;
  readonly #program: Program;
  readonly #control: string;

  constructor(testbed: Testbed, program: Program, at: { address: string; control: string }) {
    this.#testbed = testbed;
    this.#program = program;
    this.address = at.address;
    this.#control = at.control;
  }

  async counts(): Promise<RegistryCounts> {
    const response = await fetch(`http://${this.#control}/stats`);
    const stats: Stats = JSON.parse(await response.text());
    return {
      requests: stats.total,
      blobsByNode: countClass(stats.by_client, 'blob'),
      manifestsByNode: countClass(stats.by_client, 'manifest-get'),
      blobsByRepository: countClass(stats.by_repo, 'blob'),
    };
  }

  async resetCounts(): Promise<void> {
    await fetch(`http://${this.#control}/stats`, { method: 'DELETE' });
  }

  /** Download rate of every node, such as `20mbit`; `off` lifts it. */
  async setRate(rate: string): Promise<void> {
    await runCommand(this.#testbed.program, ['rate', 'all', rate]);
  }

  /** Answers every request with this status, until `accept`. */
  async refuse(status: number): Promise<void> {
    const rule = JSON.stringify({ name: 'refuse', status });
    await fetch(`http://${this.#control}/rules`, { method: 'POST', body: rule });
  }

  async accept(): Promise<void> {
    await fetch(`http://${this.#control}/rules`, { method: 'DELETE' });
  }

  async stop(): Promise<void> {
    await this.setRate('off');
    await this.#program.end('SIGTERM');
  }
}

/** The first of `ports` that nobody listens on; 0 finds any. */
export async function findFreePort(
  host: string,
  ports: readonly number[],
): Promise<number | undefined> {
  for (const port of ports) {
    const free = await tryPort(host, port);
    if (free !== undefined) return free;
  }
  return undefined;
}

function tryPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      const free = typeof address === 'object' ? address?.port : undefined;
      server.close(() => resolve(free));
    });
  });
}

function countClass(
  requests: Readonly<Record<string, Readonly<Record<string, number>>>>,
  name: string,
): ReadonlyMap<string, number> {
  return new Map(Object.entries(requests).map(([key, classes]) => [key, classes[name] ?? 0]));
}
