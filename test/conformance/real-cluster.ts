// A real cluster as the conformance suite wants it: images are pushed to its registry, pulls are slowed by whoever can.

import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../../shared/kube-client.ts';
import type { List } from '../../shared/kube-types.ts';
import { defaultPullNamespace } from '../../shared/names.ts';
import { pushImage } from '../e2e/harness/image-push.ts';
import type { ConformanceCluster, ImageKind } from './cluster.ts';

export interface RealClusterOptions {
  /** As administrator. The kind, the pull namespace and the not-after policy are there, no coordinator runs. */
  readonly client: KubeClient;
  /** At least two. */
  readonly nodes: readonly string[];
  /** HOST:PORT; takes pushes over plain HTTP from here, and nodes pull from it. */
  readonly registry: string;
  /** Of the nodes, such as `amd64`. */
  readonly architecture: string;
  /** As in ConformanceCluster: a large image has 48 MiB, a plain one 0.1 MiB. */
  readonly setSlowPulls: ((slow: boolean) => Promise<void>) | undefined;
}

const layerBytes = { plain: 100_000, large: 48 * 1024 * 1024, noExecutable: 100_000 } as const;
// Older than anything that an API server has in memory of pods, unless it has just made its etcd.
const forgottenVersion = '1';

export function openRealConformance(options: RealClusterOptions): ConformanceCluster {
  const { client, nodes, setSlowPulls } = options;
  const run = randomBytes(4).toString('hex');
  let images = 0;
  return {
    client,
    nodes,
    setSlowPulls,
    pullNamespace: defaultPullNamespace,
    deadlineScale: 1,
    nowMs: () => Date.now(),
    forgottenVersion: async () => forgottenVersion,
    image: async (kind) => {
      images += 1;
      const repository = `conformance/${run}-${images}`;
      if (kind !== 'missing') await push(options, repository, kind);
      return `${options.registry}/${repository}:1`;
    },
    close: async () => {
      // A request proves that whoever asked last is through; connections end by themselves.
      await client.request<List<unknown>>({ method: 'GET', path: '/api/v1/nodes' });
    },
  };
}

async function push(
  options: RealClusterOptions,
  repository: string,
  kind: Exclude<ImageKind, 'missing'>,
): Promise<void> {
  await pushImage({
    registry: options.registry,
    repository,
    tag: '1',
    layers: 1,
    layerBytes: layerBytes[kind],
    architecture: options.architecture,
    executable: kind !== 'noExecutable',
  });
}
