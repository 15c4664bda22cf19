// Secrets are planted in everything that comes in (metadata, Hello, messages, words of kubelets and API servers,
// settings) and looked for in everything that goes out: logs, refusals, answers, metrics, statuses, pages.

import { Metadata } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { readConfig as readAgentConfig } from '../../agent/config.ts';
import { readConfig } from '../../coordinator/config.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { ConfigError } from '../../shared/env.ts';
import { type KubeClient, KubeError, type KubeRequest } from '../../shared/kube-client.ts';
import { accounts, audiences } from '../../shared/names.ts';
import type { Offer } from '../../shared/protocol.ts';
import { buildPullPod } from '../../shared/pull-pod.ts';
import { toStatusError } from '../../shared/rpc.ts';
import { type FakeAgent, waitUntil } from '../coordinator/stand.ts';
import { createImage, startTokenStand, type TokenStand } from './token-stand.ts';

/** Is in every secret that is planted here. */
const canary = 'CaNaRy0123456789cAnArY';

/** A secret in every shape in which one may come along in a text. */
const planted = [
  `eyJhbGciOiJSUzI1NiJ9.${canary}.${canary}`,
  `Bearer ${canary}`,
  `-----BEGIN PRIVATE KEY-----\nMII${canary}\n-----END PRIVATE KEY-----`,
  `{"auths":{"registry.example":{"username":"u","password":"${canary}","auth":"${canary}=="}}}`,
  `Get "https://user:${canary}@registry.example/v2/": unauthorized`,
  `Get "https://s3.example/blob?X-Amz-Signature=${canary}&X-Amz-Credential=${canary}": EOF`,
].join(' ');

class Outputs {
  readonly #texts: string[] = [];

  add(output: unknown): void {
    const text = output instanceof Error ? `${output.message} ${output.stack}` : output;
    this.#texts.push(typeof text === 'string' ? text : JSON.stringify(text));
  }

  expectClean(...more: readonly string[]): void {
    expect(this.#texts.length).toBeGreaterThan(0);
    for (const secret of [canary, ...more])
      for (const text of this.#texts) expect(text).not.toContain(secret);
  }
}

/** Everything that the coordinator says of itself to anybody. */
async function collect(stand: TokenStand, outputs: Outputs): Promise<void> {
  const token = await stand.tokenOf(accounts.operator, { audiences: [audiences.inspector] });
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const { inspector } = stand;
  const ask = (call: (callback: (error: unknown, answer?: unknown) => void) => void) =>
    new Promise<void>((resolve) =>
      call((error, answer) => {
        outputs.add(answer ?? toStatusError(error));
        resolve();
      }),
    );
  await ask((done) => inspector.listLeases({ includeEnded: true }, metadata, done));
  await ask((done) => inspector.listNodes({}, metadata, done));
  await ask((done) => inspector.listImages({}, metadata, done));
  await ask((done) => inspector.listLeases({ image: planted }, metadata, done));
  await ask((done) => inspector.listLeases({ pageToken: planted }, metadata, done));
  await ask((done) => inspector.getLease({ leaseId: planted }, metadata, done));
  await ask((done) => inspector.explain({ image: planted, nodeName: planted }, metadata, done));
  await ask((done) =>
    inspector.pause({ scope: 'PAUSE_SCOPE_ALL', why: planted.slice(0, 200) }, metadata, done),
  );
  for (const page of ['metrics', 'healthz', 'readyz'])
    outputs.add(await (await fetch(`http://127.0.0.1:${stand.httpPort}/${page}`)).text());
  for (const { status } of stand.cluster.store.list('cachedimages')) outputs.add(status ?? {});
  outputs.add(stand.lines);
}

async function openSession(stand: TokenStand): Promise<FakeAgent> {
  const { token } = await stand.agentOn('node-01');
  const agent = stand.dial(`Bearer ${token}`);
  await agent.open({
    ...stand.hello('node-01'),
    kubeletVersion: `v1 eyJhbGciOiJ9.${canary}.x`,
    containerRuntimeVersion: `containerd://user:${canary}@2`,
  });
  agent.send({ kind: 'inventoryChunk', sequence: 0, last: true, entries: [] });
  agent.send({ kind: 'heartbeat', sequence: 1 });
  return agent;
}

describe('secrets', () => {
  test('in metadata and Hello are nowhere', async () => {
    const stand = await startTokenStand();
    const outputs = new Outputs();
    const victim = await stand.agentOn('node-01');
    const [header, payload] = victim.token.split('.');
    for (const authorization of [
      `Bearer ${canary}`,
      `Basic ${canary}`,
      canary,
      `Bearer eyJhbGciOiJSUzI1NiJ9.${canary}.${canary}`,
      `Bearer ${header}.${payload}.${canary}`,
      `Bearer ${victim.token}${canary}`,
    ]) {
      const agent = stand.dial(authorization);
      agent.send(stand.hello('node-01'));
      outputs.add(await agent.ended);
    }
    const fields = ['nodeName', 'nodeUid', 'agentInstance', 'kubeletVersion', 'inventoryHash'];
    for (const field of fields) {
      const agent = stand.dial(`Bearer ${victim.token}`);
      agent.send({ ...stand.hello('node-01'), [field]: planted });
      outputs.add(await agent.ended);
    }
    const agent = stand.dial(`Bearer ${victim.token}`);
    await agent.open(stand.hello('node-01'));
    agent.send({ kind: 'heartbeat', sequence: 1 }, planted);
    outputs.add(await agent.ended);
    await collect(stand, outputs);
    outputs.expectClean(victim.token, String(payload), victim.token.slice(-20));
  });

  test('in what an agent reports are nowhere', async () => {
    const stand = await startTokenStand({ nodes: 1 });
    const outputs = new Outputs();
    const agent = await openSession(stand);
    await createImage(stand);
    const offer = await waitUntil(() =>
      agent.received.find((message): message is Offer => message.kind === 'offer'),
    );
    agent.send({
      kind: 'leaseUpdate',
      leaseId: offer.leaseId,
      podUid: undefined,
      state: 'declined',
      outcome: 'Failed',
      reason: 'AdmissionDenied',
      message: planted.slice(0, 1_024),
      digest: undefined,
      admittedImage: undefined,
      unseen: false,
    });
    await waitUntil(() =>
      [...stand.coordinator.leases()].some(({ message }) => message.includes('[redacted]')),
    );
    const unknown = { kind: 'heartbeat', sequence: 2, token: planted } as const;
    agent.send(unknown);
    outputs.add(await agent.ended);
    await collect(stand, outputs);
    outputs.expectClean();
  });

  test('in the words of a kubelet are nowhere', async () => {
    const stand = await startTokenStand({ nodes: 1 });
    const outputs = new Outputs();
    const agent = await openSession(stand);
    await createImage(stand);
    const offer = await waitUntil(() =>
      agent.received.find((message): message is Offer => message.kind === 'offer'),
    );
    const at = { namespace: stand.cluster.pullNamespace, name: offer.podName };
    const { store } = stand.cluster;
    // So that nobody overwrites the pod's status.
    stand.cluster.disconnect('node-01');
    const { nodeUid: uid } = stand.hello('node-01');
    store.create('pods', buildPullPod(offer, { name: 'node-01', uid }, at));
    store.modify(
      'pods',
      at,
      (pod) => ({
        ...pod,
        status: { phase: 'Failed', reason: 'OutOfcpu', message: planted },
      }),
      { subresource: 'status' },
    );
    await waitUntil(() =>
      [...stand.coordinator.leases()].some(({ message }) => message.includes('[redacted]')),
    );
    await collect(stand, outputs);
    outputs.expectClean();
  });

  test('in the words of an API server are nowhere', async () => {
    const failing = { isOn: false };
    const wrapKube = (kube: KubeClient): KubeClient => ({
      request: <T>(request: KubeRequest): Promise<T> =>
        failing.isOn && request.method !== 'GET'
          ? Promise.reject(
              new KubeError(`${request.method} ${request.path}: ${planted}`, 500, {
                message: planted,
              }),
            )
          : kube.request<T>(request),
      watch: (path, query, signal) => kube.watch(path, query, signal),
    });
    const stand = await startTokenStand({ nodes: 1, wrapKube });
    const outputs = new Outputs();
    const { token, newToken } = await stand.agentOn('node-01');
    failing.isOn = true;
    const agent = stand.dial(`Bearer ${token}`);
    agent.send(stand.hello('node-01'));
    outputs.add(await agent.ended);
    await createImage(stand);
    await waitUntil(() => stand.lines.some(({ msg }) => msg === 'review not answered'));
    failing.isOn = false;
    const other = stand.dial(`Bearer ${await newToken()}`);
    await other.open(stand.hello('node-01'));
    await collect(stand, outputs);
    outputs.expectClean(token);
  });

  test.for<[what: string, read: () => unknown]>([
    [
      'the coordinator',
      () =>
        readConfig({
          FOREHOLD_KUBE_URL: `ftp://user:${canary}@10.0.0.1`,
          FOREHOLD_LOG_LEVEL: planted,
          FOREHOLD_HTTP_ADDRESS: planted,
          FOREHOLD_PULL_NAMESPACE: planted,
          FOREHOLD_AUTHENTICATION: planted,
          FOREHOLD_LIMITS_FILE: `/x?token=${canary}`,
        }),
    ],
    [
      'the agent',
      () =>
        readAgentConfig(
          {
            FOREHOLD_KUBE_URL: `ftp://user:${canary}@10.0.0.1`,
            FOREHOLD_SESSION_TOKEN_FILE: `Bearer ${canary}`,
            FOREHOLD_NODE_STATUS_MAX_IMAGES: planted,
            FOREHOLD_LOG_LEVEL: planted,
          },
          openSystemClock(),
        ),
    ],
  ])('in settings of %s are not in its complaints', ([, read]) => {
    const outputs = new Outputs();
    try {
      read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) outputs.add(problem);
    }
    outputs.expectClean();
  });
});
