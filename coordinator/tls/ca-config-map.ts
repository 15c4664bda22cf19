// Publishes the authorities: key ca.crt of a ConfigMap in the pull namespace, which agents mount. Looked at once a minute,
// so that what somebody else changed there is put right.

import { type KubeClient, KubeError } from '../../shared/kube-client.ts';
import type { ConfigMap } from '../../shared/kube-types.ts';
import { configMapPath, configMapsPath } from '../kube/paths.ts';
import { SourceError } from './source.ts';

export interface CaConfigMapOptions {
  readonly kube: KubeClient;
  readonly namespace: string;
  readonly name: string;
}

const key = 'ca.crt';

/**
 * Makes these authorities, in PEM, the ones that agents mount.
 * @throws KubeError, also 409 when somebody came in between; SourceError when the ConfigMap is not there
 */
export async function publishAuthorities(
  { kube, namespace, name }: CaConfigMapOptions,
  authorities: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const text = authorities.map((pem) => `${pem.trim()}\n`).join('');
  const path = configMapPath(namespace, name);
  const stored = await read(kube, path, signal);
  if (stored?.data?.[key] === text) return;
  const before = stored ?? { metadata: { name, namespace } };
  const body: ConfigMap = {
    ...before,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    data: { ...stored?.data, [key]: text },
  };
  try {
    if (stored === undefined)
      await kube.request({ method: 'POST', path: configMapsPath(namespace), body, signal });
    else await kube.request({ method: 'PUT', path, body, signal });
  } catch (error) {
    if (stored !== undefined || !(error instanceof KubeError) || error.status !== 403) throw error;
    throw new SourceError(
      `cannot create configmap ${name}: make it, empty, in namespace ${namespace}, as the chart does`,
      { cause: error },
    );
  }
}

async function read(
  kube: KubeClient,
  path: string,
  signal: AbortSignal,
): Promise<ConfigMap | undefined> {
  try {
    return await kube.request<ConfigMap>({ method: 'GET', path, signal });
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}
