// The embedded cluster as the conformance suite wants it: over HTTP like any other, on the real clock, faster.

import { openSystemClock } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import type { PullSpeed } from '../../sim/kubelet/pull-speed.ts';
import type { ConformanceCluster, ImageKind } from './cluster.ts';

const clockSpeed = 20;
const quick: PullSpeed = { kind: 'bandwidth', bytesPerSecond: 1e9 };
// A large image takes a day then, a plain one a second.
const slow: PullSpeed = { kind: 'bandwidth', bytesPerSecond: 1e5 };
const sizeBytes = { plain: 1e5, large: 1e10, noExecutable: 1e5, missing: 0 } as const;
const registry = 'registry.example:5000';
// Few, so that forgetting takes few writes.
const maxHistory = 200;

export async function openEmbeddedConformance(): Promise<ConformanceCluster> {
  const clock = openSystemClock(clockSpeed);
  const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 3, speed: quick, maxHistory });
  const { url } = await cluster.start();
  let images = 0;
  return {
    client: openKubeClient({ url, userAgent: 'forehold-conformance' }),
    pullNamespace: cluster.pullNamespace,
    nodes: cluster.nodeNames(),
    deadlineScale: 1 / clockSpeed,
    nowMs: () => clock.now().wallMs,
    setSlowPulls: async (isSlow) => cluster.setSpeed(isSlow ? slow : quick),
    image: async (kind: ImageKind) => {
      images += 1;
      const repository = `${registry}/${kind.toLowerCase()}-${images}`;
      if (kind === 'missing') cluster.registry.refuse(repository, 'missing');
      const hasExecutable = kind !== 'noExecutable';
      cluster.registry.push(`${repository}:1`, { sizeBytes: sizeBytes[kind], hasExecutable });
      return `${repository}:1`;
    },
    forgottenVersion: async () => {
      const version = String(cluster.store.version);
      for (let write = 0; write <= 2 * maxHistory; write += 1) touch(cluster, write);
      return version;
    },
    close: () => cluster.stop(),
  };
}

/** One write to a pod that nobody looks at. */
function touch(cluster: EmbeddedCluster, write: number): void {
  const at = { namespace: 'default', name: 'traffic' };
  if (cluster.store.find('pods', at) === undefined) {
    cluster.store.create('pods', { metadata: at, spec: { containers: [] } });
  }
  cluster.store.modify('pods', at, (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, annotations: { write: String(write) } },
  }));
}
