// Two replicas with managed certificates on the embedded cluster: both serve, an agent gets its offer over TLS, and what
// there is to know stands in metrics and readiness.

import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { cachedImagesPath } from '../../coordinator/kube/paths.ts';
import { type KubeClient, openKubeClient } from '../../shared/kube-client.ts';
import type { Node } from '../../shared/kube-types.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { serverName } from './channel-stand.ts';
import { clock, FakeAgent, helloOf, openTestLog, waitUntil } from './stand.ts';
import { configMapPath, ObjectStore } from './tls/object-store.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The embedded cluster keeps no Secrets: these and the authorities go to the store. */
function divide(cluster: KubeClient, store: ObjectStore): KubeClient {
  const isOurs = (path: string): boolean => path.includes('/secrets') || path === configMapPath;
  const move = (path: string): string => path.replace('/forehold-system/', '/forehold/');
  return {
    request: (request) =>
      isOurs(request.path)
        ? store.request({ ...request, path: move(request.path) })
        : cluster.request(request),
    watch: (...parameters) => cluster.watch(...parameters),
  };
}

async function startCluster() {
  const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 1 });
  closers.push(() => cluster.stop());
  const { url } = await cluster.start();
  const store = ObjectStore.open();
  const kube = divide(openKubeClient({ url, userAgent: 'forehold-coordinator' }), store);
  return { kube, store };
}

async function startReplica(kube: KubeClient, identity: string) {
  const { log, lines } = openTestLog();
  const stopping = new AbortController();
  const coordinator = new Coordinator({
    kube,
    clock,
    random: Math.random,
    log,
    identity,
    pullNamespace: 'forehold-pulls',
    leaseNamespace: 'forehold-system',
    grpc: { host: '127.0.0.1', port: 0 },
    http: { host: '127.0.0.1', port: 0 },
    tls: {
      kind: 'managed',
      secretName: 'forehold-tls',
      names: [serverName],
      caConfigMap: 'forehold-ca',
    },
    limits: [],
  });
  const running = coordinator.run(stopping.signal);
  closers.push(() => {
    stopping.abort(new Error('stopped'));
    return running;
  });
  return { coordinator, lines, ports: await coordinator.listening };
}

async function read(httpPort: number, path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${httpPort}${path}`)).text();
}

describe('openChannel', () => {
  test('replicas serve one certificate, the leader offers over it, metrics tell of it', async () => {
    const { kube, store } = await startCluster();
    await kube.request({
      method: 'POST',
      path: cachedImagesPath,
      body: {
        apiVersion: 'forehold.dev/v1alpha1',
        kind: 'CachedImage',
        metadata: { name: 'web' },
        spec: { image: 'nginx' },
      },
    });
    const [leader, standby] = [await startReplica(kube, 'a'), await startReplica(kube, 'b')];
    for (const { lines } of [leader, standby])
      await waitUntil(() => lines.some(({ msg }) => msg === 'certificate served'));
    const tls = { ca: store.bundle, serverName };
    const dial = (port: number): FakeAgent => {
      const agent = new FakeAgent({ port, tls });
      closers.push(() => agent.close());
      return agent;
    };
    expect(await dial(standby.ports.grpcPort).ended).toMatchObject({
      code: 'UNAVAILABLE',
      trailers: { 'forehold-leader': `127.0.0.1:${leader.ports.grpcPort}` },
    });
    const agent = dial(leader.ports.grpcPort);
    const node = await kube.request<Node>({ method: 'GET', path: '/api/v1/nodes/node-01' });
    await agent.open(helloOf('node-01', node.metadata.uid ?? ''));
    agent.send({ kind: 'inventoryChunk', sequence: 0, last: true, entries: [] });
    agent.send({ kind: 'heartbeat', sequence: 1 });
    await waitUntil(() => agent.received.find(({ kind }) => kind === 'offer'), 10_000);
    const ends = new X509Certificate(store.secretText('tls.crt')).validToDate.getTime() / 1_000;
    for (const { ports } of [leader, standby]) {
      const text = await read(ports.httpPort, '/metrics');
      expect(text).toContain(`forehold_tls_not_after_seconds{certificate="serving"} ${ends}`);
      expect(text).toMatch(/forehold_tls_not_after_seconds\{certificate="authority"\} \d+/);
      expect(text).toContain('forehold_tls_troubled 0');
      expect(text).toMatch(/forehold_connections\{phase="trusted"\} \d/);
    }
    const rotations = await Promise.all(
      [leader, standby].map(({ ports }) => read(ports.httpPort, '/metrics')),
    );
    expect(rotations.join('').match(/rotations_total\{certificate="authority"\} 1/g)).toHaveLength(
      1,
    );
    expect(JSON.stringify([leader.lines, standby.lines])).not.toContain('PRIVATE KEY');
  });

  test('without a certificate a replica is alive, says what it lacks, and lets nobody in', async () => {
    const { kube, store } = await startCluster();
    store.refuse = () => 403;
    const { ports, lines } = await startReplica(kube, 'a');
    expect(await read(ports.httpPort, '/readyz')).toBe(
      'not ready: there is no certificate to serve\n',
    );
    expect(await read(ports.httpPort, '/healthz')).toBe('ok\n');
    await waitUntil(() => lines.some(({ msg }) => msg === 'certificates not kept'));
    store.refuse = () => undefined;
    await waitUntil(() => lines.some(({ msg }) => msg === 'certificate served'));
    expect(await read(ports.httpPort, '/readyz')).not.toContain('certificate');
    expect(await read(ports.httpPort, '/metrics')).toContain('forehold_tls_troubled 0');
  });
});
