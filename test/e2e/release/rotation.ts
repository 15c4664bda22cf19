// Certificates and tokens change while images are pulled: no session ends for it, no lease is lost. What takes weeks is
// brought about by hand: a serving certificate taken out of the Secret, an authority that has been published long enough,
// a kubelet that starts anew and so asks for new tokens.

import { X509Certificate } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { x509Issuer } from '../../../coordinator/tls/issue.ts';
import { defaultPullNamespace, ports } from '../../../shared/names.ts';
import { sessionsEnded } from '../attack/attack.ts';
import { expectOnePodPerNode } from '../cases/pulls.ts';
import { markAuditLog, sumRequests } from '../harness/audit-log.ts';
import { restartNode } from '../harness/bed-nodes.ts';
import type { TestImage } from '../harness/images.ts';
import type { RunningPod } from '../harness/pod-part.ts';
import { releaseNamespace } from '../harness/release.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { skipBecause } from '../harness/skip.ts';
import { namesOf } from '../harness/stack.ts';
import { until } from '../harness/until.ts';

// Coordinators look once a minute, and the kubelet refreshes a volume within two.
const changeDeadlineMs = 150_000;
const readyDeadlineMs = 90_000;
const dayMs = 86_400_000;
const secretPath = `/api/v1/namespaces/${releaseNamespace}/secrets/forehold-tls`;
const caFile = '/etc/forehold/ca/ca.crt';

export function testRotation(stack: () => ReleaseStack): void {
  test('a new serving certificate is served without any session ending', async () => {
    const before = await lookAt(stack());
    await underLoad(stack(), 'serving', async () => {
      await patchSecret(stack(), { 'tls.crt': null, 'tls.key': null });
      await untilServed(stack(), (certificate) => certificate.serialNumber !== before.serial);
    });
    await expectSameSessions(stack(), before);
  });

  test('a new authority signs once agents know it, and both old and new sessions go on', async () => {
    const before = await lookAt(stack());
    const nowMs = Date.now();
    const next = await x509Issuer.issueAuthority({
      notBeforeMs: nowMs - dayMs,
      notAfterMs: nowMs + 700 * dayMs,
    });
    await underLoad(stack(), 'authority', async () => {
      await patchSecret(stack(), {
        'next-ca.crt': encode(next.certificate),
        'next-ca.key': encode(next.key),
      });
      for (const pod of await stack().release.findAgents())
        await until(`${pod.metadata.name} can read both authorities`, changeDeadlineMs, async () =>
          (await readInPod(stack(), pod, caFile)).includes(next.certificate.trim()),
        );
      // A day in which every agent could mount it.
      const publishedAt = new Date(nowMs - 2 * dayMs).toISOString();
      await patchSecret(stack(), { 'next-ca-published-at': encode(publishedAt) });
      const authority = new X509Certificate(next.certificate);
      await untilServed(stack(), (certificate) => certificate.checkIssued(authority));
    });
    await expectSameSessions(stack(), before);
    // Who dials from now on finds the new certificate.
    const [agent] = stack().programs.agents.values();
    await agent?.kill('comesBack');
    await until('a killed agent has a session again', readyDeadlineMs, () => agent?.checkReady());
  });

  test("a rotated token is presented, and the session outlives the old token's pod mount", async (context) => {
    const { environment, nodes, release } = stack();
    const { testbed } = environment;
    const audit = await markAuditLog(environment, releaseNamespace);
    if (testbed === undefined || audit === undefined)
      return skipBecause(context, 'the API server writes no audit log (test bed: AUDIT=1)');
    const [node] = namesOf(nodes);
    const [pod] = await release.findAgents(node);
    if (node === undefined || pod === undefined) throw new Error('there is no agent');
    const before = await lookAt(stack());
    const tokenFile = '/var/run/secrets/forehold.dev/session/token';
    const oldToken = await readInPod(stack(), pod, tokenFile);
    await restartNode(testbed, node);
    await until(
      'the token has changed',
      changeDeadlineMs,
      async () => (await readInPod(stack(), pod, tokenFile)) !== oldToken,
    );
    await until(
      'the coordinator had a token reviewed',
      readyDeadlineMs,
      async () => sumRequests(await audit.count(), 'coordinator create tokenreviews') > 0,
    );
    await expectSameSessions(stack(), before);
  });
}

interface Sight {
  readonly serial: string;
  readonly sessions: readonly number[];
}

async function lookAt(stack: ReleaseStack): Promise<Sight> {
  const sessions = namesOf(stack.nodes).map((name) => sessionsEnded(stack, name));
  const { serialNumber } = await readServed(stack);
  return { serial: serialNumber, sessions: await Promise.all(sessions) };
}

async function expectSameSessions(stack: ReleaseStack, before: Sight): Promise<void> {
  expect((await lookAt(stack)).sessions).toEqual(before.sessions);
}

/** Images one after the other while `act` runs; each is pulled once by every node. */
async function underLoad(
  stack: ReleaseStack,
  name: string,
  act: () => Promise<void>,
): Promise<void> {
  const { images } = stack;
  let isOver = false;
  const acting = act().finally(() => {
    isOver = true;
  });
  const pulled: TestImage[] = [];
  while (!isOver || pulled.length === 0) {
    const one = `${name}-${pulled.length}`;
    const image = await images.push(one, { layers: 1, layerBytes: 65_536 });
    await images.want({ [one]: { image: image.name } });
    await images.waitUntilReady(one, readyDeadlineMs);
    pulled.push(image);
  }
  await acting;
  for (const image of pulled) await expectOnePodPerNode(stack, image);
  await images.delete(...pulled.map((_, index) => `${name}-${index}`));
}

async function patchSecret(
  stack: ReleaseStack,
  data: Readonly<Record<string, string | null>>,
): Promise<void> {
  await stack.kube.client.request({
    method: 'PATCH',
    path: secretPath,
    body: { data },
    contentType: 'application/merge-patch+json',
  });
}

async function untilServed(
  stack: ReleaseStack,
  accept: (certificate: X509Certificate) => boolean,
): Promise<void> {
  await until('the new certificate is served', changeDeadlineMs, async () =>
    accept(await readServed(stack)),
  );
}

/** What the leader shows to whoever dials now. */
async function readServed({ release }: ReleaseStack): Promise<X509Certificate> {
  const [leader] = await release.findCoordinators();
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      host: leader?.status?.podIP ?? '',
      port: ports.grpc,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    });
    socket.on('error', reject);
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate === undefined) reject(new Error('the coordinator shows no certificate'));
      else resolve(certificate);
    });
  });
}

async function readInPod(stack: ReleaseStack, pod: RunningPod, path: string): Promise<string> {
  const print = `process.stdout.write(require('node:fs').readFileSync('${path}'))`;
  const exec = ['exec', '-n', defaultPullNamespace, pod.metadata.name, '--'];
  return stack.kube.kubectl([...exec, '/nodejs/bin/node', '-e', print]);
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
