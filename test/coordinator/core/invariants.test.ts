// I1 and I2 over random clusters: the pretended kubelets count, the core decides.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../coordinator/core/events.ts';
import { countSlots, type Limit, mergeLimits } from '../../../coordinator/core/limits.ts';
import { cachedImage, nodeRecord } from '../../../sim/core-records.ts';
import { Bench, type BenchPull, peak } from './bench.ts';

const limitArbitrary: fc.Arbitrary<Limit> = fc.record({
  name: fc.constantFrom('cluster', 'image', 'node', 'mirror', 'zone-a'),
  per: fc.constantFrom('cluster', 'image', 'registry', 'node'),
  slots: fc.record({
    count: fc.integer({ min: 1, max: 5 }),
    percent: fc.integer({ min: 0, max: 40 }),
  }),
  match: fc.constantFrom({}, { registry: 'mirror.*' }, { image: '*/even-*' }),
});

const scenario = fc.record({
  nodes: fc.integer({ min: 1, max: 9 }),
  images: fc.integer({ min: 1, max: 7 }),
  limits: fc.uniqueArray(limitArbitrary, { maxLength: 4, selector: (limit) => limit.name }),
  latencyMs: fc.constantFrom(0, 20, 900),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  failEvery: fc.constantFrom(0, 3, 5),
  disturbances: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 120_000 }),
      kind: fc.constantFrom('reconnect', 'edit', 'delete', 'cordon', 'lower', 'relist'),
      which: fc.nat(6),
    }),
    { maxLength: 12 },
  ),
});

function scopeOf(limit: Limit, pull: BenchPull): string | undefined {
  const registry = pull.image.slice(0, pull.image.indexOf('/'));
  if (limit.match.registry !== undefined && !registry.startsWith('mirror.')) return undefined;
  if (limit.match.image !== undefined && !pull.image.includes('/even-')) return undefined;
  return { cluster: '', image: pull.image, registry, node: pull.node, zone: '', policy: '' }[
    limit.per
  ];
}

function imageObject(index: number, generation = 1) {
  const registry = index % 2 === 0 ? 'mirror.example' : 'r.example';
  const spec = {
    image: `${registry}/${index % 2 === 0 ? 'even' : 'odd'}-${index}`,
    tag: `${generation}`,
  };
  const object = cachedImage(`image-${index}`, spec);
  return { ...object, metadata: { ...object.metadata, generation } };
}

function disturb(bench: Bench, kind: string, which: number): void {
  const node = `node-${1 + (which % bench.nodeNames.length)}`;
  const events: Readonly<Record<string, () => Event | undefined>> = {
    edit: () => ({ kind: 'imageSeen', image: imageObject(which, 2) }),
    delete: () => ({ kind: 'imageGone', name: `image-${which}` }),
    cordon: () => ({ kind: 'nodeSeen', node: nodeRecord(node, { unschedulable: true }) }),
    lower: () => ({
      kind: 'limitsConfigured',
      limits: [{ name: 'cluster', per: 'cluster', slots: { count: 1, percent: 0 }, match: {} }],
    }),
    relist: () => ({ kind: 'nodesListed', nodes: bench.nodeNames.map((name) => nodeRecord(name)) }),
    reconnect: () => undefined,
  };
  const event = events[kind]?.();
  if (event === undefined) bench.connect(node);
  else bench.apply(event);
}

describe('Core', () => {
  test('never lets a limit or a pair be exceeded, whatever happens', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const bench = new Bench({
          nodes: given.nodes,
          images: Array.from({ length: given.images }, (_, index) => imageObject(index)),
          limits: given.limits,
          latencyMs: given.latencyMs,
          plan: (image, node, attempt) => {
            const number = (given.seed + image.length * 7 + node.length * 13 + attempt * 31) % 97;
            const failure = { reason: 'PullFailed', message: 'refused' } as const;
            const fails = given.failEvery > 0 && (number + attempt) % given.failEvery === 0;
            return { pullMs: 200 + number * 60, ...(fails ? { failure } : {}) };
          },
        });
        bench.start();
        for (const { atMs, kind, which } of given.disturbances) {
          bench.at(atMs, () => disturb(bench, kind, which));
        }
        bench.runUntil(() => false, 180_000);
        const twice = bench.pulls.filter((pull) =>
          bench.pulls.some(
            (other) =>
              other !== pull &&
              other.image === pull.image &&
              other.node === pull.node &&
              other.createdMs <= pull.createdMs &&
              (other.endedMs ?? Infinity) > pull.createdMs,
          ),
        );
        expect(twice).toEqual([]);
        for (const limit of mergeLimits(given.limits)) {
          const scopes = new Set(bench.pulls.map((pull) => scopeOf(limit, pull)));
          scopes.delete(undefined);
          for (const scope of scopes) {
            const most = peak(bench.pulls, (pull) => scopeOf(limit, pull) === scope);
            expect(most, limit.name).toBeLessThanOrEqual(countSlots(limit, given.nodes));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('says the same for the same events', () => {
    const run = () => {
      const bench = new Bench({
        nodes: 7,
        images: Array.from({ length: 5 }, (_, index) => imageObject(index)),
        plan: (image, node) => ({ pullMs: 500 + image.length * 10 + node.length }),
      });
      bench.start();
      bench.runUntil(() => bench.isWarm(), 600_000);
      return bench.effects;
    };
    expect(run()).toEqual(run());
  });
});
