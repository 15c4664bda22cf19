// A real API server with real kubelets, as the conformance suite wants it. What the suite expects of the embedded
// cluster is thereby held to Kubernetes itself.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPullNamespace } from '../../shared/names.ts';
import type { ConformanceCluster, ImageKind } from '../conformance/cluster.ts';
import { setUpCluster, tearDownCluster } from './harness/cluster-setup.ts';
import type { Environment } from './harness/environment.ts';
import { Images } from './harness/images.ts';
import { openKube } from './harness/kube.ts';
import { removeRunImages } from './harness/node-images.ts';
import { openRegistryFront } from './harness/registry-front.ts';

// A quarter of a megabyte a second: a plain image takes a second then, a large one four minutes.
const slowRate = '2mbit';
const layerBytes = { plain: 65_536, noExecutable: 65_536, large: 64 * 1_048_576 } as const;

export async function openRealCluster(environment: Environment): Promise<ConformanceCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'forehold-conformance-'));
  const kube = await openKube(environment.kubeconfig);
  const nodes = await kube.nodes();
  const nodeNames = nodes.map((node) => node.metadata.name);
  await removeRunImages(environment.testbed, nodeNames);
  const setup = await setUpCluster(kube, nodeNames);
  const front = await openRegistryFront(environment, folder);
  const images = new Images(kube, {
    registry: environment.registry,
    pullFrom: typeof front === 'string' ? environment.registry : front.address,
    architecture: nodes[0]?.status?.nodeInfo?.architecture ?? 'amd64',
  });
  let count = 0;
  return {
    client: kube.client,
    pullNamespace: defaultPullNamespace,
    nodes: nodeNames,
    deadlineScale: 1,
    // The test bed and kind run on this machine's clock.
    nowMs: () => Date.now(),
    setSlowPulls:
      typeof front === 'string' ? undefined : (slow) => front.setRate(slow ? slowRate : 'off'),
    image: async (kind: ImageKind) => {
      count += 1;
      const name = `${kind.toLowerCase()}-${count}`;
      if (kind === 'missing') return images.describe(name).reference;
      const size = { layers: 1, layerBytes: layerBytes[kind] };
      return (await images.push(name, size, kind !== 'noExecutable')).reference;
    },
    // Older than what any API server's watch cache began with.
    forgottenVersion: async () => '1',
    close: async () => {
      if (typeof front !== 'string') await front.stop();
      await tearDownCluster(kube, setup);
      await removeRunImages(environment.testbed, nodeNames);
      await rm(folder, { recursive: true });
    },
  };
}
