// Which pods a kubelet refuses although somebody bound them to its node (kubernetes-facts D10). The scheduler, who
// would have looked before, is not asked when a pod names its node itself.

import type { Node, Pod, PodSpec } from '../../shared/kube-types.ts';
import { isTolerated, type Rejection } from './pod-status.ts';

interface SelectingSpec extends PodSpec {
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/**
 * Undefined when the pod is let in.
 * @param livePods pods on the node that have not ended, without this one
 */
export function decideAdmission(
  pod: Pod,
  node: Node,
  places: { readonly livePods: number; readonly maxPods: number },
): Rejection | undefined {
  const { livePods, maxPods } = places;
  if (livePods >= maxPods) {
    return {
      reason: 'OutOfpods',
      message: `Node didn't have enough resource: pods, requested: 1, used: ${livePods}, capacity: ${maxPods}`,
    };
  }
  if (!matchesSelector(pod.spec, node)) {
    return {
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    };
  }
  if (hasUntolerated(pod.spec, node)) {
    return {
      reason: 'TaintToleration',
      message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    };
  }
  return undefined;
}

function matchesSelector(spec: PodSpec, node: Node): boolean {
  const { nodeSelector = {} }: SelectingSpec = spec;
  const labels = node.metadata.labels ?? {};
  return Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);
}

/** Only NoExecute counts: NoSchedule is a word to the scheduler. */
function hasUntolerated(spec: PodSpec, node: Node): boolean {
  const taints = node.spec?.taints ?? [];
  return taints.some(
    (taint) => taint.effect === 'NoExecute' && !isTolerated(taint, spec.tolerations ?? []),
  );
}
