import { afterEach, describe, expect, test } from 'vitest';
import { uninstall } from '../../coordinator/uninstall.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import { coordinatorLeaseName } from '../../shared/names.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { FakeKube, refusal } from './fake-kube.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const never = new AbortController().signal;

describe('uninstall', () => {
  test('pull pods and the coordination Lease are gone afterwards, and a second run has nothing to do', async () => {
    const clock = openSystemClock(50);
    const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 2 });
    const { url } = await cluster.start();
    closers.push(() => cluster.stop());
    const { pullNamespace, systemNamespace: namespace, store } = cluster;
    for (const nodeName of cluster.nodeNames()) createPullPod(cluster, nodeName);
    const stranger = { name: 'stranger', namespace: pullNamespace };
    store.create('pods', { metadata: stranger, spec: podSpec('node-01') });
    store.create('leases', { metadata: { name: coordinatorLeaseName, namespace } });
    const kube = openKubeClient({ url, userAgent: 'test' });
    const said: string[] = [];
    const options = { kube, clock, namespace, pullNamespace };
    const say = (sentence: string): void => void said.push(sentence);
    expect(await uninstall({ ...options, say }, never)).toBe(true);
    expect(said).toContain('pull pods: 2 deleted, none is left');
    expect(store.list('pods', {}).map((pod) => pod.metadata.name)).toEqual(['stranger']);
    expect(store.find('leases', { name: coordinatorLeaseName, namespace })).toBeUndefined();
    said.length = 0;
    expect(await uninstall({ ...options, say }, never)).toBe(true);
    expect(said[0]).toBe('pull pods: 0 deleted, none is left');
    expect(said.slice(1).every((sentence) => sentence.endsWith('was gone already'))).toBe(true);
  });

  test('a pull that goes on is waited for so long, and then left to its kubelet', async () => {
    const { clock, kube, said, run } = fake();
    const terminating = { name: 'pull-1', uid: 'u1', deletionTimestamp: '2026-01-01T00:00:00Z' };
    kube.answer = ({ method, path }) => {
      if (method === 'GET' && path.endsWith('/pods'))
        return { metadata: {}, items: [{ metadata: terminating, spec: { nodeName: 'n1' } }] };
      return { metadata: { name: 'pulls' } };
    };
    const done = run();
    await clock.advance(200_000);
    expect(await done).toBe(true);
    expect(said[0]).toBe('pull pods: left until their pulls end: pull-1 on n1');
    expect(
      kube.requests.some(({ method, path }) => method === 'DELETE' && path.includes('pull-1')),
    ).toBe(false);
  });

  test('a namespace that is going takes its pods along, and nothing is asked of it', async () => {
    const { clock, kube, said, run } = fake();
    let looks = 0;
    kube.answer = ({ method, path }) => {
      if (method !== 'GET' || path !== '/api/v1/namespaces/pulls') return {};
      looks += 1;
      if (looks > 3) throw refusal(404);
      return { metadata: { name: 'pulls', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    };
    const done = run();
    await clock.advance(10_000);
    expect(await done).toBe(true);
    expect(said[0]).toContain('gone, and all pull pods with it');
    expect(kube.requests.filter(({ path }) => path.includes('/pulls/'))).toEqual([]);
  });

  test('what may pass is asked again; what does not is said, and the rest is done all the same', async () => {
    const { clock, kube, said, run } = fake();
    let failures = 0;
    kube.answer = ({ path }) => {
      if (path.endsWith('/leases/forehold-coordinator')) throw refusal(403);
      if (path !== '/api/v1/namespaces/pulls') return {};
      failures += 1;
      throw refusal(failures < 3 ? 503 : 404);
    };
    const done = run();
    await clock.advance(10_000);
    expect(await done).toBe(false);
    expect(said).toContain('cannot uninstall: refused with 403');
    expect(said.at(-1)).toBe('/api/v1/namespaces/own/secrets/forehold-tls: deleted');
  });
});

function fake() {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  const said: string[] = [];
  const say = (sentence: string): void => void said.push(sentence);
  const options = { kube, clock, namespace: 'own', pullNamespace: 'pulls', say };
  return { clock, kube, said, run: () => uninstall(options, never) };
}

function createPullPod(cluster: EmbeddedCluster, nodeName: string): void {
  const notAfter = new Date(Date.now() + 3_600_000).toISOString();
  const metadata = {
    name: `pull-${nodeName}`,
    namespace: cluster.pullNamespace,
    labels: { 'app.kubernetes.io/managed-by': 'forehold' },
    annotations: { 'forehold.dev/not-after': notAfter },
  };
  cluster.store.create('pods', { metadata, spec: podSpec(nodeName) });
}

function podSpec(nodeName: string) {
  return { nodeName, containers: [{ name: 'pull', image: 'registry.example/app:1' }] };
}
