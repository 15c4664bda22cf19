// Two coordinators on the embedded cluster, over real gRPC and HTTP, on a clock that runs faster.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { openInspectorClient } from '../../shared/dial.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import { messages, type StatusError, toStatusError } from '../../shared/rpc.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { FakeAgent, helloOf, openTestLog, waitUntil } from './stand.ts';

const clock = openSystemClock(10);
const closers: (() => unknown)[] = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startCluster(): Promise<string> {
  const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 1 });
  closers.push(() => cluster.stop());
  const { url } = await cluster.start();
  return url;
}

async function start(url: string, identity: string, limitsFile?: string) {
  const { log, lines } = openTestLog();
  const controller = new AbortController();
  const coordinator = new Coordinator({
    kube: openKubeClient({ url, userAgent: 'forehold-coordinator' }),
    clock,
    random: Math.random,
    log,
    identity,
    pullNamespace: 'forehold-pulls',
    leaseNamespace: 'forehold-system',
    grpc: { host: '127.0.0.1', port: 0 },
    http: { host: '127.0.0.1', port: 0 },
    limits: [],
    limitsFile,
  });
  const running = coordinator.run(controller.signal);
  const stop = (): Promise<void> => {
    controller.abort(new Error('stopped'));
    return running;
  };
  closers.push(stop);
  const ports = await coordinator.listening;
  const read = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${ports.httpPort}${path}`)).text();
  const dial = (): FakeAgent => {
    const agent = new FakeAgent(ports.grpcPort);
    closers.push(() => agent.close());
    return agent;
  };
  return { coordinator, lines, stop, ports, read, dial };
}

type Started = Awaited<ReturnType<typeof start>>;

function listLeases({ ports }: Started): Promise<StatusError | undefined> {
  const client = openInspectorClient(`127.0.0.1:${ports.grpcPort}`);
  closers.push(() => client.close());
  return new Promise((resolve) =>
    client.listLeases({}, (error) => resolve(error === null ? undefined : toStatusError(error))),
  );
}

async function watchLeases({ ports }: Started): Promise<StatusError> {
  const client = openInspectorClient(`127.0.0.1:${ports.grpcPort}`);
  closers.push(() => client.close());
  try {
    for await (const _ of messages(client.watchLeases({}), never));
  } catch (error) {
    return toStatusError(error);
  }
  throw new Error('the watch ended in order');
}

describe('Replica', () => {
  test('the second one stands by, Ready, shows nothing and says who leads', async () => {
    const url = await startCluster();
    const leader = await start(url, 'pod-a');
    const standby = await start(url, 'pod-b');
    const refusal = {
      code: 'UNAVAILABLE',
      message: 'this coordinator stands by: pod-a leads',
      trailers: { 'forehold-leader': `127.0.0.1:${leader.ports.grpcPort}` },
    };
    expect(await standby.dial().ended).toMatchObject(refusal);
    expect(await listLeases(standby)).toMatchObject(refusal);
    expect(await watchLeases(standby)).toMatchObject(refusal);
    expect(await standby.read('/readyz')).toBe('ok\n');
    const text = await standby.read('/metrics');
    expect(text).toContain('forehold_coordinator_leader 0');
    expect(text).toContain('forehold_coordinator_epoch 0');
    expect([...standby.coordinator.nodes(), ...standby.coordinator.images()]).toEqual([]);
    await waitUntil(() => [...leader.coordinator.nodes()].length === 1);
    expect(await listLeases(leader)).toBeUndefined();
    const leading = await leader.read('/metrics');
    expect(leading).toContain('forehold_coordinator_leader 1');
    expect(leading).toContain('forehold_coordinator_epoch 1');
    expect(leading).toContain('forehold_coordinator_transitions_total{to="leader"} 1');
  });

  test('when the leader is stopped its streams end and the other leads at once', async () => {
    const url = await startCluster();
    const leader = await start(url, 'pod-a');
    const standby = await start(url, 'pod-b');
    const agent = leader.dial();
    await agent.open(helloOf('node-01', 'uid'));
    const watching = watchLeases(leader);
    const startedAtMs = clock.now().monotonicMs;
    await leader.stop();
    expect(await agent.ended).toMatchObject({
      code: 'UNAVAILABLE',
      trailers: { 'forehold-leader': 'unknown' },
    });
    expect(await watching).toMatchObject({ code: 'UNAVAILABLE' });
    const took = await waitUntil(() => standby.lines.find(({ msg }) => msg === 'leadership taken'));
    expect(took).toMatchObject({ epoch: 2, isFirst: false });
    // Not by waiting for the lease to run out.
    expect(clock.now().monotonicMs - startedAtMs).toBeLessThan(7_000);
    await waitUntil(() => [...standby.coordinator.nodes()].length === 1);
    const next = standby.dial();
    expect((await next.open(helloOf('node-01', 'uid'))).epoch).toBe(2);
  });

  test('a standby takes up a changed limits file, and begins its reign with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forehold-replica-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'limits.yaml');
    writeFileSync(file, 'limits: []');
    const url = await startCluster();
    const leader = await start(url, 'pod-a');
    const standby = await start(url, 'pod-b', file);
    writeFileSync(file, 'limits: [{name: cluster, per: cluster, slots: 7}]');
    await waitUntil(() => standby.lines.find(({ msg }) => msg === 'limits file taken up'));
    await leader.stop();
    const limits = await waitUntil(() => {
      const shown = [...standby.coordinator.limits()];
      return shown.length > 0 ? shown : undefined;
    });
    expect(limits.find(({ name }) => name === 'cluster')).toMatchObject({ slots: 7 });
  });

  test('a leader whose lease is taken from it stands by in the same process', async () => {
    const url = await startCluster();
    const leader = await start(url, 'pod-a');
    const agent = leader.dial();
    await agent.open(helloOf('node-01', 'uid'));
    const kube = openKubeClient({ url, userAgent: 'test' });
    const path =
      '/apis/coordination.k8s.io/v1/namespaces/forehold-system/leases/forehold-coordinator';
    await kube.request({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { annotations: { 'forehold.dev/epoch': '7', 'forehold.dev/leader-address': '' } },
        spec: { holderIdentity: 'somebody' },
      },
    });
    expect(await agent.ended).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'this coordinator stands by: somebody leads',
      trailers: { 'forehold-leader': 'unknown' },
    });
    expect(await leader.read('/readyz')).toBe('ok\n');
    // Somebody never renews.
    const again = await waitUntil(() => leader.lines.find(({ epoch }) => epoch === 8));
    expect(again).toMatchObject({ msg: 'leadership taken' });
  });

  test('agents that have met a newer epoch bring about a reign above it', async () => {
    const url = await startCluster();
    const leader = await start(url, 'pod-a');
    await waitUntil(() => [...leader.coordinator.nodes()].length === 1);
    const [node] = [...leader.coordinator.nodes()];
    const hello = { ...helloOf('node-01', node?.uid ?? ''), newestEpoch: 40 };
    const agent = leader.dial();
    await agent.open(hello);
    expect(await agent.ended).toMatchObject({ code: 'UNAVAILABLE' });
    const isAbove = ({ msg, epoch }: { msg?: unknown; epoch?: unknown }): boolean =>
      msg === 'leadership taken' && epoch === 41;
    await waitUntil(() => leader.lines.find(isAbove));
    await waitUntil(() => [...leader.coordinator.nodes()].length === 1);
    const again = leader.dial();
    expect((await again.open({ ...hello, newestEpoch: 90 })).epoch).toBe(41);
    await waitUntil(() => leader.lines.find(({ msg }) => msg === 'newer epoch ignored'));
  });
});
