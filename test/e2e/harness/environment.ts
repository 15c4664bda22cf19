// Where the suite runs: any cluster by KUBECONFIG and REGISTRY; on the test bed (../shared/testbed) pulls can be slowed
// down and counted as well, because its nodes pull from a front that the suite puts before the registry.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../../..');

export interface Environment {
  readonly kubeconfig: string;
  /** HOST:PORT of a registry that takes pushes over plain HTTP from here and from which the nodes pull. */
  readonly registry: string;
  /** Undefined elsewhere. */
  readonly testbed: Testbed | undefined;
}

export interface Testbed {
  readonly program: string;
  /** This machine as the nodes reach it. */
  readonly hostAddress: string;
  /** Written when the test bed was brought up with AUDIT=1. */
  readonly auditLog: string;
}

/** The environment, or the reason why there is none. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): Environment | string {
  const hint = 'on the test bed: eval "$(../shared/testbed/testbed env)"';
  const kubeconfig = variables['KUBECONFIG'];
  if (!kubeconfig) return `KUBECONFIG is not set (${hint})`;
  if (!existsSync(kubeconfig)) return `KUBECONFIG names ${kubeconfig}, which does not exist`;
  const registry = variables['REGISTRY'];
  if (!registry) return `REGISTRY is not set (${hint})`;
  return { kubeconfig, registry, testbed: findTestbed(variables, registry) };
}

function findTestbed(
  variables: Readonly<Record<string, string | undefined>>,
  registry: string,
): Testbed | undefined {
  const program = join(root, '../shared/testbed/testbed');
  const { HUB: hub, HOST_IP: hostAddress, TESTBED_HOME: home } = variables;
  if (!hub || !hostAddress || !home || !registry.startsWith(`${hub}:`) || !existsSync(program))
    return undefined;
  return { program, hostAddress, auditLog: join(home, 'log/audit.log') };
}
