// Where the API server is, and who we are to it. Kubeconfig files are client-node's business, which knows them best; it
// is the only thing used of it, in this one place, and loaded only when there is such a file to read, because it costs
// some 80 MiB. In a pod three files say it all.

import { readFileSync } from 'node:fs';
import type { User } from '@kubernetes/client-node';
import { openSystemClock } from '../../shared/clock.ts';
import { ConfigError, formatHostPort } from '../../shared/env.ts';
import { describeFileError } from '../../shared/file-error.ts';
import { type KubeEndpoint, openFileToken } from '../../shared/kube-client.ts';

export type EndpointSettings =
  /** An API server without authentication: the embedded cluster. */
  | { readonly kind: 'url'; readonly url: string }
  /** Path of a kubeconfig file, or several with `:` between them. */
  | { readonly kind: 'kubeconfig'; readonly path: string }
  /** The service account of this pod. */
  | { readonly kind: 'inCluster'; readonly host: string; readonly port: string };

const userAgent = 'forehold-coordinator';
const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * @throws ConfigError when a file cannot be read or asks for what is not spoken here
 */
export async function findKubeEndpoint(settings: EndpointSettings): Promise<KubeEndpoint> {
  switch (settings.kind) {
    case 'url':
      return { url: settings.url, userAgent };
    case 'kubeconfig':
      return readKubeconfig(settings.path);
    case 'inCluster':
      return readServiceAccount(settings.host, settings.port);
    default:
      return settings satisfies never;
  }
}

function readServiceAccount(host: string, port: string): KubeEndpoint {
  return {
    url: `https://${formatHostPort(host, port)}`,
    userAgent,
    ca: readMounted('ca.crt'),
    token: openFileToken(`${serviceAccountFolder}/token`, openSystemClock()),
  };
}

function readMounted(file: string): Buffer {
  const path = `${serviceAccountFolder}/${file}`;
  try {
    return readFileSync(path);
  } catch (error) {
    const why = describeFileError(error);
    throw new ConfigError([
      `cannot read ${path}: ${why}; mount a service account, or set FOREHOLD_KUBE_URL or KUBECONFIG`,
    ]);
  }
}

async function readKubeconfig(path: string): Promise<KubeEndpoint> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  for (const file of path.split(':').filter((part) => part !== '')) {
    const part = new KubeConfig();
    try {
      part.loadFromFile(file);
    } catch (error) {
      fail(file, describeFileError(error));
    }
    config.mergeConfig(part);
  }
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null) fail(path, 'its current context names no cluster');
  if (cluster.skipTLSVerify) fail(path, 'insecure-skip-tls-verify is not allowed');
  if (user?.exec !== undefined || user?.authProvider !== undefined)
    fail(path, 'exec plugins and auth providers are not spoken; use a token or a certificate');
  return {
    url: cluster.server,
    userAgent,
    ca: readPem(path, cluster.caData, cluster.caFile),
    cert: readPem(path, user?.certData, user?.certFile),
    key: readPem(path, user?.keyData, user?.keyFile),
    token: readToken(user),
  };
}

function readToken(user: User | null): (() => string) | undefined {
  const token = user?.token;
  return token === undefined ? undefined : () => token;
}

function readPem(
  path: string,
  base64: string | undefined,
  file: string | undefined,
): Buffer | undefined {
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    return fail(path, `it names ${file}: ${describeFileError(error)}`);
  }
}

function fail(path: string, why: string): never {
  throw new ConfigError([`cannot use kubeconfig ${path}: ${why}`]);
}
