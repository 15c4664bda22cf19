import { describe, expect, test } from 'vitest';
import type { Pod, Toleration } from '../../../shared/kube-types.ts';
import { decideAdmission } from '../../../sim/kubelet/admission.ts';
import { isTolerated } from '../../../sim/kubelet/pod-status.ts';
import { openVirtualCluster } from './virtual-cluster.ts';

const taint = { key: 'k', value: 'v', effect: 'NoExecute' };

describe('isTolerated', () => {
  test.for<{ toleration: Toleration; tolerated: boolean }>([
    { toleration: { operator: 'Exists' }, tolerated: true },
    { toleration: { key: 'k', operator: 'Exists' }, tolerated: true },
    { toleration: { key: 'k', operator: 'Exists', effect: 'NoExecute' }, tolerated: true },
    { toleration: { key: 'k', operator: 'Exists', effect: 'NoSchedule' }, tolerated: false },
    { toleration: { key: 'k', value: 'v' }, tolerated: true },
    { toleration: { key: 'k', operator: 'Equal', value: 'v' }, tolerated: true },
    { toleration: { key: 'k', value: 'w' }, tolerated: false },
    { toleration: { key: 'k' }, tolerated: false },
    { toleration: { key: 'other', operator: 'Exists' }, tolerated: false },
    { toleration: {}, tolerated: false },
  ])('$toleration: $tolerated', ({ toleration, tolerated }) => {
    expect(isTolerated(taint, [toleration])).toBe(tolerated);
  });
});

describe('decideAdmission', () => {
  const pod: Pod = { metadata: { name: 'a' }, spec: { containers: [] } };
  const places = { livePods: 0, maxPods: 1 };

  test('a NoSchedule taint keeps nobody out who named the node himself', () => {
    const node = {
      metadata: { name: 'n' },
      spec: { taints: [{ key: 'k', effect: 'NoSchedule' }], unschedulable: true },
    };
    expect(decideAdmission(pod, node, places)).toBeUndefined();
  });

  test('an untolerated NoExecute taint does', () => {
    const node = { metadata: { name: 'n' }, spec: { taints: [taint] } };
    expect(decideAdmission(pod, node, places)).toEqual({
      reason: 'TaintToleration',
      message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    });
  });

  test('a full node rejects, and pods that have ended take no place', async () => {
    const virtual = openVirtualCluster({ maxPods: 2, speed: { kind: 'fixed', pullTimeMs: 5_000 } });
    virtual.createPod({ name: 'a', image: 'a.example/a:1' });
    virtual.createPod({ name: 'b', image: 'a.example/b:1', command: ['sleep', '9999'] });
    await virtual.clock.advance(1_000);
    virtual.createPod({ name: 'c', image: 'a.example/c:1' });
    await virtual.clock.advance(1_000);
    expect(virtual.findPod('c')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfpods',
      message:
        "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2",
    });
    await virtual.clock.runUntil(() => virtual.describePod('a').startsWith('Succeeded'), 30_000);
    virtual.createPod({ name: 'd', image: 'a.example/a:1' });
    await virtual.clock.runUntil(() => virtual.describePod('d').startsWith('Succeeded'), 30_000);
  });
});
