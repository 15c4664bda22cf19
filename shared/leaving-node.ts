// Whether a node is on its way out: somebody drains it, or an autoscaler is about to remove it. Its pods will be evicted,
// and whoever evicts them waits until they are gone.

import type { Node } from './kube-types.ts';

// Cluster autoscaler; Karpenter 1.x; Karpenter before. All of them set the taint before they evict anything.
const leavingTaints: readonly string[] = [
  'ToBeDeletedByClusterAutoscaler',
  'karpenter.sh/disrupted',
  'karpenter.sh/disruption',
];

export function isLeaving({ metadata, spec }: Node): boolean {
  return (
    spec?.unschedulable === true ||
    metadata.deletionTimestamp !== undefined ||
    (spec?.taints ?? []).some(({ key }) => leavingTaints.includes(key))
  );
}
