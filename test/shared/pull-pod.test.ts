import { describe, expect, test } from 'vitest';
import { annotations } from '../../shared/names.ts';
import { formatPair, formatPodName } from '../../shared/pair.ts';
import type { Offer } from '../../shared/protocol.ts';
import { buildPullPod, readPodLease } from '../../shared/pull-pod.ts';

const pair = { nodeUid: 'uid-1', image: 'docker.io/library/nginx:1', pullSecrets: ['a', 'b'] };
const node = { name: 'n1', uid: 'uid-1' };
const offer: Offer = {
  kind: 'offer',
  leaseId: '7-42',
  epoch: 7,
  heartbeatSequence: 3,
  notAfterMs: Date.UTC(2026, 10, 21, 13, 30, 0, 250),
  pair: formatPair(pair),
  podName: formatPodName(pair),
  image: pair.image,
  imagePullPolicy: 'IfNotPresent',
  pullSecrets: pair.pullSecrets,
  tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoExecute' }],
  limits: ['cluster', 'image', 'node'],
  pullTimeoutMs: 1_800_500,
};

describe('buildPullPod', () => {
  const pod = buildPullPod(offer, node, { namespace: 'forehold-pulls' });

  test('is pinned to its node and owned by it', () => {
    expect(pod.spec.nodeName).toBe('n1');
    expect(pod.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Node',
        name: 'n1',
        uid: 'uid-1',
        controller: true,
        blockOwnerDeletion: false,
      },
    ]);
  });

  test('names the DaemonSet as a second owner that controls nothing', () => {
    const daemonSet = { name: 'forehold-agent', uid: 'ds-1' };
    const owned = buildPullPod(offer, node, { namespace: 'forehold-pulls', daemonSet });
    expect(owned.metadata.ownerReferences?.slice(1)).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        name: 'forehold-agent',
        uid: 'ds-1',
        controller: false,
      },
    ]);
  });

  test('has a priority class only when it is told one', () => {
    const low = { namespace: 'forehold-pulls', priorityClassName: 'forehold-pull' };
    expect(buildPullPod(offer, node, low).spec.priorityClassName).toBe('forehold-pull');
    expect(pod.spec).not.toHaveProperty('priorityClassName');
  });

  test('asks for nothing that Pod Security restricted refuses', () => {
    const [container] = pod.spec.containers;
    expect(pod.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.spec.automountServiceAccountToken).toBe(false);
  });

  test('is ended gracefully, and its own tolerations come before the offered ones', () => {
    expect(pod.spec.terminationGracePeriodSeconds).toBe(1);
    expect(pod.spec.restartPolicy).toBe('Never');
    expect(pod.spec.tolerations).toEqual([
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
      ...offer.tolerations,
    ]);
  });

  test('keeps meshes out and lets autoscalers remove the node', () => {
    expect(pod.metadata.labels).toMatchObject({ 'sidecar.istio.io/inject': 'false' });
    expect(pod.metadata.annotations).toMatchObject({
      'linkerd.io/inject': 'disabled',
      'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true',
      'cluster-autoscaler.kubernetes.io/daemonset-pod': 'true',
    });
  });
});

describe('readPodLease', () => {
  const written = buildPullPod(offer, node, { namespace: 'x' }).metadata.annotations ?? {};

  test('reads what buildPullPod wrote', () => {
    expect(readPodLease(written)).toEqual({
      leaseId: '7-42',
      epoch: 7,
      pair: offer.pair,
      limits: offer.limits,
      notAfterMs: offer.notAfterMs,
      pullTimeoutMs: offer.pullTimeoutMs,
    });
  });

  test.for([
    [annotations.schema, '2'],
    [annotations.lease, ''],
    [annotations.lease, 'not an id'],
    [annotations.epoch, 'seven'],
    [annotations.epoch, '-1'],
    [annotations.pair, ''],
    [annotations.notAfter, 'soon'],
    [annotations.pullTimeout, '30'],
  ] as const)('is undefined with %s = "%s"', ([name, value]) => {
    expect(readPodLease({ ...written, [name]: value })).toBeUndefined();
  });

  test.for(Object.values(annotations))('is undefined without %s', (name) => {
    const rest = Object.entries(written).filter(([other]) => other !== name);
    expect(readPodLease(Object.fromEntries(rest))).toBeUndefined();
  });

  test('is undefined without any annotation', () => {
    expect(readPodLease(undefined)).toBeUndefined();
  });
});
