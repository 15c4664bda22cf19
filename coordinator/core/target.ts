// Which nodes an image is for. A node is a target when its labels match and its taints are tolerated; a cordoned or
// leaving node is none, because nothing new is put there.

import type { Taint, Toleration } from '../../shared/kube-types.ts';
import type { NodeRecord } from './events.ts';
import type { Wish } from './wish.ts';

/** What decides about target nodes: of a CachedImage, with what its PullPolicy adds. */
export type TargetRule = Pick<Wish, 'nodeSelector' | 'tolerations'>;

export type TargetObstacle = 'NotTargeted' | 'NodeDeleting' | 'NodeCordoned' | 'NodeTainted';

export function isTarget(node: NodeRecord, rule: TargetRule): boolean {
  return findTargetObstacle(node, rule) === undefined;
}

/** Why the node is no target; undefined when it is one. */
export function findTargetObstacle(node: NodeRecord, rule: TargetRule): TargetObstacle | undefined {
  if (!matchesSelector(node, rule)) return 'NotTargeted';
  if (node.deleting) return 'NodeDeleting';
  if (node.unschedulable) return 'NodeCordoned';
  return findTaint(node, rule) === undefined ? undefined : 'NodeTainted';
}

/** The first taint that keeps the image away; undefined when none does. */
export function findTaint(node: NodeRecord, rule: TargetRule): Taint | undefined {
  return node.taints.find((taint) => !isHarmless(taint) && !isTolerated(taint, rule.tolerations));
}

/** Labels only: a pull under way is not given up because of a taint that came later. */
export function matchesSelector(node: NodeRecord, rule: TargetRule): boolean {
  for (const [key, value] of rule.nodeSelector) if (node.labels[key] !== value) return false;
  return true;
}

function isHarmless(taint: Taint): boolean {
  return taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute';
}

// The rules of the core v1 Toleration: no key and Exists tolerates all, no effect means every effect.
function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(({ key, operator, value, effect }) => {
    if (effect && effect !== taint.effect) return false;
    if (key && key !== taint.key) return false;
    if (operator === 'Exists') return true;
    return key === taint.key && (value ?? '') === (taint.value ?? '');
  });
}
