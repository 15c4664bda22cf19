// A node without free addresses, from the network plugin's words to whoever reads a reason: real coordinator, agent and
// sockets on the embedded cluster, twenty times as fast as life.

import { describe, expect, onTestFinished, test } from 'vitest';
import { Agent } from '../../agent/agent.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import type { CachedImageStatus } from '../../coordinator/core/events.ts';
import { cachedImagesPath } from '../../coordinator/kube/paths.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { openTestLog, waitUntil } from '../coordinator/stand.ts';

const clock = openSystemClock(20);
const full =
  'failed to allocate for range 0: no IP addresses available in range set: 10.244.0.1-10.244.0.6';
// Two minutes of patience, and what a loaded machine adds.
const failedWithinMs = 60_000;

async function start(readsEvents: boolean) {
  const speed = { kind: 'fixed', pullTimeMs: 2_000 } as const;
  const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 1, speed });
  const { url } = await cluster.start();
  onTestFinished(() => cluster.stop());
  cluster.node('node-01').setSandboxTrouble(full);
  const life = new AbortController();
  const common = { clock, random: () => 0.5, log: openTestLog().log };
  const coordinator = new Coordinator({
    ...common,
    kube: openKubeClient({ url, userAgent: 'forehold-coordinator' }),
    pullNamespace: cluster.pullNamespace,
    leaseNamespace: cluster.systemNamespace,
    readsEvents,
    grpc: { host: '127.0.0.1', port: 0 },
    http: { host: '127.0.0.1', port: 0 },
    limits: [],
  });
  const running = [coordinator.run(life.signal)];
  onTestFinished(async () => {
    life.abort(new Error('test over'));
    await Promise.allSettled(running);
  });
  const { grpcPort, httpPort } = await coordinator.listening;
  const agent = new Agent({
    ...common,
    nodeName: 'node-01',
    namespace: cluster.pullNamespace,
    coordinator: `127.0.0.1:${grpcPort}`,
    kube: openKubeClient({ url, userAgent: 'forehold-agent' }),
  });
  running.push(agent.run(life.signal));
  const body = {
    apiVersion: 'forehold.dev/v1alpha1',
    kind: 'CachedImage',
    metadata: { name: 'app' },
    spec: { image: 'r.example/app', tag: '1' },
  };
  cluster.registry.push('r.example/app:1');
  const kube = openKubeClient({ url, userAgent: 'forehold-test' });
  await kube.request({ method: 'POST', path: cachedImagesPath, body });
  const readStatus = async (): Promise<CachedImageStatus | undefined> => {
    const path = `${cachedImagesPath}/app`;
    return (await kube.request<{ status?: CachedImageStatus }>({ method: 'GET', path })).status;
  };
  return { cluster, coordinator, httpPort, readStatus };
}

type Stand = Awaited<ReturnType<typeof start>>;

function eventReaders({ cluster }: Stand): readonly string[] {
  const entries = cluster.requests.entries().filter(({ resource }) => resource === 'events');
  return entries.map(({ userAgent, verb }) => `${userAgent} ${verb}`);
}

async function untilFailed({ coordinator }: Stand) {
  const findEnded = () => [...coordinator.leases()].find(({ outcome }) => outcome === 'Failed');
  await waitUntil(() => findEnded()?.endedAtMs, failedWithinMs);
  return findEnded();
}

describe('a pull pod that gets no address', () => {
  test('ends in NoPodIP everywhere, for one list of events, and is warm once there is one', async () => {
    const stand = await start(true);
    expect(await untilFailed(stand)).toMatchObject({
      reason: 'NoPodIP',
      message: expect.stringMatching(/^Failed to create pod sandbox: .*10\.244\.0\.6$/),
    });
    expect(eventReaders(stand)).toEqual(['forehold-coordinator list']);
    const page = await (await fetch(`http://127.0.0.1:${stand.httpPort}/metrics`)).text();
    expect(page).toMatch(/forehold_pulls_total\{[^}]*reason="NoPodIP"[^}]*\} 1\n/);
    expect(page).not.toContain('SandboxFailed');
    await expect
      .poll(async () => (await stand.readStatus())?.nodes, { timeout: 10_000 })
      .toMatchObject([
        { node: 'node-01', reason: 'NoPodIP', message: expect.stringContaining(full) },
      ]);
    stand.cluster.node('node-01').setSandboxTrouble(undefined);
    await expect
      .poll(async () => (await stand.readStatus())?.ready, { timeout: failedWithinMs })
      .toBe('1/1');
    expect(stand.cluster.record.duplicatePulls()).toBe(0);
  }, 180_000);

  test('ends in SandboxFailed, and nobody asks for events, where they may not be read', async () => {
    const stand = await start(false);
    expect(await untilFailed(stand)).toMatchObject({
      reason: 'SandboxFailed',
      message: expect.stringContaining('no pod IP or no network'),
    });
    expect(eventReaders(stand)).toEqual([]);
  }, 120_000);
});
