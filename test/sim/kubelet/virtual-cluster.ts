// An embedded cluster on a virtual clock, talked to through its store: the fixture of the kubelets' own tests.

import type { Pod } from '../../../shared/kube-types.ts';
import { EmbeddedCluster, type EmbeddedClusterOptions } from '../../../sim/embedded-cluster.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';

export interface PodChoices {
  readonly name: string;
  readonly image: string;
  readonly node?: string;
  readonly policy?: string;
  readonly command?: readonly string[];
  readonly tolerations?: Pod['spec']['tolerations'];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly moreContainers?: Pod['spec']['containers'];
}

export interface VirtualCluster {
  readonly clock: VirtualClock;
  readonly cluster: EmbeddedCluster;
  createPod(choices: PodChoices): Pod;
  /** As DELETE does; the pod's own grace is 1 s. */
  deletePod(name: string, graceSeconds?: number): void;
  /** Undefined when the object is gone. */
  findPod(name: string): Pod | undefined;
  /** `PHASE` of a pod, with the waiting or terminated reason of its first container. */
  describePod(name: string): string;
  /** Each change so far: seconds, name, description; a deletion says `gone`. */
  readonly log: readonly string[];
  /** Virtual time since the start. */
  nowMs(): number;
}

export function openVirtualCluster(options: Partial<EmbeddedClusterOptions> = {}): VirtualCluster {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ seed: 1, nodes: 2, ...options, clock });
  cluster.populate();
  const namespace = cluster.pullNamespace;
  const log: string[] = [];
  cluster.store.subscribe('pods', ({ type, object }) => {
    const what = type === 'DELETED' ? 'gone' : describe(object);
    log.push(`${(clock.now().monotonicMs / 1_000).toFixed(3)} ${object.metadata.name} ${what}`);
  });
  const findPod = (name: string): Pod | undefined =>
    cluster.store.find('pods', { namespace, name });
  return {
    clock,
    cluster,
    log,
    findPod,
    nowMs: () => clock.now().monotonicMs,
    createPod: (choices) => cluster.store.create('pods', buildPod(choices, namespace)),
    deletePod: (name, graceSeconds) => {
      cluster.store.remove('pods', { namespace, name }, { graceSeconds });
    },
    describePod: (name) => {
      const pod = findPod(name);
      return pod === undefined ? 'gone' : describe(pod);
    },
  };
}

function buildPod(choices: PodChoices, namespace: string): Pod {
  const { name, image, command, tolerations, securityContext, moreContainers = [] } = choices;
  return {
    metadata: { name, namespace },
    spec: {
      nodeName: choices.node ?? 'node-01',
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      ...(tolerations === undefined ? {} : { tolerations }),
      ...(securityContext === undefined ? {} : { securityContext }),
      containers: [
        {
          name: 'pull',
          image,
          imagePullPolicy: choices.policy ?? 'IfNotPresent',
          command: command ?? ['true'],
        },
        ...moreContainers,
      ],
    },
  };
}

function describe(pod: Pod): string {
  const state = pod.status?.containerStatuses?.[0]?.state;
  const reason = state?.waiting?.reason ?? state?.terminated?.reason ?? pod.status?.reason;
  const deleting = pod.metadata.deletionTimestamp === undefined ? '' : ' (Terminating)';
  return [pod.status?.phase, reason].filter(Boolean).join('/') + deleting;
}
