// The pull pod: the one object through which Forehold makes a kubelet pull an image, and the lease itself once it
// exists (ARCHITECTURE.md). It asks for nothing that Pod Security `restricted` refuses; its owner is the Node, so that
// drains and autoscalers treat it as part of the node.

import { formatDuration, parseDuration } from './duration.ts';
import type { OwnerReference, Pod, Toleration } from './kube-types.ts';
import { annotationSchema, annotations, labels, managedBy } from './names.ts';
import { hashLabel } from './pair.ts';
import type { Offer } from './protocol.ts';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';

/** Name of the container whose image is pulled; webhooks may put others beside it. */
export const pullContainerName = 'pull';

export interface PullPodOptions {
  readonly namespace: string;
  /** The agents' DaemonSet, in the same namespace. */
  readonly daemonSet?: ObjectIdentity | undefined;
  /** The cluster's default class when undefined. */
  readonly priorityClassName?: string | undefined;
}

export interface ObjectIdentity {
  readonly name: string;
  readonly uid: string;
}

/** What a pull pod's annotations say about its lease. */
export interface PodLease {
  readonly leaseId: string;
  readonly epoch: number;
  /** As `formatPair` writes it. */
  readonly pair: string;
  readonly limits: readonly string[];
  readonly notAfterMs: number;
  readonly pullTimeoutMs: number;
}

/**
 * Body of the DELETE of this very pod; one of the same name that came after it stays. With grace 1 s the object stays
 * until the kubelet has left the pull, and says so by going (kubernetes-facts D15). Forced, it goes at once and the pull
 * goes on unseen: only to let the drain of a node go on (D16).
 */
export function buildDeletion(podUid: string, force = false) {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: force ? 0 : 1,
    preconditions: { uid: podUid },
  } as const;
}

export function buildPullPod(offer: Offer, node: ObjectIdentity, options: PullPodOptions): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: offer.podName,
      namespace: options.namespace,
      labels: {
        [labels.managedBy]: managedBy,
        [labels.imageHash]: hashLabel(offer.image),
        [labels.nodeHash]: hashLabel(node.name),
        // A mesh would add a container that never ends.
        'sidecar.istio.io/inject': 'false',
      },
      annotations: {
        ...leaseAnnotations(offer),
        'linkerd.io/inject': 'disabled',
        'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true',
        'cluster-autoscaler.kubernetes.io/daemonset-pod': 'true',
      },
      ownerReferences: owners(node, options.daemonSet),
    },
    spec: {
      nodeName: node.name,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...priorityOf(options),
      imagePullSecrets: offer.pullSecrets.map((name) => ({ name })),
      tolerations: [...ownTolerations, ...offer.tolerations],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: pullContainerName,
          image: offer.image,
          command: ['true'],
          imagePullPolicy: offer.imagePullPolicy,
          resources,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

// EPOCH-NUMBER, as coordinators make it and as the protocol demands it.
const leaseIdPattern = /^\d{1,16}-\d{1,16}$/;

/** Undefined when the schema is another one or any annotation cannot be read. */
export function readPodLease(
  given: Readonly<Record<string, string>> | undefined,
): PodLease | undefined {
  if (given?.[annotations.schema] !== annotationSchema) return undefined;
  const leaseId = given[annotations.lease];
  const epoch = readCount(given[annotations.epoch]);
  const pair = given[annotations.pair];
  const limits = given[annotations.limits]?.split(',').filter((name) => name !== '');
  const notAfterMs = parseTimestamp(given[annotations.notAfter]);
  const pullTimeoutMs = parseDuration(given[annotations.pullTimeout] ?? '');
  if (leaseId === undefined || !leaseIdPattern.test(leaseId) || !pair) return undefined;
  if (epoch === undefined || limits === undefined) return undefined;
  if (notAfterMs === undefined || pullTimeoutMs === undefined) return undefined;
  return { leaseId, epoch, pair, limits, notAfterMs, pullTimeoutMs };
}

// The pull itself is the kubelet's and is counted nowhere. `true` takes next to nothing; runc's own start in the
// container's cgroup needs 10-20 MiB. A larger request would have full nodes reject the pod.
const resources = {
  requests: { cpu: '1m', memory: '16Mi' },
  limits: { memory: '64Mi' },
} as const;

// A node that loses contact goes on pulling: evicting its pull pod would hide the pull and stop nothing. These stand
// first, because of several tolerations for one taint the first one counts.
const ownTolerations: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
];

function owners(node: ObjectIdentity, daemonSet: ObjectIdentity | undefined): OwnerReference[] {
  const owner = { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid };
  const controller: OwnerReference = { ...owner, controller: true, blockOwnerDeletion: false };
  if (daemonSet === undefined) return [controller];
  const { name, uid } = daemonSet;
  return [controller, { apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, controller: false }];
}

function priorityOf({ priorityClassName }: PullPodOptions): { priorityClassName?: string } {
  return priorityClassName === undefined ? {} : { priorityClassName };
}

function leaseAnnotations(offer: Offer): Record<string, string> {
  return {
    [annotations.schema]: annotationSchema,
    [annotations.lease]: offer.leaseId,
    [annotations.epoch]: String(offer.epoch),
    [annotations.pair]: offer.pair,
    [annotations.limits]: offer.limits.join(','),
    [annotations.notAfter]: formatTimestamp(offer.notAfterMs),
    [annotations.pullTimeout]: formatDuration(offer.pullTimeoutMs),
  };
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}
