// When a pod is over, in the one place that says so for the embedded cluster and what measures it.

import type { Pod } from '../shared/kube-types.ts';

/** The pod is terminal: nothing of it runs any more, and nothing will. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
