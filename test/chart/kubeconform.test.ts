import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram, runCommand } from '../e2e/harness/commands.ts';
import { renderText, type Values } from './helm.ts';
import { kubernetesVersions, writeSchemas } from './kubernetes-schemas.ts';

const missing = ['kubeconform', 'go'].filter((name) => findProgram(name) === undefined);
if (missing.length > 0)
  process.stdout.write(`kubeconform skipped: ${missing.join(' and ')} not on PATH\n`);

const peers = [{ namespaceSelector: { matchLabels: { team: 'monitoring' } } }];
/** Everything on, and every list and map filled. */
const everything: Values = {
  global: { imageRegistry: 'mirror.example:5000', imagePullSecrets: [{ name: 'mirror' }] },
  commonLabels: { team: 'a' },
  commonAnnotations: { owner: 'a' },
  coordinator: {
    nodeSelector: { pool: 'system' },
    tolerations: [{ key: 'dedicated', operator: 'Exists' }],
    priorityClassName: 'system-cluster-critical',
    podAnnotations: { seen: 'a' },
    extraEnv: [{ name: 'TZ', value: 'UTC' }],
  },
  agent: { maxUnavailable: 3, priorityClassName: 'system-node-critical' },
  pulls: {
    secrets: [{ name: 'team', registry: 'r.example', username: 'u', password: 'p' }],
    quota: { hard: { 'count/secrets': '7' } },
  },
  tls: { mode: 'certManager' },
  limits: [{ name: 'cluster', per: 'cluster', slots: 50 }],
  cachedImages: [{ name: 'web', spec: { image: 'registry.example/web', tag: '1' } }],
  pullPolicies: [{ name: 'gentle', spec: { maxConcurrentNodes: 1 } }],
  rbac: { pendingPods: true, events: true },
  admissionPolicies: { registries: { allowed: ['docker.io'] } },
  networkPolicies: { enabled: true, metricsFrom: peers, inspectorFrom: peers },
  metrics: { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } },
};
// Kinds of other projects: their schemas are not Kubernetes'.
const foreign = 'Issuer,Certificate,ServiceMonitor,PodMonitor';

describe.skipIf(missing.length > 0)('rendered objects', () => {
  describe.for(kubernetesVersions)('against Kubernetes %s', (version) => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'forehold-schemas-'));
      return writeSchemas(version, folder);
    }, 600_000);
    afterAll(() => rmSync(folder, { recursive: true }));

    const check = (text: string): Promise<string> =>
      runCommand(
        'kubeconform',
        [
          ...['-strict', '-output', 'json', '-summary', '-skip', foreign],
          ...['-schema-location', join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json'), '-'],
        ],
        { input: text },
      );

    test.for<[string, Values, string]>([
      ['defaults', {}, 'forehold'],
      ['everything on', everything, 'forehold'],
      ['own namespace and Secret', ownOnes(), 'forehold'],
      ['the kinds', {}, 'forehold-crds'],
    ])('%s', async ([, values, chart]) => {
      const text = await renderText(values, { chart, kubeVersion: version });
      const { resources = [], summary } = JSON.parse(await check(text));
      expect(resources).toEqual([]);
      expect(summary).toMatchObject({ invalid: 0, errors: 0 });
      expect(summary.valid).toBeGreaterThan(1);
    });

    test('a field that Kubernetes does not know is found', async () => {
      const text = await renderText({}, { kubeVersion: version });
      await expect(
        check(text.replace('enableServiceLinks', 'enableServiceLink')),
      ).rejects.toThrow();
    });
  });
});

function ownOnes(): Values {
  return {
    pulls: { createNamespace: false },
    tls: { mode: 'secret', secretName: 'own' },
    admissionPolicies: { registries: { configMap: 'own' } },
  };
}
