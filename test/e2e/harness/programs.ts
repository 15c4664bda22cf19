// The coordinator and one agent per node as processes, each with the rights of its own service account: bundles where
// `npm run build` made them (what an image would ship), the sources otherwise.

import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPullNamespace } from '../../../shared/names.ts';
import { systemNamespace } from './cluster-setup.ts';
import { root } from './environment.ts';
import type { Kube } from './kube.ts';
import type { Programs } from './part.ts';
import { ProcessPart } from './process-part.ts';
import { Program } from './program.ts';
import { findFreePort } from './registry-front.ts';
import { describeAgent, describeCoordinator } from './settings.ts';

const dist = join(root, 'dist');

// An agent keeps little and for long: a small young generation and compact code save 12 MiB on every node
// (measured here: 75-77 instead of 87-89 MiB after the suite's pulls).
const agentFlags = ['--max-semi-space-size=1', '--optimize-for-size'];

export interface Processes extends Programs {
  readonly coordinator: ProcessPart;
  readonly agents: ReadonlyMap<string, ProcessPart>;
  /** HOST:PORT of the coordinator's gRPC listener. */
  readonly grpcAddress: string;
}

/** Prepares the programs with their credentials in `folder`, where their logs go too; starts none. */
export async function preparePrograms(
  kube: Kube,
  nodeNames: readonly string[],
  folder: string,
): Promise<Processes> {
  // A build in the middle of a run takes the bundles away; a killed program has to start again all the same.
  if (isBuilt(dist)) await cp(dist, join(folder, 'dist'), { recursive: true });
  const authorityFile = join(folder, 'ca.crt');
  await writeFile(authorityFile, kube.authority ?? '');
  const grpcPort = await freePort();
  const grpcAddress = `127.0.0.1:${grpcPort}`;
  const coordinator = await prepareCoordinator(kube, folder, { grpcPort, name: 'coordinator' });
  const agents = new Map<string, ProcessPart>();
  for (const nodeName of nodeNames) {
    const httpPort = await freePort();
    const tokenFile = join(folder, `${nodeName}.token`);
    await writeFile(tokenFile, await createAgentToken(kube, nodeName), { mode: 0o600 });
    const environment = describeAgent({
      nodeName,
      coordinator: grpcAddress,
      httpPort,
      server: kube.server,
      authorityFile,
      tokenFile,
    });
    const program = prepare('agent', `agent-${nodeName}`, environment, folder);
    agents.set(nodeName, new ProcessPart(program, `127.0.0.1:${httpPort}`));
  }
  return {
    coordinator,
    grpcAddress,
    agents,
    form: isBuilt(join(folder, 'dist')) ? 'bundles' : 'sources',
    systemNamespace,
  };
}

/** Another coordinator beside the first; agents do not know its address. */
export async function prepareStandby(kube: Kube, folder: string): Promise<ProcessPart> {
  return prepareCoordinator(kube, folder, { grpcPort: await freePort(), name: 'standby' });
}

async function prepareCoordinator(
  kube: Kube,
  folder: string,
  { grpcPort, name }: { readonly grpcPort: number; readonly name: string },
): Promise<ProcessPart> {
  const file = join(folder, `${name}.kubeconfig`);
  const account = ['create', 'token', 'forehold-coordinator', '-n', systemNamespace];
  const token = (await kube.kubectl(account)).trim();
  await writeFile(file, JSON.stringify(formatKubeconfig(kube, token)), { mode: 0o600 });
  const http = await freePort();
  const environment = describeCoordinator(file, { grpc: grpcPort, http }, name);
  const program = prepare('coordinator', name, environment, folder);
  return new ProcessPart(program, `127.0.0.1:${http}`);
}

function createAgentToken(kube: Kube, nodeName: string): Promise<string> {
  const account = ['create', 'token', 'forehold-agent', '-n', defaultPullNamespace];
  return kube.kubectl([...account, '--bound-object-kind', 'Node', '--bound-object-name', nodeName]);
}

function formatKubeconfig(kube: Kube, token: string): Readonly<Record<string, unknown>> {
  const authority = Buffer.from(kube.authority ?? '').toString('base64');
  const cluster = { server: kube.server, 'certificate-authority-data': authority };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster }],
    users: [{ name: 'coordinator', user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'coordinator' } }],
    'current-context': 'e2e',
  };
}

function prepare(
  part: 'coordinator' | 'agent',
  name: string,
  environment: Readonly<Record<string, string>>,
  folder: string,
): Program {
  const copy = join(folder, 'dist');
  const file = isBuilt(copy) ? bundle(copy, part) : join(root, part, 'main.ts');
  return new Program({
    name,
    command: process.execPath,
    args: part === 'agent' ? [...agentFlags, file] : [file],
    environment,
    logFile: join(folder, `${name}.log`),
  });
}

function isBuilt(from: string): boolean {
  return existsSync(bundle(from, 'coordinator')) && existsSync(bundle(from, 'agent'));
}

function bundle(from: string, part: string): string {
  return join(from, `${part}.mjs`);
}

async function freePort(): Promise<number> {
  const port = await findFreePort('127.0.0.1', [0]);
  if (port === undefined) throw new Error('cannot find a free port');
  return port;
}
