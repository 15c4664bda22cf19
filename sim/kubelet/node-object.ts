// The Node object of an embedded node, with what real kubelets put there and people look for.

import type { Condition, ContainerImage, Node } from '../../shared/kube-types.ts';
import { formatTimestampSeconds } from '../../shared/timestamp.ts';
import { hashToUnit } from '../seeded-hash.ts';
import { makeUid, openSeededRandom } from '../store/seeded-random.ts';

export interface NodeIdentity {
  readonly name: string;
  /** Value of topology.kubernetes.io/zone. */
  readonly zone: string;
  /** Further labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly os: string;
  readonly architecture: string;
  readonly maxPods: number;
  readonly hostIp: string;
}

export type NodeStatus = NonNullable<Node['status']>;

// The one of the taints of a node that is not Ready which admission puts into the object before it is stored.
const notReadyTaint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const;

export function buildNode(identity: NodeIdentity, ready: Condition, wallMs: number): Node {
  const { name, zone, os, architecture } = identity;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': os,
        'kubernetes.io/arch': architecture,
        'topology.kubernetes.io/region': 'simulated',
        'topology.kubernetes.io/zone': zone,
        ...identity.labels,
      },
    },
    spec: ready.status === 'True' ? {} : { taints: [notReadyTaint] },
    status: buildStatus(identity, ready, wallMs),
  };
}

/** Ready as the kubelet itself reports it. */
export function readyCondition(ready: boolean, wallMs: number): Condition {
  return {
    type: 'Ready',
    status: ready ? 'True' : 'False',
    reason: ready ? 'KubeletReady' : 'KubeletNotReady',
    message: ready
      ? 'kubelet is posting ready status'
      : 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady',
    lastTransitionTime: formatTimestampSeconds(wallMs),
  };
}

/** Ready as the node controller writes it when nothing was heard for too long. */
export function unknownCondition(wallMs: number): Condition {
  return {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastTransitionTime: formatTimestampSeconds(wallMs),
  };
}

/** The status with one condition replaced; its transition time stays when its status does. */
export function withCondition(status: NodeStatus, condition: Condition): NodeStatus {
  const conditions = status.conditions ?? [];
  const old = conditions.find((each) => each.type === condition.type);
  if (old?.status === condition.status && old.reason === condition.reason) return status;
  const others = conditions.filter((each) => each.type !== condition.type);
  return { ...status, conditions: [...others, condition] };
}

interface Boot {
  readonly seed: number;
  readonly node: string;
  /** How often the machine was switched off before. */
  readonly powerOffs: number;
}

/** Says which start of the machine this is; a status that tells nothing of the machine stays. */
export function withBoot(status: NodeStatus, { seed, node, powerOffs }: Boot): NodeStatus {
  if (status.nodeInfo === undefined) return status;
  const unit = hashToUnit(seed, 'boot', node, String(powerOffs));
  const bootID = makeUid(openSeededRandom(unit * 2 ** 32));
  return { ...status, nodeInfo: { ...status.nodeInfo, bootID } };
}

export function withImages(status: NodeStatus, images: readonly ContainerImage[]): NodeStatus {
  return { ...status, images };
}

export function isReady(node: Node): boolean {
  return node.status?.conditions?.find((each) => each.type === 'Ready')?.status === 'True';
}

function buildStatus(identity: NodeIdentity, ready: Condition, wallMs: number): NodeStatus {
  const { name, os, architecture, maxPods, hostIp } = identity;
  const resources = {
    cpu: '8',
    memory: '32Gi',
    'ephemeral-storage': '200Gi',
    pods: String(maxPods),
  };
  const status: NodeStatus & Readonly<Record<'addresses' | 'capacity' | 'allocatable', unknown>> = {
    addresses: [
      { type: 'InternalIP', address: hostIp },
      { type: 'Hostname', address: name },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: [...noPressure(wallMs), ready],
    images: [],
    nodeInfo: {
      kubeletVersion: 'v1.36.3',
      containerRuntimeVersion: 'containerd://2.4.2',
      operatingSystem: os,
      architecture,
    },
  };
  return status;
}

function noPressure(wallMs: number): readonly Condition[] {
  const lastTransitionTime = formatTimestampSeconds(wallMs);
  const falsehoods = [
    ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ] as const;
  return falsehoods.map(([type, reason, message]) => ({
    type,
    status: 'False',
    reason,
    message,
    lastTransitionTime,
  }));
}
