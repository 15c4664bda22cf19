// The whole coordinator, on the embedded cluster and over real gRPC, with agents that say what the test wants.

import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Coordinator, type CoordinatorOptions } from '../../coordinator/coordinator.ts';
import type { CachedImageObject } from '../../coordinator/core/events.ts';
import { cachedImagesPath } from '../../coordinator/kube/paths.ts';
import { openInspectorClient } from '../../shared/dial.ts';
import { type KubeClient, openKubeClient } from '../../shared/kube-client.ts';
import type { Node } from '../../shared/kube-types.ts';
import { UnsafeAddressError } from '../../shared/loopback.ts';
import type { Offer } from '../../shared/protocol.ts';
import { toStatusError } from '../../shared/rpc.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { FakeKube, refusal } from './fake-kube.ts';
import { clock, FakeAgent, helloOf, openTestLog, waitUntil } from './stand.ts';

const closers: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startCluster(nodes: number) {
  const cluster = new EmbeddedCluster({ clock, seed: 1, nodes });
  closers.push(() => cluster.stop());
  const { url } = await cluster.start();
  return { cluster, kube: openKubeClient({ url, userAgent: 'forehold-coordinator' }) };
}

function makeCoordinator(kube: KubeClient, change: Partial<CoordinatorOptions> = {}) {
  const { log, lines } = openTestLog();
  const coordinator = new Coordinator({
    kube,
    clock,
    random: Math.random,
    log,
    pullNamespace: 'forehold-pulls',
    leaseNamespace: 'forehold-system',
    grpc: { host: '127.0.0.1', port: 0 },
    http: { host: '127.0.0.1', port: 0 },
    limits: [],
    ...change,
  });
  return { coordinator, lines };
}

async function start(kube: KubeClient, change: Partial<CoordinatorOptions> = {}) {
  const { coordinator, lines } = makeCoordinator(kube, change);
  const controller = new AbortController();
  const running = coordinator.run(controller.signal);
  const stop = (): Promise<void> => {
    controller.abort(new Error('stopped'));
    return running;
  };
  closers.push(stop);
  const ports = await coordinator.listening;
  const dial = (): FakeAgent => {
    const agent = new FakeAgent(ports.grpcPort);
    closers.push(() => agent.close());
    return agent;
  };
  return { coordinator, lines, stop, ports, dial };
}

async function want(kube: KubeClient, name: string, image: string): Promise<void> {
  const body = {
    apiVersion: 'forehold.dev/v1alpha1',
    kind: 'CachedImage',
    metadata: { name },
    spec: { image },
  };
  await kube.request({ method: 'POST', path: cachedImagesPath, body });
}

async function nodeUid(kube: KubeClient, name: string): Promise<string> {
  const node = await kube.request<Node>({ method: 'GET', path: `/api/v1/nodes/${name}` });
  return node.metadata.uid ?? '';
}

/** An agent with an empty node that has sent its first heartbeat, and the offer that it got for it. */
async function connectNode(agent: FakeAgent, kube: KubeClient, name: string): Promise<Offer> {
  await agent.open(helloOf(name, await nodeUid(kube, name)));
  agent.send({ kind: 'inventoryChunk', sequence: 0, last: true, entries: [] });
  agent.send({ kind: 'heartbeat', sequence: 1 });
  return waitUntil(() => agent.received.find((message) => message.kind === 'offer'));
}

describe('Coordinator', () => {
  test('offers what a node lacks, and shows the lease', async () => {
    const { kube } = await startCluster(1);
    await want(kube, 'web', 'nginx');
    const { coordinator, dial, ports } = await start(kube);
    const offer = await connectNode(dial(), kube, 'node-01');
    expect(offer).toMatchObject({
      image: 'docker.io/library/nginx:latest',
      epoch: 1,
      heartbeatSequence: 1,
      limits: ['cluster', 'image', 'node'],
    });
    const client = openInspectorClient(`127.0.0.1:${ports.grpcPort}`);
    closers.push(() => client.close());
    const { leases } = await new Promise<{ leases: readonly { id: string; phase: string }[] }>(
      (resolve, reject) =>
        client.listLeases({}, (error, answer) =>
          answer === undefined ? reject(toStatusError(error)) : resolve(answer),
        ),
    );
    expect(leases).toMatchObject([{ id: offer.leaseId, phase: 'LEASE_PHASE_OFFERED' }]);
    expect([...coordinator.leases()].map(({ id }) => id)).toEqual([offer.leaseId]);
    expect([...coordinator.nodes()]).toMatchObject([{ name: 'node-01', connected: true }]);
    expect([...coordinator.images()]).toMatchObject([{ image: 'docker.io/library/nginx:latest' }]);
    expect([...coordinator.limits()].map(({ name }) => name)).toEqual(['cluster', 'image', 'node']);
  });

  test('a lease id that was never given ends the stream with NOT_FOUND, and the others go on', async () => {
    const { kube } = await startCluster(2);
    await want(kube, 'web', 'nginx');
    const { dial } = await start(kube);
    const bad = dial();
    await connectNode(bad, kube, 'node-01');
    bad.send({
      kind: 'leaseUpdate',
      leaseId: '1-999',
      podUid: undefined,
      state: 'declined',
      outcome: 'Failed',
      reason: 'AdmissionDenied',
      message: '',
      digest: undefined,
      admittedImage: undefined,
      unseen: false,
    });
    expect(await bad.ended).toMatchObject({
      code: 'NOT_FOUND',
      message: 'lease 1-999 was never given to node node-01',
    });
    await connectNode(dial(), kube, 'node-02');
  });

  test("a node's newest Hello supersedes its older stream", async () => {
    const { kube } = await startCluster(1);
    await want(kube, 'web', 'nginx');
    const { coordinator, dial } = await start(kube);
    const [older, newer] = [dial(), dial()];
    await connectNode(older, kube, 'node-01');
    await newer.open(helloOf('node-01', await nodeUid(kube, 'node-01')));
    expect(await older.ended).toMatchObject({ code: 'ABORTED' });
    newer.send({ kind: 'inventoryChunk', sequence: 0, last: true, entries: [] });
    newer.send({ kind: 'heartbeat', sequence: 1 });
    await waitUntil(() => [...coordinator.nodes()][0]?.connected);
  });

  test('writes the status of what it was asked for', async () => {
    const { kube } = await startCluster(1);
    const { coordinator, dial } = await start(kube);
    await want(kube, 'good', 'nginx');
    await connectNode(dial(), kube, 'node-01');
    await waitUntil(() => [...coordinator.images()].length === 1);
    const path = `${cachedImagesPath}/good`;
    const image = await waitForStatus(kube, path);
    expect(image.status).toMatchObject({ observedGeneration: 1, nodesTargeted: 1 });
    expect(image.status?.conditions?.map(({ type }) => type)).toEqual(['Ready', 'PullProgress']);
  });

  test('says what it is doing at /metrics, /readyz and in the health service', async () => {
    const { kube } = await startCluster(1);
    const { lines, ports } = await start(kube);
    await waitUntil(() => lines.some(({ msg }) => msg === 'all lists are in'));
    const base = `http://127.0.0.1:${ports.httpPort}`;
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toContain('forehold_nodes 1');
    expect(text).toContain('forehold_limit_slots{limit="cluster"} 20');
    expect(text).toMatch(/forehold_kube_requests_total\{verb="post",code="200"\} 2/);
  });

  test('while the coordination lease cannot be read it is alive, not ready, and refuses sessions', async () => {
    const kube = new FakeKube();
    kube.answer = () => {
      throw refusal(503);
    };
    const httpPort = await freePort();
    const grpcPort = await freePort();
    const { coordinator } = makeCoordinator(kube, {
      http: { host: '127.0.0.1', port: httpPort },
      grpc: { host: '127.0.0.1', port: grpcPort },
    });
    const controller = new AbortController();
    const running = coordinator.run(controller.signal);
    await waitUntil(() => kube.requests.length > 0);
    const ready = await fetch(`http://127.0.0.1:${httpPort}/readyz`);
    expect(await ready.text()).toBe('not ready: the coordination lease has not been read\n');
    const agent = new FakeAgent(grpcPort);
    expect(await agent.ended).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'this coordinator does not lead',
      trailers: { 'forehold-leader': 'unknown' },
    });
    agent.close();
    expect([...coordinator.leases()]).toEqual([]);
    controller.abort(new Error('stopped'));
    await running;
  });

  test('a plain-text listener on anything but loopback is refused in one sentence', async () => {
    const { coordinator } = makeCoordinator(new FakeKube(), {
      grpc: { host: '0.0.0.0', port: 0 },
    });
    const running = coordinator.run(new AbortController().signal);
    await expect(running).rejects.toThrow(UnsafeAddressError);
    await expect(coordinator.listening).rejects.toThrow('cannot listen in plain text on 0.0.0.0');
  });

  test('a port in use fails the start, and nothing stays behind', async () => {
    const { kube } = await startCluster(0);
    const { ports } = await start(kube);
    const grpcPort = await freePort();
    const { coordinator } = makeCoordinator(kube, {
      grpc: { host: '127.0.0.1', port: grpcPort },
      http: { host: '127.0.0.1', port: ports.httpPort },
    });
    const running = coordinator.run(new AbortController().signal);
    await expect(running).rejects.toThrow(`cannot listen on 127.0.0.1:${ports.httpPort}`);
    expect(await canConnect(grpcPort)).toBe(false);
  });

  test('a fault ends all of it, with the error', async () => {
    const kube = new FakeKube();
    kube.answer = ({ path }) => {
      if (path.endsWith('/forehold-coordinator')) return { metadata: { name: 'x' } };
      return { metadata: { resourceVersion: '1' }, items: path.endsWith('/nodes') ? [null] : [] };
    };
    const grpcPort = await freePort();
    const { coordinator } = makeCoordinator(kube, { grpc: { host: '127.0.0.1', port: grpcPort } });
    await expect(coordinator.run(new AbortController().signal)).rejects.toThrow(TypeError);
    expect(await canConnect(grpcPort)).toBe(false);
    // Nobody goes on asking.
    expect(kube.requests.length).toBeGreaterThan(2);
    expect(kube.requests.filter(({ signal }) => signal?.aborted !== true)).toEqual([]);
  });

  test('stopping ends every stream with UNAVAILABLE within two seconds, and twice is once', async () => {
    const { kube } = await startCluster(1);
    const { stop, dial } = await start(kube);
    const agent = dial();
    await agent.open(helloOf('node-01', await nodeUid(kube, 'node-01')));
    const startedAtMs = performance.now();
    await Promise.all([stop(), stop()]);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    expect(await agent.ended).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the coordinator is stopping',
    });
  });

  test('the next coordinator reigns with the next epoch', async () => {
    const { kube } = await startCluster(1);
    await want(kube, 'web', 'nginx');
    const first = await start(kube);
    await first.stop();
    const second = await start(kube);
    const welcome = await second.dial().open(helloOf('node-01', await nodeUid(kube, 'node-01')));
    expect(welcome.epoch).toBe(2);
  });
});

async function waitForStatus(kube: KubeClient, path: string): Promise<CachedImageObject> {
  for (;;) {
    const image = await kube.request<CachedImageObject>({ method: 'GET', path });
    if (image.status !== undefined) return image;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
