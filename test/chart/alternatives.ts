// For each value another one than the default, and what it changes: an object, and words of it as YAML. A value that has
// no entry here fails a test, so that none is without effect.

import type { Values } from './helm.ts';

export interface Alternative {
  readonly value: unknown;
  /** Values that it needs to have an effect. */
  readonly beside?: Values;
  /** As `nameObject` writes it. */
  readonly object: string;
  /** Words of that object, which it does not have with `beside` alone. */
  readonly words: string;
}

const coordinator = 'Deployment forehold/forehold-coordinator';
const agent = 'DaemonSet forehold-pulls/forehold-agent';
const namespace = 'Namespace forehold-pulls';
const quota = 'ResourceQuota forehold-pulls/forehold';
const uninstall = 'Job forehold/forehold-uninstall';
const certificate = 'Certificate forehold/forehold-serving-certificate';
const coordinatorPolicy = 'NetworkPolicy forehold/forehold-coordinator';
const limits = 'ConfigMap forehold/forehold-limits';

const certManager = { tls: { mode: 'certManager' } };
const network = { networkPolicies: { enabled: true } };
const serviceMonitor = { metrics: { serviceMonitor: { enabled: true } } };
const podMonitor = { metrics: { podMonitor: { enabled: true } } };
const peers = [{ namespaceSelector: { matchLabels: { team: 'monitoring' } } }];
const tolerations = [{ key: 'dedicated', operator: 'Exists' }];
const affinity = { nodeAffinity: { marker: {} } };
const resources = { requests: { cpu: '123m' } };
const relabelings = [{ targetLabel: 'cluster', replacement: 'a' }];
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const env = [{ name: 'TZ', value: 'Europe/Prague' }];

function change(object: string, value: unknown, words: string, beside?: Values): Alternative {
  return { object, value, words, ...(beside && { beside }) };
}

export const alternatives: Readonly<Record<string, Alternative>> = {
  'global.imageRegistry': change(agent, 'mirror.example:5000', 'image: mirror.example:5000/fore'),
  'global.imagePullSecrets': change(coordinator, [{ name: 'mirror' }], 'name: mirror'),
  'image.registry': change(uninstall, 'mirror.example', 'image: mirror.example/forehold/'),
  'image.repository': change(agent, 'own/forehold', 'image: docker.io/own/forehold:'),
  'image.tag': change(agent, 'v9', 'image: docker.io/forehold/forehold:v9'),
  'image.digest': change(agent, digest, `image: docker.io/forehold/forehold@${digest}`),
  'image.pullPolicy': change(agent, 'Always', 'imagePullPolicy: Always'),
  commonLabels: change(quota, { team: 'a' }, 'team: a'),
  commonAnnotations: change(quota, { owner: 'a' }, 'owner: a'),
  logLevel: change(agent, 'debug', 'value: debug'),
  listenAddress: change(coordinator, '::', 'value: "[::]:7443"'),
  'coordinator.replicas': change(coordinator, 3, 'replicas: 3'),
  'coordinator.podDisruptionBudget.enabled': change(
    '!PodDisruptionBudget forehold/forehold-coordinator',
    false,
    '',
  ),
  'coordinator.podDisruptionBudget.maxUnavailable': change(
    'PodDisruptionBudget forehold/forehold-coordinator',
    '50%',
    'maxUnavailable: 50%',
  ),
  'coordinator.resources': change(coordinator, resources, 'cpu: 123m'),
  'coordinator.priorityClassName': change(
    coordinator,
    'system-cluster-critical',
    'priorityClassName: system-cluster-critical',
  ),
  'coordinator.nodeSelector': change(coordinator, { pool: 'system' }, 'pool: system'),
  'coordinator.tolerations': change(coordinator, tolerations, 'key: dedicated'),
  'coordinator.affinity': change(coordinator, affinity, 'marker: {}'),
  'coordinator.topologySpreadConstraints': change(
    coordinator,
    [{ maxSkew: 7, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule' }],
    'topologyKey: rack',
  ),
  'coordinator.podAnnotations': change(coordinator, { seen: 'yes-a' }, 'seen: yes-a'),
  'coordinator.podLabels': change(coordinator, { pod: 'a' }, 'pod: a'),
  'coordinator.extraEnv': change(coordinator, env, 'value: Europe/Prague'),
  'coordinator.terminationGracePeriodSeconds': change(
    coordinator,
    33,
    'terminationGracePeriodSeconds: 33',
  ),
  'coordinator.revisionHistoryLimit': change(coordinator, 3, 'revisionHistoryLimit: 3'),
  'agent.resources': change(agent, resources, 'cpu: 123m'),
  'agent.priorityClassName': change(
    agent,
    'system-node-critical',
    'priorityClassName: system-node-critical',
  ),
  'agent.nodeSelector': change(agent, { pool: 'a' }, 'pool: a'),
  'agent.tolerations': change(agent, tolerations, 'key: dedicated'),
  'agent.affinity': change(agent, affinity, 'marker: {}'),
  'agent.maxUnavailable': change(agent, 7, 'maxUnavailable: 7'),
  'agent.tokenExpirationSeconds': change(agent, 900, 'expirationSeconds: 900'),
  'agent.nodeStatusMaxImages': change(agent, -1, 'value: "-1"'),
  'agent.podAnnotations': change(agent, { seen: 'yes-a' }, 'seen: yes-a'),
  'agent.podLabels': change(agent, { pod: 'a' }, 'pod: a'),
  'agent.extraEnv': change(agent, env, 'value: Europe/Prague'),
  'agent.terminationGracePeriodSeconds': change(agent, 33, 'terminationGracePeriodSeconds: 33'),
  'agent.revisionHistoryLimit': change(agent, 3, 'revisionHistoryLimit: 3'),
  'pulls.namespace': change('Namespace images', 'images', 'name: images'),
  'pulls.createNamespace': change(`!${namespace}`, false, ''),
  'pulls.namespaceLabels': change(namespace, { cost: 'a' }, 'cost: a'),
  'pulls.namespaceAnnotations': change(namespace, { cost: 'a' }, 'cost: a'),
  'pulls.quota.enabled': change(`!${quota}`, false, ''),
  'pulls.quota.pods': change(quota, 300, 'count/pods: "300"'),
  'pulls.quota.hard': change(quota, { 'count/secrets': '7' }, 'count/secrets: "7"'),
  'pulls.priorityClass.create': change('!PriorityClass forehold-pull', false, ''),
  'pulls.priorityClass.name': change(agent, 'lowest', 'value: lowest'),
  'pulls.priorityClass.value': change('PriorityClass forehold-pull', -1_000_000, 'value: -1000000'),
  'pulls.secrets': change(
    'Secret forehold-pulls/team',
    [{ name: 'team', registry: 'r.example', username: 'u', password: 'p' }],
    'type: kubernetes.io/dockerconfigjson',
  ),
  'tls.mode': change(coordinator, 'certManager', 'secretName: forehold-serving-certificate'),
  'tls.secretName': change(coordinator, 'own', 'secretName: own', { tls: { mode: 'secret' } }),
  'tls.clusterDomain': change(coordinator, 'k8s.example', 'forehold.svc.k8s.example'),
  'tls.extraNames': change(coordinator, ['forehold.example'], ',forehold.example'),
  'tls.certManager.issuerRef': change(
    certificate,
    { kind: 'ClusterIssuer', name: 'corporate' },
    'name: corporate',
    certManager,
  ),
  'tls.certManager.duration': change(certificate, '100h', 'duration: 100h', certManager),
  'tls.certManager.renewBefore': change(certificate, '10h', 'renewBefore: 10h', certManager),
  limits: change(limits, [{ name: 'cluster', per: 'cluster', slots: 50 }], 'slots: 50'),
  cachedImages: change(
    'CachedImage web',
    [{ name: 'web', spec: { image: 'registry.example/web', tag: '1' } }],
    'image: registry.example/web',
  ),
  pullPolicies: change(
    'PullPolicy gentle',
    [{ name: 'gentle', spec: { maxConcurrentNodes: 1 } }],
    'maxConcurrentNodes: 1',
  ),
  'rbac.pendingPods': change('ClusterRole forehold-coordinator', true, '- pods'),
  'rbac.events': change('Role forehold-pulls/forehold-coordinator', true, '- events'),
  'admissionPolicies.enabled': change('!ValidatingAdmissionPolicy forehold-agents', false, ''),
  'admissionPolicies.registries.allowed': change(
    'ConfigMap forehold/forehold-registries',
    ['docker.io/library'],
    'docker.io/library',
  ),
  'admissionPolicies.registries.configMap': change(
    'ValidatingAdmissionPolicyBinding forehold-registries',
    'own-list',
    'name: own-list',
  ),
  'networkPolicies.enabled': change(coordinatorPolicy, true, 'kind: NetworkPolicy'),
  'networkPolicies.apiServerCidrs': change(
    coordinatorPolicy,
    ['10.0.0.1/32'],
    'cidr: 10.0.0.1/32',
    network,
  ),
  'networkPolicies.apiPorts': change(coordinatorPolicy, [8443], 'port: 8443', network),
  'networkPolicies.dnsPorts': change(coordinatorPolicy, [5353], 'port: 5353', network),
  'networkPolicies.metricsFrom': change(coordinatorPolicy, peers, 'team: monitoring', network),
  'networkPolicies.inspectorFrom': change(coordinatorPolicy, peers, 'team: monitoring', network),
  'metrics.serviceMonitor.enabled': change(
    'ServiceMonitor forehold/forehold-coordinator',
    true,
    'port: metrics',
  ),
  'metrics.serviceMonitor.interval': change(
    'ServiceMonitor forehold/forehold-coordinator',
    '5m',
    'interval: 5m',
    serviceMonitor,
  ),
  'metrics.serviceMonitor.labels': change(
    'ServiceMonitor forehold/forehold-coordinator',
    { release: 'prometheus' },
    'release: prometheus',
    serviceMonitor,
  ),
  'metrics.serviceMonitor.relabelings': change(
    'ServiceMonitor forehold/forehold-coordinator',
    relabelings,
    'relabelings:',
    serviceMonitor,
  ),
  'metrics.serviceMonitor.metricRelabelings': change(
    'ServiceMonitor forehold/forehold-coordinator',
    relabelings,
    'metricRelabelings:',
    serviceMonitor,
  ),
  'metrics.podMonitor.enabled': change('PodMonitor forehold-pulls/forehold-agent', true, 'http'),
  'metrics.podMonitor.interval': change(
    'PodMonitor forehold-pulls/forehold-agent',
    '5m',
    'interval: 5m',
    podMonitor,
  ),
  'metrics.podMonitor.labels': change(
    'PodMonitor forehold-pulls/forehold-agent',
    { release: 'prometheus' },
    'release: prometheus',
    podMonitor,
  ),
  'metrics.podMonitor.relabelings': change(
    'PodMonitor forehold-pulls/forehold-agent',
    relabelings,
    'relabelings:',
    podMonitor,
  ),
  'metrics.podMonitor.metricRelabelings': change(
    'PodMonitor forehold-pulls/forehold-agent',
    relabelings,
    'metricRelabelings:',
    podMonitor,
  ),
  'uninstallHook.enabled': change(`!${uninstall}`, false, ''),
  'uninstallHook.resources': change(uninstall, resources, 'cpu: 123m'),
};
