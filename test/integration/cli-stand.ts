// A person at a terminal with a kubeconfig, and a whole installation behind it: an API server that issues and reviews
// tokens, a coordinator with TLS and token demands, real agents, kubelets that pull slowly.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Agent } from '../../agent/agent.ts';
import { SessionToken } from '../../agent/session-token.ts';
import { runCommand } from '../../cli/run.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { cachedImagesPath } from '../../coordinator/kube/paths.ts';
import { x509Issuer } from '../../coordinator/tls/issue.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { type KubeClient, openKubeClient } from '../../shared/kube-client.ts';
import type { ConfigMap } from '../../shared/kube-types.ts';
import { accounts, audiences, caConfigMapName } from '../../shared/names.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { describeKubeconfig, Front } from '../cli/front.ts';
import { openTestLog, waitUntil } from '../coordinator/stand.ts';

export const credential = 'kubeconfig-credential-of-ada';
const serverName = 'forehold.forehold.svc';
const clock = openSystemClock();

export interface Ran {
  readonly code: number;
  readonly lines: readonly string[];
  readonly complaints: readonly string[];
}

export interface CliStand {
  readonly cluster: EmbeddedCluster;
  readonly front: Front;
  /** Every token that the coordinator has asked the API server about. */
  readonly reviewed: readonly string[];
  want(name: string, image: string): Promise<void>;
  /** The next one takes over when the one before has stopped. */
  startCoordinator(): Promise<{ readonly coordinator: Coordinator; stop(): Promise<void> }>;
  startAgents(coordinator: string): Promise<void>;
  run(...argv: readonly string[]): Promise<Ran>;
  /** With `--json`, as a document. */
  ask<T>(...argv: readonly string[]): Promise<T>;
}

export async function startCliStand(): Promise<CliStand> {
  const cluster = new EmbeddedCluster({
    clock,
    seed: 1,
    nodes: 2,
    systemNamespace: 'forehold',
    speed: { kind: 'fixed', pullTimeMs: 600_000 },
  });
  onTestFinished(() => cluster.stop());
  const { url } = await cluster.start();
  const kube = openKubeClient({ url, userAgent: 'forehold-test' });
  const front = new Front({ url, credential });
  onTestFinished(() => front.stop());
  const folder = mkdtempSync(join(tmpdir(), 'forehold-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, describeKubeconfig({ url: await front.start(), credential }));
  await writeCertificates(folder);
  const reviewed: string[] = [];
  let replicas = 0;

  const run = async (...argv: readonly string[]): Promise<Ran> => {
    const lines: string[] = [];
    const complaints: string[] = [];
    const output = {
      print: (line: string) => lines.push(line),
      complain: (line: string) => complaints.push(line),
    };
    const environment = { coordinator: undefined, hasKubeconfig: false, user: 'ada' };
    const given = [...argv, '--kubeconfig', kubeconfig];
    const code = await runCommand(given, environment, output, new AbortController().signal);
    return { code, lines, complaints };
  };

  return {
    cluster,
    front,
    reviewed,
    run,
    want: async (name, image) => {
      const metadata = { name };
      const body = { apiVersion: 'forehold.dev/v1alpha1', kind: 'CachedImage', metadata };
      cluster.registry.push(`${image}:latest`);
      await kube.request({
        method: 'POST',
        path: cachedImagesPath,
        body: { ...body, spec: { image } },
      });
    },
    startCoordinator: async () => {
      const identity = `forehold-${replicas++}`;
      const life = new AbortController();
      const coordinator = new Coordinator({
        kube: recordReviews(openKubeClient({ url, userAgent: 'forehold-coordinator' }), reviewed),
        clock,
        random: Math.random,
        log: openTestLog().log,
        identity,
        pullNamespace: cluster.pullNamespace,
        leaseNamespace: cluster.systemNamespace,
        authentication: { agentServiceAccount: accounts.agent },
        tls: { kind: 'files', directory: folder, caConfigMap: caConfigMapName },
        grpc: { host: '127.0.0.1', port: 0 },
        http: { host: '127.0.0.1', port: 0 },
        limits: [],
      });
      const ended = coordinator.run(life.signal);
      const stop = async (): Promise<void> => {
        life.abort(new Error('stopped'));
        await ended;
      };
      onTestFinished(stop);
      const { grpcPort } = await coordinator.listening;
      front.forwards.set(`${identity}:7443`, grpcPort);
      await waitUntil(() => readCa(cluster) !== '', 10_000);
      return { coordinator, stop };
    },
    startAgents: async (coordinator) => {
      const caFile = join(folder, 'ca.crt');
      for (const node of cluster.nodeNames()) {
        const token = await issueAgentToken(kube, cluster, node);
        const life = new AbortController();
        const agent = new Agent({
          nodeName: node,
          namespace: cluster.pullNamespace,
          coordinator,
          tls: { caFile, serverName },
          kube: openKubeClient({ url, userAgent: 'forehold-agent' }),
          clock,
          random: Math.random,
          log: openTestLog().log,
          sessionToken: new SessionToken(() => token),
        });
        const ended = agent.run(life.signal);
        onTestFinished(async () => {
          life.abort(new Error('stopped'));
          await ended;
        });
      }
    },
    ask: async <T>(...argv: readonly string[]) => {
      const { code, lines, complaints } = await run(...argv, '--json');
      if (code !== 0) throw new Error(complaints.join('\n'));
      const answer: T = JSON.parse(lines.join('\n'));
      return answer;
    },
  };
}

/** As an operator's own Secret is mounted. */
async function writeCertificates(folder: string): Promise<void> {
  const { wallMs } = clock.now();
  const validity = { notBeforeMs: wallMs - 60_000, notAfterMs: wallMs + 3_600_000 };
  const authority = await x509Issuer.issueAuthority(validity);
  const serving = await x509Issuer.issueServing(authority, [serverName], validity);
  writeFileSync(join(folder, 'tls.crt'), serving.certificate);
  writeFileSync(join(folder, 'tls.key'), serving.key);
  writeFileSync(join(folder, 'ca.crt'), authority.certificate);
}

function readCa({ store, pullNamespace }: EmbeddedCluster): string {
  const at = { name: caConfigMapName, namespace: pullNamespace };
  const configMap: ConfigMap | undefined = store.find('configmaps', at);
  return configMap?.data?.['ca.crt'] ?? '';
}

function recordReviews(kube: KubeClient, reviewed: string[]): KubeClient {
  return {
    request: (request) => {
      if (request.path.endsWith('/tokenreviews')) reviewed.push(JSON.stringify(request.body));
      return kube.request(request);
    },
    watch: (path, query, signal) => kube.watch(path, query, signal),
  };
}

async function issueAgentToken(
  kube: KubeClient,
  { pullNamespace }: EmbeddedCluster,
  node: string,
): Promise<string> {
  const name = `agent-${node}`;
  const containers = [{ name: 'agent', image: 'registry.example/agent:1' }];
  const spec = { nodeName: node, serviceAccountName: accounts.agent, containers };
  const namespace = `/api/v1/namespaces/${pullNamespace}`;
  const body = { metadata: { name }, spec };
  await kube.request({ method: 'POST', path: `${namespace}/pods`, body });
  const answer = await kube.request<{ readonly status: { readonly token: string } }>({
    method: 'POST',
    path: `${namespace}/serviceaccounts/${accounts.agent}/token`,
    body: {
      spec: {
        audiences: [audiences.session],
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name },
      },
    },
  });
  return answer.status.token;
}
