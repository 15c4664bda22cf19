// Who goes first, who has to wait for what, and that the wait ends when it says.

import { describe, expect, test } from 'vitest';
import type { NodeRecord, PullPolicyObject } from '../../../coordinator/core/events.ts';
import type { Limit } from '../../../coordinator/core/limits.ts';
import { starvationMs } from '../../../coordinator/core/order.ts';
import { seedPatienceMs } from '../../../coordinator/core/stages.ts';
import { cachedImage, nodeRecord, startWallMs } from '../../../sim/core-records.ts';
import { Bench, type BenchOptions } from './bench.ts';

const cluster = (count: number): Limit => ({
  name: 'cluster',
  per: 'cluster',
  slots: { count, percent: 0 },
  match: {},
});
const anyImage: Limit = {
  name: 'image',
  per: 'image',
  slots: { count: 99, percent: 0 },
  match: {},
};

function policy(spec: object, generation = 1): PullPolicyObject {
  return { metadata: { name: 'p', uid: 'u', generation }, spec };
}

function image(name: string, spec: Record<string, unknown> = {}) {
  return cachedImage(name, { image: `r.example/${name}`, tag: '1', ...spec });
}

const governed = { policyRef: { name: 'p' } };
const eager = { maxConcurrentNodes: 99, minDelayBetweenPulls: '0s' };

function run(
  options: Partial<BenchOptions> & Pick<BenchOptions, 'images' | 'nodes'>,
  untilMs: number,
) {
  const bench = new Bench({ plan: () => ({ pullMs: 1_000 }), ...options });
  bench.start();
  bench.runUntil(() => false, untilMs);
  return bench;
}

function starts(bench: Bench): string[] {
  return bench.pulls.map(({ image: of, node }) => `${of.slice(10, -2)} ${node}`);
}

function explain(bench: Bench, name: string, node: string) {
  return bench.core.inquiry.explainPair(`r.example/${name}:1`, node, bench.now)[0];
}

describe('the order of images', () => {
  test('is by priority, then by name', () => {
    const images = [
      image('c'),
      image('b', { priority: 5 }),
      image('a'),
      image('d', { priority: -1 }),
    ];
    const bench = run({ nodes: 1, images }, 60_000);
    expect(starts(bench)).toEqual(['d node-1', 'a node-1', 'c node-1', 'b node-1']);
  });

  test('says LowerPriority of those for whom a slot would not be', () => {
    const images = [image('a', { priority: 9 }), image('b')];
    const bench = run({ nodes: 4, images, limits: [cluster(1), anyImage] }, 500);
    expect(explain(bench, 'a', 'node-1')).toMatchObject({ reason: 'LowerPriority' });
    expect(explain(bench, 'b', 'node-3')).toMatchObject({ reason: 'ClusterLimit' });
  });

  test('lets nobody starve: after ten minutes the last one gets a slot', () => {
    const images = [image('first', { priority: 0 }), image('last', { priority: 1 })];
    const bench = run(
      {
        nodes: 2_000,
        images,
        limits: [cluster(1), anyImage],
      },
      starvationMs + 5_000,
    );
    const ofLast = bench.pulls.filter(({ image: of }) => of.includes('last'));
    expect(ofLast).toHaveLength(1);
    expect(ofLast[0]?.createdMs).toBeGreaterThanOrEqual(starvationMs);
  });
});

describe('the order of nodes', () => {
  const young = (index: number): Partial<NodeRecord> => ({ createdAtMs: startWallMs + index });

  test('is the nearest to warm first, then new before old', () => {
    const bench = new Bench({
      nodes: 4,
      node: young,
      images: [image('a'), image('b')],
      limits: [cluster(1), anyImage],
      plan: () => ({ pullMs: 1_000 }),
    });
    bench.start();
    const entry = {
      reference: 'r.example/b:1',
      digest: 'sha256:d',
      sizeBytes: 1,
      provenance: 'nodeStatus',
      observedAtMs: startWallMs,
    } as const;
    const [sessionId, removed] = ['session-node-2', []];
    bench.apply({ kind: 'inventoryChanged', sessionId, added: [entry], removed });
    bench.runUntil(() => bench.isWarm(), 60_000);
    // node-1 was there first, when no other was connected.
    expect(starts(bench)).toEqual([
      ...['a node-1', 'a node-2', 'a node-4', 'a node-3'],
      ...['b node-4', 'b node-3', 'b node-1'],
    ]);
  });

  test('passes nobody over for more than twice the target nodes and 64 offers', () => {
    const bench = new Bench({
      nodes: 1,
      node: () => ({ unschedulable: true, createdAtMs: startWallMs - 1 }),
      images: [image('a')],
      limits: [cluster(1), anyImage],
      plan: () => ({ pullMs: 500 }),
    });
    const passedBy: string[] = [];
    bench.onOffer = ({ node }) => passedBy.push(node);
    bench.start();
    // New nodes come faster than the one slot serves them, and go once they are warm: the old one is always last.
    for (let count = 0; count < 400; count += 1) {
      bench.at(count * 400, () => {
        const record = nodeRecord(`young-${count}`, { createdAtMs: startWallMs + count });
        bench.apply({ kind: 'nodeSeen', node: record });
        bench.connect(record.name);
        const sessionId = `session-${record.name}`;
        bench.apply({ kind: 'heartbeatReceived', sessionId, sequence: 1 });
        const gone = passedBy.slice(-4, -2).at(0);
        if (gone?.startsWith('young')) bench.apply({ kind: 'nodeGone', uid: `uid-${gone}` });
      });
    }
    const old = nodeRecord('node-1', { createdAtMs: startWallMs - 1 });
    bench.at(2_000, () => bench.apply({ kind: 'nodeSeen', node: old }));
    bench.runUntil(() => passedBy.includes('node-1'), 160_000);
    const targets = [...bench.core.images()][0]?.nodesTargeted ?? 0;
    expect(passedBy.indexOf('node-1')).toBeGreaterThan(64);
    expect(passedBy.indexOf('node-1')).toBeLessThanOrEqual(3 * targets + 64);
  });
});

describe('canary', () => {
  const spec = { ...eager, canary: { nodes: 2, failureBudget: 0 } };

  test('lets so many nodes of each platform go first, and the others when those have it', () => {
    const bench = run(
      {
        nodes: 8,
        node: (index) => ({
          platform: { os: 'linux', architecture: index < 4 ? 'amd64' : 'arm64' },
        }),
        images: [image('a', governed)],
        policies: [policy(spec)],
        limits: [cluster(9)],
      },
      500,
    );
    expect(bench.pulls).toHaveLength(4);
    expect(explain(bench, 'a', 'node-4')).toMatchObject({ reason: 'CanaryWait' });
    bench.runUntil(() => bench.isWarm(), 10_000);
    expect(bench.pulls).toHaveLength(8);
  });

  test.for([
    [0, 2],
    [1, 6],
  ])('with a failure budget of %d a bad canary lets %d nodes pull', ([failureBudget, expected]) => {
    const failure = { reason: 'PullFailed', message: 'no' } as const;
    const bad = new Set<string>();
    const bench = run(
      {
        nodes: 6,
        images: [image('a', governed)],
        policies: [policy({ ...eager, canary: { nodes: 2, failureBudget } })],
        limits: [cluster(9)],
        plan: (_image, node) => {
          if (bad.size === 0) bad.add(node);
          return bad.has(node) ? { pullMs: 500, failure } : { pullMs: 500 };
        },
      },
      20_000,
    );
    expect(new Set(bench.pulls.map(({ node }) => node)).size).toBe(expected);
  });
});

describe('seedFirst', () => {
  const seeded = { ...eager, seedFirst: true };
  const zoned = (index: number): Partial<NodeRecord> => ({
    labels: { 'topology.kubernetes.io/zone': index % 2 === 0 ? 'a' : 'b' },
  });

  test('lets one node of each zone go first', () => {
    const bench = run(
      {
        nodes: 6,
        node: zoned,
        images: [image('a', governed)],
        policies: [policy(seeded)],
        limits: [cluster(9)],
      },
      900,
    );
    expect(bench.pulls).toHaveLength(2);
    expect(explain(bench, 'a', 'node-6')).toMatchObject({ reason: 'SeedWait' });
    bench.runUntil(() => bench.isWarm(), 10_000);
    expect(bench.pulls).toHaveLength(6);
  });

  test('waits five minutes for a seed that hangs, and then for none', () => {
    const bench = run(
      {
        nodes: 3,
        images: [image('a', governed)],
        policies: [policy(seeded)],
        limits: [cluster(9)],
        plan: (_image, _node) => ({ pullMs: 3_600_000 }),
      },
      seedPatienceMs - 1,
    );
    expect(bench.pulls).toHaveLength(1);
    bench.runUntil(() => false, seedPatienceMs + 10);
    expect(bench.pulls).toHaveLength(2);
  });
});

describe('edits of a policy', () => {
  test('act at once, in both directions, and stop no pull', () => {
    const bench = run(
      {
        nodes: 9,
        images: [image('a', governed)],
        policies: [policy({ ...eager, maxConcurrentNodes: 2 })],
        limits: [cluster(9)],
        plan: () => ({ pullMs: 60_000 }),
      },
      1_000,
    );
    expect(bench.pulls).toHaveLength(2);
    bench.apply({ kind: 'policySeen', policy: policy({ ...eager, maxConcurrentNodes: '50%' }, 2) });
    bench.runUntil(() => false, 2_000);
    expect(bench.pulls).toHaveLength(5);
    bench.apply({ kind: 'policySeen', policy: policy({ ...eager, maxConcurrentNodes: 4 }, 3) });
    bench.runUntil(() => false, 60_500);
    // All five have ended, and four may begin.
    expect(bench.pulls).toHaveLength(9);
    expect(bench.effects.filter(({ kind }) => kind === 'deletePod')).toEqual([]);
  });

  test('a delay between starts is kept to the millisecond, and ends by itself', () => {
    const bench = run(
      {
        nodes: 4,
        images: [image('a', governed)],
        policies: [policy({ maxConcurrentNodes: 3, minDelayBetweenPulls: '7s' })],
        plan: () => ({ pullMs: 100 }),
      },
      30_000,
    );
    expect(bench.pulls.map(({ createdMs }) => createdMs)).toEqual([0, 7_000, 14_000, 21_000]);
    expect(
      explain(
        run({ nodes: 2, images: [image('a', governed)], policies: [policy({})] }, 3_000),
        'a',
        'node-2',
      ),
    ).toMatchObject({
      reason: 'MinDelay',
      nextAtMs: startWallMs + 10_000,
    });
  });

  test('a policy that does not exist is said, and the built-in limit holds until it does', () => {
    const bench = run(
      { nodes: 9, images: [image('a', governed)], plan: () => ({ pullMs: 60_000 }) },
      100,
    );
    expect(bench.pulls).toHaveLength(3);
    const conditions = bench.core.status('a', bench.now)?.conditions;
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'PolicyNotFound', status: 'True', reason: 'PolicyNotFound' }),
    );
    bench.apply({ kind: 'policySeen', policy: policy({ ...eager, maxConcurrentNodes: 5 }) });
    bench.runUntil(() => false, 200);
    expect(bench.pulls).toHaveLength(5);
    expect(bench.core.status('a', bench.now)?.conditions).toHaveLength(2);
    expect(bench.core.policyStatus('p', bench.now)).toMatchObject({
      images: 1,
      liveLeases: 5,
      waitingPairs: 4,
      bindingLimit: 'policy/p/image',
      bindingReason: 'ImageLimit',
    });
  });

  test('its tolerations make more target nodes, and its selector bounds what it governs', () => {
    const bench = run(
      {
        nodes: 4,
        node: (index) => ({
          labels: { pool: index < 2 ? 'x' : 'y' },
          taints: index === 0 ? [{ key: 't', effect: 'NoSchedule' }] : [],
        }),
        images: [image('a', governed)],
        limits: [{ name: 'image', per: 'image', slots: { count: 2, percent: 0 }, match: {} }],
        policies: [
          policy({
            ...eager,
            maxConcurrentNodes: 1,
            nodeSelector: { pool: 'x' },
            tolerations: [{ key: 't', operator: 'Exists' }],
          }),
        ],
        plan: () => ({ pullMs: 60_000 }),
      },
      100,
    );
    const pools = bench.pulls.map(({ node }) => (Number(node.slice(5)) <= 2 ? 'x' : 'y')).sort();
    expect(pools).toEqual(['x', 'y', 'y']);
  });
});
