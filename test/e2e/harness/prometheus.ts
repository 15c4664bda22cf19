// A Prometheus server of our own that scrapes the given addresses, and what it then says.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Program } from './program.ts';
import { findFreePort } from './registry-front.ts';
import { until } from './until.ts';

/** Metric name, labels and value of one sample. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface QueryAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

export class Prometheus {
  readonly #program: Program;
  readonly #address: string;

  constructor(program: Program, address: string) {
    this.#program = program;
    this.#address = address;
  }

  async query(expression: string): Promise<readonly Sample[]> {
    const query = new URLSearchParams({ query: expression });
    const response = await fetch(`http://${this.#address}/api/v1/query?${query}`);
    const answer: QueryAnswer = JSON.parse(await response.text());
    return answer.data.result.map((one) => ({ labels: one.metric, value: Number(one.value[1]) }));
  }

  stop(): Promise<void> {
    return this.#program.end('SIGTERM');
  }
}

/** `targets`: scrape job by name, addresses as HOST:PORT. */
export async function startPrometheus(
  targets: Readonly<Record<string, readonly string[]>>,
  folder: string,
): Promise<Prometheus> {
  const address = `127.0.0.1:${await findFreePort('127.0.0.1', [0])}`;
  const configFile = join(folder, 'prometheus.json');
  // JSON is YAML.
  const config = {
    global: { scrape_interval: '1s' },
    scrape_configs: Object.entries(targets).map(([name, addresses]) => ({
      job_name: name,
      static_configs: [{ targets: addresses }],
    })),
  };
  await writeFile(configFile, JSON.stringify(config));
  const program = new Program({
    name: 'prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${address}`,
    ],
    environment: {},
    logFile: join(folder, 'prometheus.log'),
  });
  program.start();
  const prometheus = new Prometheus(program, address);
  await until('Prometheus answers', 30_000, async () => {
    if (!program.running) throw new Error(`it ended: ${program.logTail(5)}`);
    return prometheus.query('vector(1)');
  });
  return prometheus;
}
