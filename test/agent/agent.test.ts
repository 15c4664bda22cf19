// A whole agent: real gRPC to a coordinator that the test plays, real HTTP to the embedded cluster's API server, whose
// kubelet does the pulling. Ten times as fast as life.

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Agent, type AgentOptions } from '../../agent/agent.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import type { Pod } from '../../shared/kube-types.ts';
import { openLog } from '../../shared/log.ts';
import { formatPair, formatPodName } from '../../shared/pair.ts';
import type { LeaseUpdate, Offer } from '../../shared/protocol.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { makeOffer, makeWelcome } from './core/world.ts';
import {
  type FakeCoordinator,
  type FakeSession,
  sessionId,
  startFakeCoordinator,
} from './fake-coordinator.ts';

const clock = openSystemClock(10);
const image = 'registry.example/app:1';

interface World {
  readonly cluster: EmbeddedCluster;
  readonly coordinator: FakeCoordinator;
  readonly controller: AbortController;
  readonly agent: Agent;
  readonly ended: Promise<void>;
  readonly nodeUid: string;
  pods(): Promise<readonly Pod[]>;
}

async function start(part: Partial<AgentOptions> = {}): Promise<World> {
  const speed = { kind: 'fixed', pullTimeMs: 2_000 } as const;
  const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 1, speed });
  const { url } = await cluster.start();
  onTestFinished(() => cluster.stop());
  const coordinator = await startFakeCoordinator();
  const controller = new AbortController();
  const kube = openKubeClient({ url, userAgent: 'forehold-agent' });
  const agent = new Agent({
    nodeName: 'node-01',
    namespace: cluster.pullNamespace,
    coordinator: coordinator.target,
    kube,
    clock,
    random: () => 0.5,
    log: openLog('test', 'silent'),
    ...part,
  });
  const ended = agent.run(controller.signal);
  ended.catch(() => undefined);
  onTestFinished(async () => {
    controller.abort(new Error('test over'));
    await ended.catch(() => undefined);
  });
  const path = `/api/v1/namespaces/${cluster.pullNamespace}/pods`;
  const pods = async (): Promise<readonly Pod[]> =>
    (await kube.request<{ items: readonly Pod[] }>({ method: 'GET', path })).items;
  const node = cluster.store.find('nodes', { name: 'node-01' });
  return {
    cluster,
    coordinator,
    controller,
    agent,
    ended,
    nodeUid: node?.metadata.uid ?? '',
    pods,
  };
}

async function nextSession({ coordinator }: World, index = 0): Promise<FakeSession> {
  return vi.waitFor(
    () => {
      const session = coordinator.sessions[index];
      if (session === undefined || session.received.length === 0) throw new Error('no Hello yet');
      return session;
    },
    { timeout: 10_000, interval: 10 },
  );
}

async function welcome(world: World, index = 0): Promise<FakeSession> {
  const session = await nextSession(world, index);
  session.send(makeWelcome({ sessionId }));
  await vi.waitFor(() => expect(heartbeats(session)).toContain(1), { timeout: 10_000 });
  return session;
}

function heartbeats({ received }: FakeSession): readonly number[] {
  return received.flatMap(({ message }) =>
    message.kind === 'heartbeat' ? [message.sequence] : [],
  );
}

function updates({ received }: FakeSession): readonly LeaseUpdate[] {
  return received.flatMap(({ message }) => (message.kind === 'leaseUpdate' ? [message] : []));
}

function offerFor({ nodeUid }: World, session: FakeSession, part: Partial<Offer> = {}): Offer {
  const pair = { nodeUid, image: part.image ?? image, pullSecrets: [] };
  return makeOffer(1, {
    image,
    pair: formatPair(pair),
    podName: formatPodName(pair),
    heartbeatSequence: heartbeats(session).at(-1) ?? 0,
    notAfterMs: clock.now().wallMs + 15_000,
    ...part,
  });
}

async function ended(session: FakeSession): Promise<LeaseUpdate> {
  return vi.waitFor(
    () => {
      const update = updates(session).find(({ state }) => state !== 'accepted');
      if (update === undefined) throw new Error('nothing has ended yet');
      return update;
    },
    { timeout: 10_000, interval: 10 },
  );
}

describe('Agent', () => {
  test('introduces itself, tells its inventory and keeps in touch', async () => {
    const world = await start();
    const session = await welcome(world);
    expect(session.received[0]).toMatchObject({
      sessionId: '',
      message: {
        kind: 'hello',
        protocolVersion: 1,
        nodeName: 'node-01',
        nodeUid: world.nodeUid,
        platform: { os: 'linux', architecture: 'amd64' },
      },
    });
    expect(session.received[1]).toMatchObject({
      sessionId,
      message: { kind: 'inventoryChunk', sequence: 0, last: true },
    });
    await vi.waitFor(() => expect(heartbeats(session)).toEqual([1, 2]), { timeout: 10_000 });
    expect(world.agent.view().connected).toBe(true);
  });

  test('follows an offer from the pod to its end, and cleans up', async () => {
    const world = await start();
    const session = await welcome(world);
    const offer = offerFor(world, session);
    session.send(offer);
    const update = await ended(session);
    expect(updates(session)[0]).toMatchObject({ leaseId: '1-1', state: 'accepted' });
    expect(update).toMatchObject({ state: 'ended', outcome: 'Succeeded', reason: 'Cached' });
    expect(update.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await world.pods()).toHaveLength(1);
    session.send({ kind: 'outcomeAck', leaseId: '1-1', podUid: update.podUid ?? '' });
    await vi.waitFor(async () => expect(await world.pods()).toEqual([]), { timeout: 20_000 });
    expect(world.cluster.record.pulls()).toHaveLength(1);
    expect(world.agent.view()).toMatchObject({ pullPods: 0, outcomes: { Succeeded: 1 } });
  });

  test("passes on the API server's refusal", async () => {
    const world = await start({ namespace: 'no-such-namespace' });
    const session = await welcome(world);
    session.send(offerFor(world, session));
    const update = await ended(session);
    expect(update).toMatchObject({ state: 'declined', reason: 'AdmissionDenied' });
    expect(update.message).toContain('no-such-namespace');
  });

  test('tells a missing image from other failures and removes the pod after the word', async () => {
    const world = await start();
    world.cluster.registry.refuse('registry.example/nothing', 'missing');
    const session = await welcome(world);
    session.send(offerFor(world, session, { image: 'registry.example/nothing:1' }));
    const update = await ended(session);
    expect(update).toMatchObject({ outcome: 'Failed', reason: 'ImageNotFound' });
    session.send({ kind: 'outcomeAck', leaseId: '1-1', podUid: update.podUid ?? '' });
    await vi.waitFor(async () => expect(await world.pods()).toEqual([]), { timeout: 10_000 });
  });

  test('dials again when the coordinator stops, and repeats what nobody has acknowledged', async () => {
    const world = await start();
    const first = await welcome(world);
    first.send(offerFor(world, first));
    const told = await ended(first);
    first.end();
    const second = await welcome(world, 1);
    expect(await ended(second)).toEqual(told);
  });

  test('adopts the pods of an agent that was killed', async () => {
    const world = await start();
    const first = await welcome(world);
    first.send(offerFor(world, first));
    await vi.waitFor(() => expect(updates(first)).toHaveLength(1), { timeout: 10_000 });
    world.controller.abort(new Error('killed'));
    await world.ended;
    const { url } = await world.cluster.start();
    const next = new Agent({
      nodeName: 'node-01',
      namespace: world.cluster.pullNamespace,
      coordinator: world.coordinator.target,
      kube: openKubeClient({ url, userAgent: 'forehold-agent' }),
      clock,
      random: () => 0.5,
      log: openLog('test', 'silent'),
    });
    const stopping = new AbortController();
    const running = next.run(stopping.signal);
    const second = await welcome(world, 1);
    expect(await ended(second)).toMatchObject({ leaseId: '1-1', outcome: 'Succeeded' });
    expect(world.cluster.record.pulls()).toHaveLength(1);
    stopping.abort(new Error('test over'));
    await running;
  });

  test('lets a drain go on, and tells of the pull until its image shows', async () => {
    const world = await start();
    world.cluster.setSpeed({ kind: 'fixed', pullTimeMs: 20_000 });
    const session = await welcome(world);
    session.send(offerFor(world, session));
    await vi.waitFor(() => expect(world.cluster.record.pulls()).toHaveLength(1), {
      timeout: 10_000,
    });
    world.cluster.drain('node-01');
    await vi.waitFor(async () => expect(await world.pods()).toEqual([]), { timeout: 1_000 });
    expect(world.cluster.record.pulls()).toMatchObject([{ endedAtMs: undefined }]);
    await vi.waitFor(
      () => expect(updates(session)).toContainEqual(expect.objectContaining({ unseen: true })),
      { timeout: 1_000 },
    );
    expect(await ended(session)).toMatchObject({ outcome: 'Succeeded', reason: 'Cached' });
    expect(world.cluster.record.pulls()).toMatchObject([{ outcome: 'succeeded' }]);
  });

  test('stops at once, and only once', async () => {
    const world = await start();
    await welcome(world);
    expect(world.agent.run(new AbortController().signal)).toBe(world.ended);
    const startedAtMs = performance.now();
    world.controller.abort(new Error('stopped'));
    await world.ended;
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });

  test('refuses to speak plain text to another machine', async () => {
    const world = await start({ coordinator: '192.0.2.1:7443' });
    await expect(world.ended).rejects.toThrow('cannot dial in plain text on 192.0.2.1');
  });
});
