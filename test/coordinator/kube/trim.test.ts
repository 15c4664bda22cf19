import { describe, expect, test } from 'vitest';
import { trimCustomObject, trimNode, trimPod } from '../../../coordinator/kube/trim.ts';
import type { Node, Pod } from '../../../shared/kube-types.ts';

const node: Node = {
  metadata: {
    name: 'n1',
    uid: 'u1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { zone: 'a' },
    annotations: { big: 'x' },
  },
  spec: { unschedulable: true, taints: [{ key: 'k', effect: 'NoSchedule' }] },
  status: {
    conditions: [
      { type: 'DiskPressure', status: 'True' },
      { type: 'Ready', status: 'True' },
    ],
    images: [{ names: ['nginx'], sizeBytes: 1 }],
    nodeInfo: {
      kubeletVersion: 'v1.36.3',
      containerRuntimeVersion: 'containerd://2.4.2',
      operatingSystem: 'linux',
      architecture: 'arm64',
      bootID: 'b1',
    },
  },
};

describe('trimNode', () => {
  test('keeps what decides and drops the images', () => {
    expect(trimNode(node)).toEqual({
      name: 'n1',
      uid: 'u1',
      labels: { zone: 'a' },
      taints: [{ key: 'k', effect: 'NoSchedule' }],
      unschedulable: true,
      deleting: false,
      ready: true,
      createdAtMs: Date.UTC(2026, 0, 1),
      platform: { os: 'linux', architecture: 'arm64' },
      kubeletVersion: 'v1.36.3',
      containerRuntimeVersion: 'containerd://2.4.2',
      bootId: 'b1',
    });
  });

  test.for(['False', 'Unknown', undefined])(
    'a node whose condition is %s is not ready',
    (status) => {
      const conditions = status === undefined ? [] : [{ type: 'Ready', status }];
      expect(trimNode({ ...node, status: { conditions } }).ready).toBe(false);
    },
  );

  test('a node that says nothing of itself is read all the same', () => {
    expect(trimNode({ metadata: { name: 'n1' } })).toMatchObject({ uid: '', ready: false });
  });
});

describe('trimPod', () => {
  const pod: Pod = {
    metadata: { name: 'p', uid: 'u', deletionTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      nodeName: 'n1',
      containers: [
        { name: 'sidecar', image: 'proxy' },
        { name: 'pull', image: 'nginx:1.27' },
      ],
    },
  };

  test('reads the container that pulls, and that a deletion was asked for', () => {
    expect(trimPod(pod)).toMatchObject({
      image: 'docker.io/library/nginx:1.27',
      nodeName: 'n1',
      deleting: true,
      lease: undefined,
      reading: { kind: 'pulling' },
    });
  });

  test('an image that is none is undefined', () => {
    const containers = [{ name: 'pull', image: 'UPPER CASE' }];
    expect(trimPod({ ...pod, spec: { containers } }).image).toBeUndefined();
  });
});

describe('trimCustomObject', () => {
  test('keeps spec and status as they are and little of the metadata', () => {
    const image = {
      apiVersion: 'forehold.dev/v1alpha1',
      kind: 'CachedImage',
      metadata: {
        name: 'web',
        uid: 'u',
        generation: 2,
        resourceVersion: '7',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{…}' },
        managedFields: [{ manager: 'kubectl' }],
      },
      spec: { image: 7 },
      status: { phase: 'Ready' } as const,
    };
    expect(trimCustomObject(image)).toEqual({
      metadata: { name: 'web', uid: 'u', generation: 2, resourceVersion: '7' },
      spec: { image: 7 },
      status: { phase: 'Ready' },
    });
  });
});
