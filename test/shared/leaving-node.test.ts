import { describe, expect, test } from 'vitest';
import type { Node } from '../../shared/kube-types.ts';
import { isLeaving } from '../../shared/leaving-node.ts';

const metadata = { name: 'n1' };
const tainted = (key: string, effect = 'NoSchedule'): Node => ({
  metadata,
  spec: { taints: [{ key, effect }] },
});

describe('isLeaving', () => {
  test.for<readonly [what: string, node: Node, leaving: boolean]>([
    ['a node as any other', { metadata, spec: {} }, false],
    ['cordoned', { metadata, spec: { unschedulable: true } }, true],
    ['deleted', { metadata: { ...metadata, deletionTimestamp: '2026-11-21T12:00:00Z' } }, true],
    ['chosen by the cluster autoscaler', tainted('ToBeDeletedByClusterAutoscaler'), true],
    ['a mere candidate of it', tainted('DeletionCandidateOfClusterAutoscaler'), false],
    ['disrupted by Karpenter', tainted('karpenter.sh/disrupted'), true],
    ['disrupted by an older Karpenter', tainted('karpenter.sh/disruption'), true],
    ['not Ready', tainted('node.kubernetes.io/not-ready', 'NoExecute'), false],
  ])('%s: %s', ([, node, leaving]) => {
    expect(isLeaving(node)).toBe(leaving);
  });
});
