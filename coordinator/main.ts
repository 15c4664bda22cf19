// The coordinator as a process: settings in, signals in, exit code out. Nothing else of the coordinator exits.

import { openSystemClock } from '../shared/clock.ts';
import { ConfigError } from '../shared/env.ts';
import { type KubeEndpoint, openKubeClient } from '../shared/kube-client.ts';
import { openLog } from '../shared/log.ts';
import { type CoordinatorConfig, readConfig, usage } from './config.ts';
import { Coordinator } from './coordinator.ts';
import { findKubeEndpoint } from './kube/endpoint.ts';
import { uninstall } from './uninstall.ts';

// Whoever stops us waits two seconds.
const exitDeadlineMs = 1_900;

process.exitCode = await main();

async function main(): Promise<number> {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  const [command, ...rest] = process.argv.slice(2);
  if (rest.length > 0 || (command !== undefined && command !== 'uninstall'))
    return refuse([`unknown argument "${rest[0] ?? command}": there is uninstall and --help`]);
  try {
    const config = readConfig(process.env);
    const endpoint = await findKubeEndpoint(config.kube);
    return await run(command, config, endpoint);
  } catch (error) {
    if (error instanceof ConfigError) return refuse(error.problems);
    throw error;
  }
}

function refuse(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return 2;
}

async function run(
  command: 'uninstall' | undefined,
  config: CoordinatorConfig,
  endpoint: KubeEndpoint,
): Promise<number> {
  const log = openLog('coordinator', config.logLevel);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      log.info({ signal }, 'stop asked for');
      stopping.abort(new Error(`stopped by ${signal}`));
      setTimeout(() => process.exit(0), exitDeadlineMs).unref();
    });
  try {
    const clock = openSystemClock();
    const kube = openKubeClient(endpoint);
    if (command === 'uninstall') {
      const { leaseNamespace: namespace, pullNamespace } = config;
      const say = (sentence: string): boolean => process.stdout.write(`${sentence}\n`);
      const options = { kube, clock, namespace, pullNamespace, say };
      return (await uninstall(options, stopping.signal)) ? 0 : 1;
    }
    const random = Math.random;
    await new Coordinator({ ...config, kube, clock, random, log }).run(stopping.signal);
    log.info('coordinator stopped');
    return 0;
  } catch (error) {
    log.error({ err: error }, 'coordinator failed');
    return 1;
  }
}
