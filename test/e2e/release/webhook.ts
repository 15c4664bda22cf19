// Another team's mutating webhook, which puts labels, annotations, tolerations and environment variables into every pod:
// harmless, common, and no reason for a pull to fail. A server of the suite's own, over TLS, as the API server demands.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Pod } from '../../../shared/kube-types.ts';
import { defaultPullNamespace, labels, managedBy } from '../../../shared/names.ts';
import { runCommand } from '../harness/commands.ts';
import { findFreePort } from '../harness/registry-front.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { until } from '../harness/until.ts';

const readyDeadlineMs = 90_000;
const name = 'forehold-e2e-webhook';

const toleration = { key: 'webhook.example/any', operator: 'Exists', effect: 'NoSchedule' };
const variable = { name: 'WEBHOOK', value: 'was here' };
const patch = [
  { op: 'add', path: '/metadata/labels/webhook.example~1label', value: 'yes' },
  { op: 'add', path: '/metadata/annotations/webhook.example~1annotation', value: 'yes' },
  { op: 'add', path: '/spec/tolerations/-', value: toleration },
  { op: 'add', path: '/spec/containers/0/env', value: [variable] },
];

export function testWebhook(stack: () => ReleaseStack): void {
  test('a mutating webhook that adds labels, tolerations and env does not stop pulls', async () => {
    const { images, kube, nodes, pods } = stack();
    const webhook = await startWebhook(stack());
    try {
      await kube.apply(describeWebhook(webhook));
      await until('the webhook is asked', 20_000, async () => {
        await kube.kubectl(['create', '--dry-run=server', '-f', '-'], barePod());
        return webhook.asked() > 0;
      });
      const image = await images.push('changed', { layers: 1, layerBytes: 65_536 });
      await images.want({ changed: { image: image.name } });
      await images.waitUntilReady('changed', readyDeadlineMs);
      const made = pods.of(image.reference);
      expect(made.length).toBe(nodes.length);
      for (const { last } of made) {
        expect(last.metadata.labels).toMatchObject({ 'webhook.example/label': 'yes' });
        expect(last.metadata.annotations).toMatchObject({ 'webhook.example/annotation': 'yes' });
        expect(last.spec.tolerations).toContainEqual(toleration);
        expect(last.spec.containers[0]).toMatchObject({ env: [variable] });
      }
      await images.delete('changed');
    } finally {
      await kube.kubectl(['delete', 'mutatingwebhookconfiguration', name, '--ignore-not-found']);
      webhook.stop();
    }
  });
}

interface Webhook {
  readonly url: string;
  /** PEM. */
  readonly authority: string;
  /** How often it was. */
  asked(): number;
  stop(): void;
}

async function startWebhook({ environment, folder }: ReleaseStack): Promise<Webhook> {
  const host = environment.testbed?.hostAddress ?? '';
  const [keyFile, certificateFile] = [join(folder, 'webhook.key'), join(folder, 'webhook.crt')];
  await runCommand('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', keyFile, '-out', certificateFile, '-days', '1', '-subj', '/CN=webhook'],
    ...['-addext', `subjectAltName=IP:${host}`],
  ]);
  const authority = await readFile(certificateFile, 'utf8');
  const key = await readFile(keyFile, 'utf8');
  let asked = 0;
  const server = createServer({ key, cert: authority }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked += 1;
      response.setHeader('content-type', 'application/json');
      response.end(answer(Buffer.concat(parts).toString()));
    });
  });
  const port = await findFreePort(host, [0]);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `https://${host}:${port}/mutate`, authority, asked: () => asked, stop };
}

function answer(text: string): string {
  const review: { request: { uid: string; object: Pod } } = JSON.parse(text);
  const { uid, object } = review.request;
  // Another pod may lack the lists that the patch adds to.
  const isPullPod = object.metadata.labels?.[labels.managedBy] === managedBy;
  const applicable = isPullPod ? patch : [];
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(applicable)).toString('base64'),
    },
  });
}

function describeWebhook({ url, authority }: Webhook) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'change.webhook.example',
        clientConfig: { url, caBundle: Buffer.from(authority).toString('base64') },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
        namespaceSelector: {
          matchLabels: { 'kubernetes.io/metadata.name': defaultPullNamespace },
        },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 10,
      },
    ],
  };
}

function barePod(): string {
  const security = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'probe', namespace: defaultPullNamespace },
    spec: {
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [{ name: 'probe', image: 'example.com/none:1', securityContext: security }],
    },
  });
}
