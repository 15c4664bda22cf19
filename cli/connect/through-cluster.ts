// To the coordinator that leads, through the API server of a kubeconfig: who leads stands in the coordination Lease, the way
// there is a port-forward to that pod, the coordinator's CA is published in a ConfigMap, and the token is a short one that
// the API server makes for a service account of ours. The kubeconfig's own credential goes to the API server and nowhere
// else.

import type { KubeConfig } from '@kubernetes/client-node';
import { type Clock, openSystemClock } from '../../shared/clock.ts';
import type { ConfigMap, CoordinationLease } from '../../shared/kube-types.ts';
import {
  accounts,
  audiences,
  caConfigMapName,
  coordinatorLeaseName,
  ports,
} from '../../shared/names.ts';
import { parseTimestamp } from '../../shared/timestamp.ts';
import { type Access, ConnectError, type Connection } from './connection.ts';
import { askKube, KubeAnswerError, type KubeQuestion, loadKubeconfig } from './kube-access.ts';
import { openPortForward } from './port-forward.ts';
import type { ConnectSettings } from './settings.ts';

export type ClusterSettings = Extract<ConnectSettings, { kind: 'cluster' }>;

/** What the API server makes is good this long; a watch gets a new one before. */
const tokenSeconds = 600;
const renewBeforeMs = 60_000;

interface TokenAnswer {
  readonly status?: { readonly token?: string; readonly expirationTimestamp?: string };
}

/** @throws ConnectError */
export async function connectThroughCluster(
  settings: ClusterSettings,
  access: Access,
  clock: Clock = openSystemClock(),
): Promise<Connection> {
  const config = loadKubeconfig(settings);
  const token = openTokenSource({ config, namespace: settings.namespace, access, clock });
  // All three are needed; the first refusal in this order is the one to show.
  const [pod, ca] = [await findLeader(config, settings), await readCa(config, settings)];
  await token();
  const forward = await openPortForward(config, {
    namespace: settings.namespace,
    pod,
    port: ports.grpc,
  });
  return {
    target: `127.0.0.1:${forward.port}`,
    trust: { ca, serverName: `forehold.${settings.namespace}.svc` },
    token,
    problem: () => forward.problem(),
    close: () => forward.close(),
  };
}

async function findLeader(config: KubeConfig, { namespace }: ClusterSettings): Promise<string> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${coordinatorLeaseName}`;
  const lease = await ask<CoordinationLease>(
    config,
    { method: 'GET', path },
    {
      attempt: `find the coordinator in namespace ${namespace}`,
      right: `get leases.coordination.k8s.io ${coordinatorLeaseName} in namespace ${namespace}`,
      missing: `there is no lease ${coordinatorLeaseName}; is Forehold installed there? name the namespace with --namespace`,
    },
  );
  const holder = lease.spec?.holderIdentity ?? '';
  if (holder === '')
    throw new ConnectError(
      `cannot find the coordinator in namespace ${namespace}: none leads at this moment; try again in half a minute, or look at its pods`,
    );
  return holder;
}

async function readCa(config: KubeConfig, { pullNamespace }: ClusterSettings): Promise<Buffer> {
  const path = `/api/v1/namespaces/${pullNamespace}/configmaps/${caConfigMapName}`;
  const attempt = `read the coordinator's CA in namespace ${pullNamespace}`;
  const configMap = await ask<ConfigMap>(
    config,
    { method: 'GET', path },
    {
      attempt,
      right: `get configmaps ${caConfigMapName} in namespace ${pullNamespace}`,
      missing: `there is no ConfigMap ${caConfigMapName}; name the agents' namespace with --pull-namespace`,
    },
  );
  const pem = configMap.data?.['ca.crt'] ?? '';
  if (pem === '')
    throw new ConnectError(
      `cannot ${attempt}: ConfigMap ${caConfigMapName} has no ca.crt yet; the coordinator writes it when it starts`,
    );
  return Buffer.from(pem);
}

interface TokenSource {
  readonly config: KubeConfig;
  readonly namespace: string;
  readonly access: Access;
  readonly clock: Clock;
}

/** Keeps a token until a minute before its end, then asks for another one. */
function openTokenSource({ config, namespace, access, clock }: TokenSource): () => Promise<string> {
  const account = accounts[access];
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [audiences.inspector], expirationSeconds: tokenSeconds },
  };
  let kept = { token: '', renewAtMs: 0 };
  return async () => {
    const { wallMs } = clock.now();
    if (wallMs < kept.renewAtMs) return kept.token;
    const { status } = await ask<TokenAnswer>(
      config,
      { method: 'POST', path, body },
      {
        attempt: `get a token of service account ${account} in namespace ${namespace}`,
        right: `create serviceaccounts/token of ${account} in namespace ${namespace}`,
        missing:
          'there is no such service account; is Forehold installed there? name the namespace with --namespace',
      },
    );
    const expiresAtMs = parseTimestamp(status?.expirationTimestamp) ?? 0;
    kept = { token: status?.token ?? '', renewAtMs: expiresAtMs - renewBeforeMs };
    return kept.token;
  };
}

interface Asked {
  readonly attempt: string;
  /** What the user must be allowed to do. */
  readonly right: string;
  /** What a 404 means. */
  readonly missing: string;
}

async function ask<T>(config: KubeConfig, question: KubeQuestion, asked: Asked): Promise<T> {
  try {
    return await askKube<T>(config, question);
  } catch (error) {
    if (!(error instanceof KubeAnswerError)) throw error;
    throw new ConnectError(`cannot ${asked.attempt}: ${explain(error, asked)}`, { cause: error });
  }
}

function explain({ status, message }: KubeAnswerError, { right, missing }: Asked): string {
  if (status === 401) return `the API server does not accept your credentials (${message})`;
  if (status === 403) return `you need the right to ${right} (${message})`;
  return status === 404 ? missing : message;
}
