import { describe, expect, test } from 'vitest';
import { trimNode, trimPod } from '../../agent/trim.ts';
import type { Node, Pod } from '../../shared/kube-types.ts';
import { buildPullPod } from '../../shared/pull-pod.ts';
import { makeOffer, nodeUid } from './core/world.ts';

const arrivalMs = Date.UTC(2026, 10, 21, 12, 0, 30);
const offer = makeOffer(1);
const built = buildPullPod(offer, { name: 'n1', uid: nodeUid }, { namespace: 'forehold-pulls' });

describe('trimNode', () => {
  const images = [{ names: ['registry.example/app:1'], sizeBytes: 3 }];
  const nodeInfo = {
    kubeletVersion: 'v1.36.3',
    containerRuntimeVersion: 'containerd://2.4.2',
    operatingSystem: 'linux',
    architecture: 'arm64',
  };

  test('dates the status by the kubelet and not by whoever changed the object last', () => {
    const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-11-21T12:00:05Z' };
    const node: Node = {
      metadata: { name: 'n1', uid: nodeUid, labels: { some: 'label' } },
      status: { conditions: [{ type: 'DiskPressure', status: 'False' }, ready], images, nodeInfo },
    };
    expect(trimNode(node, arrivalMs)).toEqual({
      name: 'n1',
      uid: nodeUid,
      platform: { os: 'linux', architecture: 'arm64' },
      kubeletVersion: 'v1.36.3',
      containerRuntimeVersion: 'containerd://2.4.2',
      images,
      leaving: false,
      reportedAtMs: Date.UTC(2026, 10, 21, 12, 0, 5),
    });
  });

  test('takes the arrival for a status without a date, and nothing for one that is not there', () => {
    expect(trimNode({ metadata: { name: 'n1', uid: nodeUid } }, arrivalMs)).toMatchObject({
      platform: { os: '', architecture: '' },
      images: [],
      reportedAtMs: arrivalMs,
    });
  });
});

describe('trimPod', () => {
  test('keeps what the plan needs of a pull pod, the admitted image among it', () => {
    const [container] = built.spec.containers;
    const image = 'nginx';
    const pod: Pod = {
      ...built,
      metadata: { ...built.metadata, uid: 'p1', deletionTimestamp: '2026-11-21T12:00:00Z' },
      spec: {
        containers: [
          { name: 'mesh', image: 'mesh:1' },
          { ...container, name: 'pull', image },
        ],
      },
      status: {
        phase: 'Succeeded',
        containerStatuses: [
          {
            name: 'pull',
            imageID: '',
            state: { terminated: { exitCode: 0, finishedAt: '2026-11-21T11:59:00Z' } },
          },
        ],
      },
    };
    expect(trimPod(pod)).toMatchObject({
      name: offer.podName,
      uid: 'p1',
      lease: { leaseId: '1-1', pullTimeoutMs: 1_800_000 },
      image: 'docker.io/library/nginx:latest',
      finishedAtMs: Date.UTC(2026, 10, 21, 11, 59),
      deleting: true,
      reading: { kind: 'pulled', terminal: true },
    });
  });

  test.for(['not an image', `a.example/${'x'.repeat(600)}`])('knows no image by "%s"', (image) => {
    const pod = { ...built, spec: { containers: [{ name: 'pull', image }] } };
    expect(trimPod(pod).image).toBeUndefined();
  });
});
