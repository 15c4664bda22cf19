import { describe, expect, test } from 'vitest';
import { Core } from '../../../coordinator/core/core.ts';
import type { Effect, NodeRecord } from '../../../coordinator/core/events.ts';
import type { InventoryEntry } from '../../../shared/protocol.ts';
import { cachedImage, helloOf, nodeRecord, startWallMs } from '../../../sim/core-records.ts';
import { Bench } from './bench.ts';

const app = cachedImage('app', { image: 'r.example/app', tag: '1' });

function statusesIn(effects: readonly Effect[]) {
  return effects.flatMap((effect) => (effect.kind === 'statusChanged' ? [effect] : []));
}

function entry(reference: string): InventoryEntry {
  return {
    reference,
    digest: 'sha256:d',
    sizeBytes: 1,
    provenance: 'nodeStatus',
    observedAtMs: startWallMs,
  };
}

function conditions(
  bench: { core: Core; now: { wallMs: number; monotonicMs: number } },
  name = 'app',
) {
  const status = bench.core.status(name, bench.now);
  return Object.fromEntries(
    (status?.conditions ?? []).map(({ type, status, reason, message }) => [
      type,
      { status, reason, message },
    ]),
  );
}

describe('the status of a CachedImage', () => {
  test('goes from Pending over Pulling to Ready', () => {
    const bench = new Bench({
      nodes: 3,
      images: [app],
      latencyMs: 10,
      plan: () => ({ pullMs: 1_000 }),
    });
    bench.start();
    expect(bench.core.status('app', bench.now)).toMatchObject({ phase: 'Pending', ready: '0/3' });
    expect(conditions(bench)).toEqual({
      Ready: { status: 'False', reason: 'InProgress', message: '0/3 nodes ready' },
      PullProgress: { status: 'False', reason: 'Idle', message: 'Waiting to start pulls' },
    });
    bench.runUntil(() => bench.pulls.length === 3, 10_000);
    expect(bench.core.status('app', bench.now)).toMatchObject({
      phase: 'Pulling',
      nodesPulling: 3,
    });
    expect(conditions(bench)).toMatchObject({
      PullProgress: {
        status: 'True',
        reason: 'Pulling',
        message: 'Actively pulling on 3 node(s), 0/3 complete',
      },
    });
    bench.runUntil(() => bench.isWarm(), 10_000);
    expect(bench.core.status('app', bench.now)).toMatchObject({
      phase: 'Ready',
      ready: '3/3',
      cachedNodes: ['node-1', 'node-2', 'node-3'],
      nodesPulling: 0,
      nodes: [],
      observedGeneration: 1,
    });
    expect(conditions(bench)).toEqual({
      Ready: { status: 'True', reason: 'Cached', message: 'Image cached on all 3 target nodes' },
      PullProgress: { status: 'False', reason: 'Complete', message: 'All pulls complete' },
    });
  });

  test('is Degraded with the classified reason and the words of the kubelet when nobody can pull', () => {
    const failure = { reason: 'ImageNotFound', message: 'r.example/app:1: not found' } as const;
    const bench = new Bench({ nodes: 3, images: [app], plan: () => ({ pullMs: 500, failure }) });
    bench.start();
    bench.runUntil(() => false, 600);
    expect(bench.core.status('app', bench.now)).toMatchObject({
      phase: 'Degraded',
      nodesFailed: 3,
    });
    expect(conditions(bench)).toMatchObject({
      Ready: {
        status: 'False',
        reason: 'ImageNotFound',
        message: '0/3 nodes ready, 3 failing, node-1: r.example/app:1: not found',
      },
      PullProgress: {
        status: 'False',
        reason: 'Stalled',
        message: 'Pull stalled: 0/3 nodes ready, retrying with backoff',
      },
    });
    expect(bench.core.status('app', bench.now)?.nodes?.[0]).toEqual({
      node: 'node-1',
      reason: 'ImageNotFound',
      message: 'r.example/app:1: not found',
      attempts: 1,
      nextAttemptAt: '2026-01-01T00:00:30Z',
    });
  });

  test('names one bad node among many and is not Degraded', () => {
    const failure = { reason: 'PullFailed', message: 'no space' } as const;
    const bench = new Bench({
      nodes: 10,
      images: [app],
      plan: (_image, node) => ({ pullMs: 500, ...(node === 'node-4' ? { failure } : {}) }),
    });
    bench.start();
    bench.runUntil(() => [...bench.core.nodes()].filter((node) => node.warm).length === 9, 20_000);
    bench.runUntil(() => false, 25_000);
    expect(bench.core.status('app', bench.now)).toMatchObject({
      phase: 'Pulling',
      ready: '9/10',
      nodesFailed: 1,
    });
    expect(conditions(bench)['Ready']).toEqual({
      status: 'False',
      reason: 'InProgress',
      message: '9/10 nodes ready, 1 failing, node-4: no space',
    });
  });

  test('without target nodes is Ready and says so', () => {
    const nowhere = cachedImage('app', { image: 'r.example/app', nodeSelector: { pool: 'none' } });
    const bench = new Bench({ nodes: 2, images: [nowhere], plan: () => ({ pullMs: 1 }) });
    bench.start();
    expect(conditions(bench)['Ready']).toMatchObject({ status: 'True', reason: 'NoTargetNodes' });
  });

  test('of an invalid spec names the field and disturbs no other', () => {
    const broken = cachedImage('broken', { image: 'r.example/app:1' });
    const bench = new Bench({ nodes: 2, images: [broken, app], plan: () => ({ pullMs: 100 }) });
    bench.start();
    bench.runUntil(() => bench.isWarm(), 5_000);
    expect(conditions(bench, 'broken')['Ready']).toEqual({
      status: 'False',
      reason: 'InvalidSpec',
      message: 'spec.image "r.example/app:1" has a tag: put it into spec.tag',
    });
    expect(bench.core.status('app', bench.now)).toMatchObject({ phase: 'Ready' });
  });

  test('never inherits the success of the old spec', () => {
    const bench = new Bench({ nodes: 2, images: [app], plan: () => ({ pullMs: 100 }) });
    bench.start();
    bench.runUntil(() => bench.isWarm(), 5_000);
    const edited = {
      ...app,
      metadata: { ...app.metadata, generation: 2 },
      spec: { image: 'r.example/app', tag: '2' },
    };
    bench.apply({ kind: 'imageSeen', image: edited });
    const status = bench.core.status('app', bench.now);
    expect(status).toMatchObject({
      phase: 'Pending',
      ready: '0/2',
      observedGeneration: 2,
      cachedNodes: [],
    });
    expect(status?.resolvedDigest).toBeUndefined();
  });

  test('loses a node whose image is gone from its inventory', () => {
    const bench = new Bench({ nodes: 2, images: [app], plan: () => ({ pullMs: 100 }) });
    bench.start();
    bench.runUntil(() => bench.isWarm(), 5_000);
    const removed = ['r.example/app:1'];
    bench.apply({ kind: 'inventoryChanged', sessionId: 'session-node-1', added: [], removed });
    expect(bench.core.status('app', bench.now)).toMatchObject({
      ready: '1/2',
      cachedNodes: ['node-2'],
    });
  });

  test('is Ready when the pull has ended, not when a report shows its image early', () => {
    const bench = new Bench({ nodes: 1, images: [app], plan: () => ({ pullMs: 1_000 }) });
    bench.start();
    bench.runUntil(() => bench.pulls.length === 1, 5_000);
    const added = [entry('r.example/app:1')];
    bench.apply({ kind: 'inventoryChanged', sessionId: 'session-node-1', added, removed: [] });
    expect(bench.core.status('app', bench.now)).toMatchObject({ phase: 'Pulling', ready: '0/1' });
    bench.runUntil(() => false, 1_100);
    expect(bench.core.status('app', bench.now)).toMatchObject({
      phase: 'Ready',
      resolvedDigest: 'sha256:d',
    });
  });

  test('keeps a transition time while the status of the condition stays', () => {
    const bench = new Bench({
      nodes: 1,
      images: [app],
      latencyMs: 1_000,
      plan: () => ({ pullMs: 5_000 }),
    });
    bench.start();
    const before = bench.core.status('app', bench.now)?.conditions?.[0];
    bench.runUntil(() => bench.nowMs >= 3_000, 4_000);
    const during = bench.core.status('app', bench.now)?.conditions?.[0];
    bench.runUntil(() => bench.isWarm(), 20_000);
    const after = bench.core.status('app', bench.now)?.conditions?.[0];
    expect(during?.lastTransitionTime).toBe(before?.lastTransitionTime);
    expect(after?.lastTransitionTime).not.toBe(before?.lastTransitionTime);
  });

  test('shows at most 100 cached nodes, sorted', () => {
    const bench = new Bench({
      nodes: 120,
      images: [app],
      limits: [{ name: 'image', per: 'image', slots: { count: 20, percent: 0 }, match: {} }],
      plan: () => ({ pullMs: 10 }),
    });
    bench.start();
    bench.runUntil(() => bench.isWarm(), 60_000);
    const names = bench.core.status('app', bench.now)?.cachedNodes ?? [];
    expect(names).toHaveLength(100);
    expect(names).toEqual([...names].sort());
  });
});

describe('announcing statuses', () => {
  function start(): Core {
    const now = { wallMs: startWallMs, monotonicMs: 0 };
    const core = new Core({ epoch: 2, firstEpoch: false, startedAt: now, random: () => 0 });
    const nodes: readonly NodeRecord[] = [nodeRecord('n1'), nodeRecord('n2')];
    core.apply({ kind: 'nodesListed', nodes }, now);
    core.apply({ kind: 'podsListed', pods: [] }, now);
    core.apply({ kind: 'policiesListed', policies: [] }, now);
    return core;
  }

  function hello(core: Core, node: string, entries: readonly InventoryEntry[]): readonly Effect[] {
    const now = { wallMs: startWallMs, monotonicMs: 1_000 };
    const sessionId = `s-${node}`;
    core.apply({ kind: 'helloReceived', sessionId, hello: helloOf(node) }, now);
    return core.apply({ kind: 'inventoryReceived', sessionId, entries }, now);
  }

  test('waits after a start until every agent has told its inventory', () => {
    const core = start();
    const now = { wallMs: startWallMs, monotonicMs: 0 };
    expect(statusesIn(core.apply({ kind: 'imagesListed', images: [app] }, now))).toEqual([]);
    expect(statusesIn(hello(core, 'n1', [entry('r.example/app:1')]))).toEqual([]);
    const announced = statusesIn(hello(core, 'n2', [entry('r.example/app:1')]));
    expect(announced).toEqual([{ kind: 'statusChanged', name: 'app', transition: true }]);
    expect(core.status('app', now)).toMatchObject({ phase: 'Ready', ready: '2/2' });
  });

  test('waits no longer than a minute for an agent that stays away', () => {
    const core = start();
    core.apply({ kind: 'imagesListed', images: [app] }, { wallMs: startWallMs, monotonicMs: 0 });
    const later = { wallMs: startWallMs + 60_000, monotonicMs: 60_000 };
    expect(statusesIn(core.apply({ kind: 'ticked' }, later))).toHaveLength(1);
  });

  test('tells a transition from a count', () => {
    const bench = new Bench({
      nodes: 4,
      images: [app],
      limits: [{ name: 'image', per: 'image', slots: { count: 2, percent: 0 }, match: {} }],
      plan: (_image, node) => ({ pullMs: node === 'node-1' ? 1_000 : 1_500 }),
    });
    bench.start();
    bench.runUntil(() => bench.isWarm(), 30_000);
    const announced = statusesIn(bench.effects);
    const transitions = announced.filter(({ transition }) => transition);
    // Pending, Pulling, Ready; between them only counts.
    expect(transitions).toHaveLength(3);
    expect(announced.length).toBeGreaterThan(transitions.length);
  });
});
