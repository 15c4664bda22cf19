// Lays down in the cluster what Forehold needs (kind, namespaces, least RBAC, admission fence) and takes it away again.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiGroup, defaultPullNamespace } from '../../../shared/names.ts';
import { root } from './environment.ts';
import type { Kube } from './kube.ts';
import { until } from './until.ts';

export const systemNamespace = 'forehold-system';

/** On every CachedImage of the suite; its value tells the runs apart. */
export const runLabel = `${apiGroup}/e2e`;

const kinds = join(root, 'charts/forehold/crds');
const manifests = ['namespaces', 'agent', 'coordinator', 'not-after'];
const deadlineMs = 60_000;

/** What was laid down, for `tearDownCluster`. */
export interface ClusterSetup {
  readonly nodeNames: readonly string[];
  /** The kinds were not there before. */
  readonly addedKinds: boolean;
}

/**
 * @throws Error when CachedImages are there that the suite did not make: its coordinator would pull them
 */
export async function setUpCluster(
  kube: Kube,
  nodeNames: readonly string[],
): Promise<ClusterSetup> {
  const before = await kube.kubectl(['get', '--ignore-not-found', '-o', 'name', '-f', kinds]);
  await kube.kubectl(['apply', '-f', kinds]);
  await kube.kubectl(['wait', '--for=condition=Established', '--timeout=30s', '-f', kinds]);
  // What a run left that was killed. Its pods would be adopted, and counted.
  await until('CachedImages of earlier runs are deleted', deadlineMs, async () => {
    await kube.kubectl(['delete', 'cachedimages', '-l', runLabel]);
    return true;
  });
  const pods = ['-n', defaultPullNamespace, '-l', 'app.kubernetes.io/managed-by=forehold'];
  await kube.kubectl(['delete', 'pods', ...pods, '--ignore-not-found', '--grace-period=1']);
  const strangers = await until('CachedImages can be listed', deadlineMs, () =>
    kube.kubectl(['get', 'cachedimages', '-o', 'name']).then((names) => ({ names: names.trim() })),
  );
  if (strangers.names !== '')
    throw new Error(`the cluster has CachedImages already, delete them first: ${strangers.names}`);
  for (const name of manifests) await kube.apply(await readManifest(name, nodeNames));
  // A policy takes a moment to act; without it the suite would prove less than it says.
  await until('the not-after policy refuses a pod', deadlineMs, () => isFenceUp(kube));
  return { nodeNames, addedKinds: before.trim() === '' };
}

export async function tearDownCluster(kube: Kube, setup: ClusterSetup): Promise<void> {
  for (const name of manifests.toReversed()) {
    const options = ['--ignore-not-found', '--wait=true', '--timeout=90s'];
    await kube.kubectl(
      ['delete', '-f', '-', ...options],
      await readManifest(name, setup.nodeNames),
    );
  }
  if (setup.addedKinds) await kube.kubectl(['delete', '--ignore-not-found', '-f', kinds]);
}

async function readManifest(name: string, nodeNames: readonly string[]): Promise<string> {
  const text = await readFile(join(root, 'test/e2e/manifests', `${name}.yaml`), 'utf8');
  return text.replace('NODE_NAMES', JSON.stringify(nodeNames));
}

async function isFenceUp(kube: Kube): Promise<boolean> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'too-late',
      namespace: defaultPullNamespace,
      labels: { 'app.kubernetes.io/managed-by': 'forehold' },
      annotations: { [`${apiGroup}/not-after`]: '2020-01-01T00:00:00.000Z' },
    },
    spec: barePodSpec('nowhere', 'example.com/none:1'),
  };
  const create = ['create', '--dry-run=server', '-f', '-'];
  const refusal = await kube.kubectl(create, JSON.stringify(pod)).then(
    () => '',
    (error: unknown) => String(error),
  );
  return refusal.includes('created after its forehold.dev/not-after');
}

/** A pod that pulls one image on one node, as the pull namespace admits it, without any of our annotations. */
export function barePodSpec(nodeName: string, image: string): Readonly<Record<string, unknown>> {
  return {
    nodeName,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'pull',
        image,
        command: ['true'],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  };
}
