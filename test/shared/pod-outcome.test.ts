import { describe, expect, test } from 'vitest';
import type { ContainerStatus, Pod } from '../../shared/kube-types.ts';
import { cutMessage, type PodReading, readPodOutcome } from '../../shared/pod-outcome.ts';
import { bounds } from '../../shared/protocol.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const imageID = `10.77.0.254:5000/busy@${digest}`;

interface Row {
  readonly what: string;
  readonly status: Pod['status'];
  readonly reading: PodReading;
}

function container(part: Partial<ContainerStatus>): ContainerStatus {
  return { name: 'pull', imageID: '', ...part };
}

function waiting(reason: string, message?: string): ContainerStatus {
  return container({
    state: { waiting: message === undefined ? { reason } : { reason, message } },
  });
}

const notFound =
  'rpc error: code = NotFound desc = failed to pull and unpack image "r.example/x:1": failed to resolve image: r.example/x:1: not found';
const noCpu =
  "Pod was rejected: Node didn't have enough resource: cpu, requested: 900000, used: 2, capacity: 2000";
const noExec =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "true": executable file not found in $PATH';

const rows: readonly Row[] = [
  { what: 'no status yet', status: undefined, reading: { kind: 'pulling' } },
  {
    what: 'ContainerCreating',
    status: { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] },
    reading: { kind: 'pulling' },
  },
  {
    what: 'ErrImagePull',
    status: { phase: 'Pending', containerStatuses: [waiting('ErrImagePull', notFound)] },
    reading: { kind: 'failed', terminal: false, reason: 'ImageNotFound', message: notFound },
  },
  {
    what: 'a back-off that does not say why (kubelets before 1.32)',
    status: { containerStatuses: [waiting('ImagePullBackOff', 'Back-off pulling image "x"')] },
    reading: {
      kind: 'failed',
      terminal: false,
      reason: 'PullFailed',
      message: 'Back-off pulling image "x"',
    },
  },
  {
    what: 'a failure without a word',
    status: { containerStatuses: [waiting('RegistryUnavailable')] },
    reading: {
      kind: 'failed',
      terminal: false,
      reason: 'RegistryUnavailable',
      message: 'RegistryUnavailable',
    },
  },
  {
    what: "held back by the kubelet's own limit, which it waits out",
    status: { containerStatuses: [waiting('ErrImagePull', 'pull QPS exceeded')] },
    reading: { kind: 'pulling' },
  },
  {
    what: 'a pull that failed until the pod was ended',
    status: { phase: 'Failed', containerStatuses: [waiting('ErrImagePull', notFound)] },
    reading: { kind: 'failed', terminal: true, reason: 'ImageNotFound', message: notFound },
  },
  {
    what: 'Completed',
    status: {
      phase: 'Succeeded',
      containerStatuses: [
        container({ imageID, state: { terminated: { exitCode: 0, reason: 'Completed' } } }),
      ],
    },
    reading: { kind: 'pulled', terminal: true, digest, message: '' },
  },
  {
    what: 'Completed with a bare image id, which names nothing in a registry',
    status: {
      phase: 'Succeeded',
      containerStatuses: [
        container({ imageID: digest, state: { terminated: { exitCode: 0, reason: 'Completed' } } }),
      ],
    },
    reading: { kind: 'pulled', terminal: true, digest: undefined, message: '' },
  },
  {
    what: 'StartError: nothing executable in the image',
    status: {
      phase: 'Failed',
      containerStatuses: [
        container({
          imageID,
          state: { terminated: { exitCode: 128, reason: 'StartError', message: noExec } },
        }),
      ],
    },
    reading: { kind: 'pulled', terminal: true, digest, message: noExec },
  },
  {
    what: 'StartError before the phase follows',
    status: {
      phase: 'Pending',
      containerStatuses: [
        container({ imageID, state: { terminated: { exitCode: 128, reason: 'StartError' } } }),
      ],
    },
    reading: { kind: 'pulled', terminal: false, digest, message: 'StartError' },
  },
  {
    what: 'CreateContainerConfigError, after the pull and without imageID',
    status: {
      phase: 'Pending',
      containerStatuses: [waiting('CreateContainerConfigError', 'image will run as root')],
    },
    reading: {
      kind: 'pulled',
      terminal: false,
      digest: undefined,
      message: 'image will run as root',
    },
  },
  {
    what: 'running',
    status: {
      phase: 'Running',
      containerStatuses: [container({ imageID, state: { running: {} } })],
    },
    reading: { kind: 'pulled', terminal: false, digest, message: '' },
  },
  {
    what: 'refused at admission by the kubelet (seen)',
    status: { phase: 'Failed', reason: 'OutOfcpu', message: noCpu },
    reading: {
      kind: 'failed',
      terminal: true,
      reason: 'PodRejected',
      message: `OutOfcpu: ${noCpu}`,
    },
  },
  {
    what: 'evicted before its pull was over',
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: ephemeral-storage.',
      containerStatuses: [
        container({ state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }),
      ],
    },
    reading: {
      kind: 'failed',
      terminal: true,
      reason: 'NodePressure',
      message: 'Evicted: The node was low on resource: ephemeral-storage.',
    },
  },
  {
    what: 'evicted after its pull',
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
      containerStatuses: [
        container({ imageID, state: { terminated: { exitCode: 137, reason: 'Error' } } }),
      ],
    },
    reading: { kind: 'pulled', terminal: true, digest, message: 'Error' },
  },
  {
    what: 'collected by pod garbage collection while the kubelet may be pulling',
    status: {
      phase: 'Failed',
      conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC' }],
      containerStatuses: [container({ state: { waiting: { reason: 'ContainerCreating' } } })],
    },
    reading: { kind: 'pulling' },
  },
  {
    what: 'deleted before its container was there',
    status: {
      phase: 'Failed',
      containerStatuses: [
        container({ state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }),
      ],
    },
    reading: {
      kind: 'failed',
      terminal: true,
      reason: 'PodVanished',
      message: 'ContainerStatusUnknown',
    },
  },
];

function podWith(status: Pod['status'], containers = ['pull']): Pod {
  const spec = { containers: containers.map((name) => ({ name, image: 'r.example/x:1' })) };
  return { metadata: { name: 'p' }, spec, ...(status === undefined ? {} : { status }) };
}

describe('readPodOutcome', () => {
  test.for(rows)('$what', ({ status, reading }) => {
    expect(readPodOutcome(podWith(status))).toEqual(reading);
  });

  test('a sidecar of a webhook, sorted before ours, says nothing about the pull', () => {
    const sidecar = { name: 'mesh', imageID, state: { running: {} } };
    const status = { containerStatuses: [sidecar, waiting('ErrImagePull', notFound)] };
    const pod = podWith(status, ['mesh', 'pull']);
    expect(readPodOutcome(pod)).toMatchObject({ kind: 'failed', reason: 'ImageNotFound' });
  });
});

describe('cutMessage', () => {
  test('cuts to the bound in bytes', () => {
    const cut = cutMessage('é'.repeat(2_000));
    expect(Buffer.byteLength(cut)).toBe(bounds.maxMessageLength);
  });

  test('never cuts a character in two', () => {
    const cut = cutMessage(`a${'😀'.repeat(1_000)}`);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bounds.maxMessageLength);
    expect(cut).toBe(`a${'😀'.repeat(255)}`);
  });

  test('leaves a short text alone', () => {
    expect(cutMessage('not found')).toBe('not found');
  });
});
