// What clusters do to pull pods behind their owner's back.

import type { Pod } from '../../../shared/kube-types.ts';
import { hasEnded } from '../../pod-phase.ts';
import type { World } from '../world.ts';
import { type Fault, once } from './fault.ts';

function pickPullingPod({ draw, cluster }: World): Pod | undefined {
  const pods = cluster.store.list('pods', { namespace: cluster.pullNamespace });
  return draw.pick(pods.filter((pod) => !hasEnded(pod)));
}

function remove({ cluster }: World, pod: Pod, graceSeconds: number | undefined): void {
  const { name, uid } = pod.metadata;
  const at = { namespace: cluster.pullNamespace, name };
  if (cluster.store.find('pods', at)?.metadata.uid === uid)
    cluster.store.remove('pods', at, { uid, graceSeconds });
}

/** Deletes pods as soon as they have ended; returns the end of it. */
function collectEnded(world: World): () => void {
  const { store, pullNamespace: namespace } = world.cluster;
  return store.subscribe(
    'pods',
    ({ type, object }) => {
      if (type === 'MODIFIED' && hasEnded(object)) remove(world, object, 0);
    },
    { namespace },
  );
}

export const podFaults: readonly Fault[] = [
  {
    kind: 'podForceDeleted',
    strike: (world) => {
      const pod = pickPullingPod(world);
      if (pod === undefined) return undefined;
      remove(world, pod, 0);
      return once(pod.metadata.name);
    },
  },
  {
    kind: 'podDeleted',
    strike: (world) => {
      const pod = pickPullingPod(world);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return undefined;
      remove(world, pod, undefined);
      return once(pod.metadata.name);
    },
  },
  {
    // --terminated-pod-gc-threshold: finished pods vanish, oldest first, however short they have been there.
    kind: 'podGc',
    strike: (world) => {
      const { cluster } = world;
      const pods = cluster.store.list('pods', { namespace: cluster.pullNamespace });
      const ended = pods.filter(hasEnded);
      for (const pod of ended) remove(world, pod, 0);
      const lastsMs = world.draw.between(5_000, 30_000);
      const stop = collectEnded(world);
      return { target: `${ended.length} pods`, lastsMs, mend: stop };
    },
  },
  {
    // Nodes are full of other people's pods: kubelets reject what comes.
    kind: 'podRejected',
    strike: (world) => {
      const name = world.draw.pick(world.nodeNames().filter((one) => !world.heldNodes.has(one)));
      if (name === undefined) return undefined;
      const free = world.machines.fill(name);
      world.heldNodes.add(name);
      const lastsMs = world.draw.between(5_000, 40_000);
      const mend = (): void => {
        world.heldNodes.delete(name);
        free();
      };
      return { target: name, lastsMs, mend };
    },
  },
];
