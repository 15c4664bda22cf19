import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  accounts,
  audiences,
  coordinatorLeaseName,
  defaultPullNamespace,
  pausesConfigMapName,
} from '../../shared/names.ts';
import { chartPath, environmentOf, nameObject, pick, render } from './helm.ts';

const objects = await render();
const coordinator = pick(objects, 'Deployment forehold/forehold-coordinator');
const agent = pick(objects, `DaemonSet ${defaultPullNamespace}/${accounts.agent}`);
const uninstall = pick(objects, 'Job forehold/forehold-uninstall');
const template = 'spec.template.spec';
const first = `${template}.containers[0]`;

describe('a release without values', () => {
  test('is these objects', () => {
    expect(objects.map(nameObject).toSorted()).toMatchInlineSnapshot(`
      [
        "ClusterRole forehold-agent",
        "ClusterRole forehold-coordinator",
        "ClusterRole forehold-operator",
        "ClusterRole forehold-uninstall",
        "ClusterRole forehold-viewer",
        "ClusterRoleBinding forehold-agent",
        "ClusterRoleBinding forehold-coordinator",
        "ClusterRoleBinding forehold-operator",
        "ClusterRoleBinding forehold-uninstall",
        "ClusterRoleBinding forehold-viewer",
        "ConfigMap forehold-pulls/forehold-ca",
        "ConfigMap forehold/forehold-limits",
        "ConfigMap forehold/forehold-pauses",
        "DaemonSet forehold-pulls/forehold-agent",
        "Deployment forehold/forehold-coordinator",
        "Job forehold/forehold-uninstall",
        "Namespace forehold-pulls",
        "PodDisruptionBudget forehold/forehold-coordinator",
        "PriorityClass forehold-pull",
        "ResourceQuota forehold-pulls/forehold",
        "Role forehold-pulls/forehold-agent",
        "Role forehold-pulls/forehold-coordinator",
        "Role forehold/forehold-coordinator",
        "Role forehold/forehold-uninstall",
        "RoleBinding forehold-pulls/forehold-agent",
        "RoleBinding forehold-pulls/forehold-coordinator",
        "RoleBinding forehold/forehold-coordinator",
        "RoleBinding forehold/forehold-uninstall",
        "Secret forehold/forehold-tls",
        "Service forehold/forehold",
        "Service forehold/forehold-sessions",
        "ServiceAccount forehold-pulls/forehold-agent",
        "ServiceAccount forehold/forehold-coordinator",
        "ServiceAccount forehold/forehold-operator",
        "ServiceAccount forehold/forehold-uninstall",
        "ServiceAccount forehold/forehold-viewer",
        "ValidatingAdmissionPolicy forehold-agents",
        "ValidatingAdmissionPolicy forehold-not-after",
        "ValidatingAdmissionPolicyBinding forehold-agents",
        "ValidatingAdmissionPolicyBinding forehold-not-after",
      ]
    `);
  });

  test('names its objects as the programs spell them', () => {
    for (const name of [
      `ConfigMap forehold/${pausesConfigMapName}`,
      `ServiceAccount ${defaultPullNamespace}/${accounts.agent}`,
      `ServiceAccount forehold/${accounts.viewer}`,
      `ServiceAccount forehold/${accounts.operator}`,
    ])
      pick(objects, name);
    expect(JSON.stringify(pick(objects, 'Role forehold/forehold-coordinator'))).toContain(
      coordinatorLeaseName,
    );
    expect(JSON.stringify(agent)).toContain(`"audience":"${audiences.session}"`);
  });

  test('labels every object', () => {
    for (const { metadata } of objects)
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'forehold',
        'app.kubernetes.io/instance': 'forehold',
        'app.kubernetes.io/managed-by': 'Helm',
      });
  });

  test('gives the namespace of pulls Pod Security restricted and no mesh', () => {
    const { metadata } = pick(objects, `Namespace ${defaultPullNamespace}`);
    expect(metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'istio-injection': 'disabled',
      'kuma.io/sidecar-injection': 'disabled',
    });
    expect(metadata.annotations).toMatchObject({ 'linkerd.io/inject': 'disabled' });
  });

  test('bounds what can be made in the namespace of pulls', () => {
    const quota = pick(objects, `ResourceQuota ${defaultPullNamespace}/forehold`);
    expect(quota).toHaveProperty('spec.hard', {
      'count/pods': '15000',
      'count/daemonsets.apps': '1',
      ...Object.fromEntries(
        [
          'services',
          'persistentvolumeclaims',
          'replicationcontrollers',
          'deployments.apps',
          'replicasets.apps',
          'statefulsets.apps',
          'jobs.batch',
          'cronjobs.batch',
        ].map((resource) => [`count/${resource}`, '0']),
      ),
    });
  });

  test('makes objects without data where the coordinator owns the data', () => {
    for (const name of [
      'Secret forehold/forehold-tls',
      'ConfigMap forehold/forehold-pauses',
      `ConfigMap ${defaultPullNamespace}/forehold-ca`,
    ]) {
      const object = pick(objects, name);
      expect(object).not.toHaveProperty('data');
      expect(object).not.toHaveProperty('stringData');
      expect(object).not.toHaveProperty('immutable');
    }
  });

  test('has pull pods of a priority below all others that preempt nobody', () => {
    expect(pick(objects, 'PriorityClass forehold-pull')).toMatchObject({
      value: -10,
      globalDefault: false,
      preemptionPolicy: 'Never',
    });
  });

  test('runs two coordinators that a drain takes one by one', () => {
    expect(coordinator).toHaveProperty('spec.replicas', 2);
    expect(coordinator).toHaveProperty(`${first}.args`, [
      '--max-semi-space-size=8',
      '/app/coordinator.mjs',
    ]);
    expect(pick(objects, 'PodDisruptionBudget forehold/forehold-coordinator')).toMatchObject({
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    });
    expect(coordinator).toHaveProperty(`${template}.topologySpreadConstraints.length`, 2);
  });

  test('runs an agent on every node, a tenth replaced at a time', () => {
    expect(agent).toHaveProperty('spec.updateStrategy.rollingUpdate', {
      maxUnavailable: '10%',
      maxSurge: 0,
    });
    expect(agent).toHaveProperty(`${template}.tolerations`, [{ operator: 'Exists' }]);
    expect(agent).toHaveProperty(`${first}.args`, ['--max-semi-space-size=1', '/app/agent.mjs']);
  });

  test('speaks TLS and asks for tokens', () => {
    const env = environmentOf(coordinator);
    expect(env).toMatchObject({ FOREHOLD_TLS: 'managed', FOREHOLD_AUTHENTICATION: 'tokens' });
    expect(environmentOf(agent)).toMatchObject({
      FOREHOLD_COORDINATOR: 'forehold-sessions.forehold.svc:7443',
      FOREHOLD_CA_FILE: '/etc/forehold/ca/ca.crt',
    });
    expect(String(env['FOREHOLD_TLS_NAMES']).split(',')).toContain(
      'forehold-sessions.forehold.svc',
    );
  });

  test('offers agents only coordinators that are ready', () => {
    expect(pick(objects, 'Service forehold/forehold-sessions')).toMatchObject({
      spec: { clusterIP: 'None', publishNotReadyAddresses: false },
    });
  });

  test('holds agents to their nodes with policies that fail closed', () => {
    for (const name of ['forehold-agents', 'forehold-not-after']) {
      const policy = pick(objects, `ValidatingAdmissionPolicy ${name}`);
      expect(policy).toHaveProperty('spec.failurePolicy', 'Fail');
      const binding = pick(objects, `ValidatingAdmissionPolicyBinding ${name}`);
      expect(binding).toHaveProperty('spec.validationActions', ['Deny']);
    }
  });
});

describe('pods of the chart', () => {
  test.for([
    ['coordinator', coordinator],
    ['agent', agent],
    ['uninstall hook', uninstall],
  ] as const)('%s: restricted, and without what it does not need', ([, workload]) => {
    expect(workload).toHaveProperty(template);
    expect(workload).toMatchObject({
      spec: {
        template: {
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 65_532,
              runAsGroup: 65_532,
              seccompProfile: { type: 'RuntimeDefault' },
            },
          },
        },
      },
    });
    expect(workload).toHaveProperty(`${template}.containers.length`, 1);
    expect(workload).not.toHaveProperty(`${template}.initContainers`);
    expect(workload).toHaveProperty(`${first}.securityContext`, {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const host of ['hostNetwork', 'hostPID', 'hostIPC'])
      expect(workload).not.toHaveProperty(`${template}.${host}`);
    expect(JSON.stringify(workload)).not.toContain('hostPath');
    expect(workload).toHaveProperty(`${first}.resources.requests.memory`);
    expect(workload).toHaveProperty(`${first}.resources.limits.memory`);
    expect(workload).not.toHaveProperty(`${first}.resources.limits.cpu`);
  });

  test.for([
    ['coordinator', coordinator],
    ['agent', agent],
  ] as const)('%s: labelled by release, probed, and no pull pod', ([, workload]) => {
    const labels = ['spec', 'template', 'metadata', 'labels'];
    expect(workload).toHaveProperty([...labels, 'app.kubernetes.io/instance'], 'forehold');
    expect(workload).toHaveProperty(`${first}.livenessProbe.httpGet.path`, '/healthz');
    expect(workload).toHaveProperty(`${first}.readinessProbe.httpGet.path`, '/readyz');
    expect(workload).not.toHaveProperty([...labels, 'app.kubernetes.io/managed-by']);
  });

  test('all tokens are short-lived', () => {
    for (const workload of [coordinator, agent, uninstall]) {
      const lives = [...JSON.stringify(workload).matchAll(/"expirationSeconds":(\d+)/g)];
      expect(lives.length).toBeGreaterThan(0);
      for (const [, seconds] of lives) expect(Number(seconds)).toBeLessThanOrEqual(3_600);
    }
  });
});

describe('templates', () => {
  test('look nothing up and draw nothing at random, so that GitOps tools see no drift', () => {
    for (const chart of ['forehold', 'forehold-crds']) {
      const folder = join(chartPath(chart), 'templates');
      for (const file of readdirSync(folder)) {
        const text = readFileSync(join(folder, file), 'utf8');
        expect(text, file).not.toMatch(
          /\b(lookup|rand[A-Z]\w+|gen[A-Z]\w+|uuidv4|now|htpasswd|bcrypt|Capabilities|IsUpgrade|IsInstall|Revision)\b/,
        );
      }
    }
  });
});

describe('forehold-crds', () => {
  const folder = join(chartPath('forehold'), 'crds');
  const sources = readdirSync(folder).map((file) =>
    parse(readFileSync(join(folder, file), 'utf8')),
  );

  test('has the kinds of the chart forehold, kept at its end', async () => {
    const kinds = await render({}, { chart: 'forehold-crds' });
    expect(kinds).toHaveLength(sources.length);
    for (const source of sources) {
      const kind = pick(kinds, `CustomResourceDefinition ${source.metadata.name}`);
      expect(kind).toMatchObject(source);
      expect(kind).toHaveProperty('spec', source.spec);
      expect(kind.metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    }
  });

  test('takes labels and annotations, and need not keep them', async () => {
    const crds = { keep: false, labels: { team: 'a' }, annotations: { 'example.com/sync': 'b' } };
    for (const { metadata } of await render({ crds }, { chart: 'forehold-crds' })) {
      expect(metadata.labels).toMatchObject({ team: 'a' });
      expect(metadata.annotations).toMatchObject({ 'example.com/sync': 'b' });
      expect(metadata.annotations).not.toHaveProperty(['helm.sh/resource-policy']);
    }
  });
});
