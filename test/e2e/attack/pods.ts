// Pods that a stolen agent token tries to create: the one that it may, and every way to make more of it. Each is the
// permitted pod with one thing changed.

import { annotations, defaultPullNamespace, labels } from '../../../shared/names.ts';
import { formatPair, formatPodName } from '../../../shared/pair.ts';
import type { Offer } from '../../../shared/protocol.ts';
import { buildPullPod } from '../../../shared/pull-pod.ts';
import type { Loot } from './loot.ts';

/** Who refuses: the admission policies, or Pod Security and RBAC, which no value of the chart turns off. */
export type Refuser = 'policy' | 'fence' | 'podSecurity' | 'rights';

export interface PodAttempt {
  readonly name: string;
  readonly refuser: Refuser;
  readonly words: RegExp;
  /** Changes the permitted pod. */
  readonly change: (pod: MadePod, loot: Loot) => void;
  /** Where it is created, if not in the pull namespace. */
  readonly namespace?: string;
}

/** A pod of any shape: what no client of ours would send. */
export interface MadePod {
  metadata: Record<string, unknown> & {
    name?: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
  spec: Record<string, unknown> & { containers: Record<string, unknown>[] };
}

const offerLifeMs = 15_000;

/** A pull pod as an agent makes it, for a pair of its own. */
export function buildPermittedPod(loot: Loot, image: string): MadePod {
  const pair = { nodeUid: loot.node.uid, image, pullSecrets: [] };
  const offer: Offer = {
    kind: 'offer',
    leaseId: '1-999999',
    epoch: 1,
    heartbeatSequence: 1,
    notAfterMs: Date.now() + offerLifeMs,
    pair: formatPair(pair),
    podName: formatPodName(pair),
    image,
    imagePullPolicy: 'IfNotPresent',
    pullSecrets: [],
    tolerations: [],
    limits: ['cluster'],
    pullTimeoutMs: 60_000,
  };
  const options = { namespace: defaultPullNamespace, priorityClassName: 'forehold-pull' };
  const pod: MadePod = JSON.parse(JSON.stringify(buildPullPod(offer, loot.node, options)));
  return pod;
}

function first(pod: MadePod): Record<string, unknown> {
  return pod.spec.containers[0] ?? {};
}

function addVolume(pod: MadePod, volume: Readonly<Record<string, unknown>>): void {
  pod.spec['volumes'] = [{ name: 'loot', ...volume }];
  first(pod)['volumeMounts'] = [{ name: 'loot', mountPath: '/loot' }];
}

function secure(pod: MadePod, settings: Readonly<Record<string, unknown>>): void {
  const container = first(pod);
  container['securityContext'] = { ...Object(container['securityContext']), ...settings };
}

const restricted = /violates PodSecurity "restricted/;

function byPolicy(name: string, words: RegExp, change: PodAttempt['change']): PodAttempt {
  return { name, refuser: 'policy', words, change };
}

function byPodSecurity(name: string, change: PodAttempt['change']): PodAttempt {
  return { name, refuser: 'podSecurity', words: restricted, change };
}

export const podAttempts: readonly PodAttempt[] = [
  byPolicy('a pod on another node', /only act on pods of its own node/, (pod, { otherNode }) => {
    pod.spec['nodeName'] = otherNode.name;
  }),
  byPolicy('a pod for the scheduler to place', /only act on pods of its own node/, (pod) => {
    delete pod.spec['nodeName'];
  }),
  {
    name: 'a pod in another namespace',
    refuser: 'rights',
    words: /cannot create resource "pods".* in the namespace "default"/,
    namespace: 'default',
    change: (pod) => {
      pod.metadata['namespace'] = 'default';
    },
  },
  {
    name: 'a pod beside the coordinator and its keys',
    refuser: 'rights',
    words: /cannot create resource "pods".* in the namespace "forehold"/,
    namespace: 'forehold',
    change: (pod) => {
      pod.metadata['namespace'] = 'forehold';
    },
  },
  byPodSecurity('a privileged container', (pod) =>
    secure(pod, { privileged: true, allowPrivilegeEscalation: true }),
  ),
  byPodSecurity('privilege escalation', (pod) => secure(pod, { allowPrivilegeEscalation: true })),
  byPodSecurity('a capability', (pod) => secure(pod, { capabilities: { add: ['SYS_ADMIN'] } })),
  byPodSecurity('root', (pod) => secure(pod, { runAsUser: 0, runAsNonRoot: false })),
  byPodSecurity('no seccomp', (pod) => secure(pod, { seccompProfile: { type: 'Unconfined' } })),
  byPodSecurity('an unmasked /proc', (pod) => {
    pod.spec['hostUsers'] = false;
    secure(pod, { procMount: 'Unmasked' });
  }),
  byPodSecurity('a path of the host', (pod) => addVolume(pod, { hostPath: { path: '/' } })),
  byPodSecurity("the host's network", (pod) => {
    pod.spec['hostNetwork'] = true;
  }),
  byPodSecurity("the host's processes", (pod) => {
    pod.spec['hostPID'] = true;
  }),
  byPodSecurity('a port of the host', (pod) => {
    first(pod)['ports'] = [{ containerPort: 8080, hostPort: 8080 }];
  }),
  byPolicy('a Secret as a volume', /no volumes but images/, (pod) =>
    addVolume(pod, { secret: { secretName: 'loot' } }),
  ),
  byPolicy('a ConfigMap as a volume', /no volumes but images/, (pod) =>
    addVolume(pod, { configMap: { name: 'forehold-ca' } }),
  ),
  byPolicy('a projected token of its own choice', /no volumes but images/, (pod) =>
    addVolume(pod, {
      projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault' } }] },
    }),
  ),
  byPolicy('an empty volume', /no volumes but images/, (pod) => addVolume(pod, { emptyDir: {} })),
  byPolicy('a Secret in the environment', /must not come from a Secret/, (pod) => {
    const secretKeyRef = { name: 'loot', key: 'password' };
    first(pod)['env'] = [{ name: 'LOOT', valueFrom: { secretKeyRef } }];
  }),
  byPolicy('a whole Secret in the environment', /must not come from a Secret/, (pod) => {
    first(pod)['envFrom'] = [{ secretRef: { name: 'loot' } }];
  }),
  byPolicy("the agents' own account", /must run as the service account/, (pod) => {
    pod.spec['serviceAccountName'] = 'forehold-agent';
  }),
  byPolicy('a mounted token', /automountServiceAccountToken false/, (pod) => {
    pod.spec['automountServiceAccountToken'] = true;
  }),
  byPolicy('another command', /run "true" without arguments/, (pod) => {
    first(pod)['command'] = ['sh', '-c', 'sleep 1000000'];
  }),
  byPolicy("the image's own command", /run "true" without arguments/, (pod) => {
    delete first(pod)['command'];
  }),
  byPolicy('arguments', /run "true" without arguments/, (pod) => {
    first(pod)['args'] = ['--all'];
  }),
  byPolicy('a second container', /one container and nothing beside it/, (pod) => {
    pod.spec.containers.push({ ...first(pod), name: 'miner' });
  }),
  byPolicy('an init container', /one container and nothing beside it/, (pod) => {
    pod.spec['initContainers'] = [{ ...first(pod), name: 'miner', command: ['miner'] }];
  }),
  byPolicy('a sidecar that never ends', /one container and nothing beside it/, (pod) => {
    pod.spec['initContainers'] = [{ ...first(pod), name: 'miner', restartPolicy: 'Always' }];
  }),
  byPolicy('a hook at the start', /no probes, lifecycle hooks/, (pod) => {
    first(pod)['lifecycle'] = { postStart: { exec: { command: ['miner'] } } };
  }),
  byPolicy('a probe as a program', /no probes, lifecycle hooks/, (pod) => {
    first(pod)['startupProbe'] = { exec: { command: ['miner'] } };
  }),
  byPolicy('a critical priority', /priority/, (pod) => {
    pod.spec['priorityClassName'] = 'system-node-critical';
  }),
  byPolicy('no priority class', /priority/, (pod) => {
    delete pod.spec['priorityClassName'];
  }),
  byPolicy('a finalizer that nobody removes', /no finalizers/, (pod) => {
    pod.metadata['finalizers'] = ['attack.example/stay'];
  }),
  byPolicy('a pod that is restarted for ever', /restartPolicy Never/, (pod) => {
    pod.spec['restartPolicy'] = 'Always';
  }),
  byPolicy('a long goodbye', /terminationGracePeriodSeconds 1/, (pod) => {
    pod.spec['terminationGracePeriodSeconds'] = 86_400;
  }),
  byPolicy('much memory', /at most 256Mi of memory/, (pod) => {
    first(pod)['resources'] = { requests: { cpu: '1m' }, limits: { memory: '64Gi' } };
  }),
  byPolicy('much CPU', /100m of CPU/, (pod) => {
    first(pod)['resources'] = { requests: { cpu: '64' }, limits: { memory: '64Mi' } };
  }),
  byPolicy('no label of ours, unseen by the coordinator', /label app.kubernetes.io/, (pod) => {
    delete pod.metadata.labels[labels.managedBy];
  }),
  byPolicy('a name that is no hash, so one pair twice', /name must be pull-/, (pod) => {
    pod.metadata.name = 'pull-mine';
  }),
  byPolicy("the name of another node's pull pod", /name must be pull-/, (pod, loot) => {
    pod.metadata.name = pod.metadata.name?.replace(loot.node.uid, loot.otherNode.uid) ?? '';
  }),
  byPolicy('the pair of another node', /uid of the agent's own node/, (pod, { otherNode }) => {
    pod.metadata.annotations[annotations.pair] = `${otherNode.uid}|docker.io/library/x:1|`;
  }),
  byPolicy(
    'another owner, whose end is its own',
    /may be owned only by/,
    (pod, { otherAgentPod }) => {
      const { name, uid } = otherAgentPod.metadata;
      pod.metadata['ownerReferences'] = [{ apiVersion: 'v1', kind: 'Pod', name, uid }];
    },
  ),
  {
    name: 'a pull pod after its not-after',
    refuser: 'fence',
    words: /created after its forehold.dev\/not-after/,
    change: (pod) => {
      pod.metadata.annotations[annotations.notAfter] = new Date(Date.now() - 5_000).toISOString();
    },
  },
  {
    name: 'a pull pod without a not-after',
    refuser: 'fence',
    words: /needs the annotation forehold.dev\/not-after/,
    change: (pod) => {
      delete pod.metadata.annotations[annotations.notAfter];
    },
  },
];
