// A coordinator that demands tokens, on an embedded cluster that issues them: over real HTTP and real gRPC. Agents of the
// attack tests are pods of the agents' account that do nothing, because a token must be bound to something.

import { onTestFinished } from 'vitest';
import type { TlsSettings } from '../../coordinator/channel-config.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { type Clock, openSystemClock } from '../../shared/clock.ts';
import { openInspectorClient } from '../../shared/dial.ts';
import { type KubeClient, openKubeClient } from '../../shared/kube-client.ts';
import type { KubeObject } from '../../shared/kube-types.ts';
import { accounts, apiGroup, apiVersion, audiences } from '../../shared/names.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { FakeAgent, helloOf, openTestLog } from '../coordinator/stand.ts';

export interface TokenSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: {
    readonly kind: 'Pod' | 'Node';
    readonly apiVersion: 'v1';
    readonly name: string;
  };
}

export interface TokenStandOptions {
  readonly nodes?: number;
  readonly clock?: Clock;
  /** Plain text unless given. */
  readonly tls?: TlsSettings;
  /** Between the coordinator and the API server. */
  readonly wrapKube?: (kube: KubeClient) => KubeClient;
}

export async function startTokenStand(options: TokenStandOptions = {}) {
  const { nodes = 2, clock = openSystemClock(), wrapKube = (client) => client } = options;
  const cluster = new EmbeddedCluster({ clock, seed: 1, nodes });
  const { url } = await cluster.start();
  const kube = openKubeClient({ url, userAgent: 'forehold-test' });
  const { log, lines } = openTestLog();
  const life = new AbortController();
  const coordinator = new Coordinator({
    kube: wrapKube(openKubeClient({ url, userAgent: 'forehold-coordinator' })),
    clock,
    random: Math.random,
    log,
    pullNamespace: cluster.pullNamespace,
    leaseNamespace: cluster.systemNamespace,
    authentication: { agentServiceAccount: accounts.agent },
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    grpc: { host: '127.0.0.1', port: 0 },
    http: { host: '127.0.0.1', port: 0 },
    limits: [],
  });
  const ended = coordinator.run(life.signal);
  onTestFinished(async () => {
    life.abort(new Error('the test is over'));
    await ended;
    await cluster.stop();
  });
  const { grpcPort, httpPort } = await coordinator.listening;

  /** A token of an account; agents live in the pull namespace, people beside the coordinator. */
  const tokenOf = async (account: string, spec: TokenSpec): Promise<string> => {
    const namespace =
      account === accounts.viewer || account === accounts.operator
        ? cluster.systemNamespace
        : cluster.pullNamespace;
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const answer = await kube.request<{ readonly status: { readonly token: string } }>({
      method: 'POST',
      path,
      body: { spec },
    });
    return answer.status.token;
  };

  /** A pod of the agents' account (or another one) on a node, and its token. */
  const agentOn = async (node: string, account: string = accounts.agent) => {
    const path = `/api/v1/namespaces/${cluster.pullNamespace}/pods`;
    const name = `agent-${node}-${account}`;
    const pod = await kube.request<KubeObject>({
      method: 'POST',
      path,
      body: {
        metadata: { name },
        spec: {
          nodeName: node,
          serviceAccountName: account,
          containers: [{ name: 'agent', image: 'registry.example/agent:1' }],
        },
      },
    });
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name } as const;
    const newToken = (spec: TokenSpec = {}): Promise<string> =>
      tokenOf(account, { audiences: [audiences.session], boundObjectRef, ...spec });
    return { pod, path: `${path}/${name}`, newToken, token: await newToken() };
  };

  const dial = (...authorization: readonly string[]): FakeAgent => {
    const agent = new FakeAgent(grpcPort, ...authorization);
    onTestFinished(() => agent.close());
    return agent;
  };

  const hello = (node: string) =>
    helloOf(node, cluster.store.get('nodes', { name: node }).metadata.uid);

  const inspector = openInspectorClient(`127.0.0.1:${grpcPort}`);
  onTestFinished(() => inspector.close());

  return {
    ...{ cluster, url, kube, clock, coordinator, lines, grpcPort, httpPort, inspector },
    ...{ tokenOf, agentOn, dial, hello },
  };
}

export type TokenStand = Awaited<ReturnType<typeof startTokenStand>>;

/** Wants one image on every node. */
export async function createImage({ kube }: TokenStand): Promise<void> {
  await kube.request({
    method: 'POST',
    path: `/apis/${apiGroup}/${apiVersion}/cachedimages`,
    body: {
      apiVersion: `${apiGroup}/${apiVersion}`,
      kind: 'CachedImage',
      metadata: { name: 'a' },
      spec: { image: 'registry.example/a', tag: '1' },
    },
  });
}
