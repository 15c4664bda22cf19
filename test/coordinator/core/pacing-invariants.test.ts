// I1 for every kind of limit at once, under random edits and with agents and watches that lag: counted from what the
// pretended kubelets do, by rules written down here a second time.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PullPolicyObject } from '../../../coordinator/core/events.ts';
import { type Limit, mergeLimits } from '../../../coordinator/core/limits.ts';
import { cachedImage, nodeRecord } from '../../../sim/core-records.ts';
import { Bench } from './bench.ts';

const nodes = 9;
const images = 6;
const zones = ['a', 'b', ''];

interface PolicySpec {
  readonly maxConcurrentNodes: number | string;
  readonly maxConcurrentPulls?: number;
  readonly maxPullsPerMinute?: number;
  readonly minDelayBetweenPulls: string;
}

const policySpec: fc.Arbitrary<PolicySpec> = fc.record(
  {
    maxConcurrentNodes: fc.constantFrom(1, 2, 5, '1%', '30%', '50%'),
    maxConcurrentPulls: fc.integer({ min: 1, max: 4 }),
    maxPullsPerMinute: fc.integer({ min: 1, max: 9 }),
    minDelayBetweenPulls: fc.constantFrom('0s', '3s', '10s'),
  },
  { requiredKeys: ['maxConcurrentNodes', 'minDelayBetweenPulls'] },
);

const slots = fc.record({
  count: fc.integer({ min: 0, max: 4 }),
  percent: fc.integer({ min: 1, max: 60 }),
});
const configured: fc.Arbitrary<readonly Limit[]> = fc
  .record({
    cluster: slots,
    registry: slots,
    zone: slots,
    rate: fc.integer({ min: 1, max: 20 }),
    delayMs: fc.constantFrom(500, 4_000),
    nodeSlots: fc.integer({ min: 1, max: 3 }),
  })
  .map((given) => [
    { name: 'cluster', per: 'cluster', slots: given.cluster, match: {} },
    { name: 'node', per: 'node', slots: { count: given.nodeSlots, percent: 0 }, match: {} },
    { name: 'mirror', per: 'registry', slots: given.registry, match: { registry: 'mirror.*' } },
    { name: 'zone', per: 'zone', slots: given.zone, match: {} },
    { name: 'rate', per: 'registry', startsPerMinute: given.rate, match: {} },
    {
      name: 'edge',
      per: 'zone',
      minDelayMs: given.delayMs,
      match: { nodeSelector: { pool: 'x' } },
    },
  ]);

const step = fc.record({
  atMs: fc.integer({ min: 0, max: 150_000 }),
  change: fc.oneof(
    fc.record({ kind: fc.constant('policy' as const), spec: policySpec }),
    fc.record({ kind: fc.constant('limits' as const), limits: configured }),
    fc.record({ kind: fc.constant('cordon' as const), which: fc.nat(nodes - 1) }),
    fc.record({ kind: fc.constant('reconnect' as const), which: fc.nat(nodes - 1) }),
    fc.record({ kind: fc.constant('policyRef' as const), which: fc.nat(images - 1) }),
  ),
});
type Change = typeof step extends fc.Arbitrary<{ change: infer C }> ? C : never;

const scenario = fc.record({
  limits: configured,
  policy: policySpec,
  steps: fc.array(step, { maxLength: 8 }),
  seed: fc.nat(10_000),
});

interface Pair {
  readonly image: string;
  readonly node: string;
}

/** What holds now, and who obeys the policy. */
class Rules {
  limits: readonly Limit[];
  policy: PolicySpec;
  readonly cordoned = new Set<string>();
  readonly governed = new Set([0, 2, 4]);

  constructor(limits: readonly Limit[], policy: PolicySpec) {
    this.limits = limits;
    this.policy = policy;
  }

  /** Every limit, the policy's written out by hand. */
  all(): readonly Limit[] {
    const { maxConcurrentNodes, maxConcurrentPulls, maxPullsPerMinute } = this.policy;
    const match = { policy: 'gentle' };
    const count = typeof maxConcurrentNodes === 'number' ? maxConcurrentNodes : 0;
    const percent = typeof maxConcurrentNodes === 'string' ? parseInt(maxConcurrentNodes, 10) : 0;
    const minDelayMs = parseInt(this.policy.minDelayBetweenPulls, 10) * 1_000;
    return [
      ...mergeLimits(this.limits),
      { name: 'p-image', per: 'image', slots: { count, percent }, minDelayMs, match },
      { name: 'p-node', per: 'node', slots: { count: 1, percent: 0 }, match },
      {
        name: 'p-policy',
        per: 'policy',
        ...(maxConcurrentPulls === undefined
          ? {}
          : { slots: { count: maxConcurrentPulls, percent: 0 } }),
        ...(maxPullsPerMinute === undefined ? {} : { startsPerMinute: maxPullsPerMinute }),
        match,
      },
    ];
  }

  /** Undefined when the limit does not count the pair. */
  scopeOf({ per, match }: Limit, { image, node }: Pair): string | undefined {
    const registry = image.slice(0, image.indexOf('/'));
    const isGoverned = this.governed.has(Number(image.slice(image.indexOf(':') - 1)[0]));
    if (match.policy === '' && isGoverned) return undefined;
    if (match.policy === 'gentle' && !isGoverned) return undefined;
    if (match.registry !== undefined && registry !== 'mirror.example') return undefined;
    if (match.nodeSelector !== undefined && poolOf(node) !== 'x') return undefined;
    const scopes = { cluster: '', policy: 'gentle', image, registry, zone: zoneOf(node), node };
    return scopes[per];
  }

  slotsOf({ per, slots: given }: Limit, scope: string): number {
    if (given === undefined) return Infinity;
    const there = nodeNames.filter((name) => !this.cordoned.has(name));
    const counted = per === 'zone' ? there.filter((name) => zoneOf(name) === scope) : there;
    const share = per === 'node' ? 0 : Math.ceil((given.percent * counted.length) / 100);
    return Math.max(given.count, share);
  }
}

const nodeNames = Array.from({ length: nodes }, (_, index) => `node-${index + 1}`);

function zoneOf(node: string): string {
  return zones[(Number(node.slice(5)) - 1) % zones.length] ?? '';
}

function poolOf(node: string): string {
  return Number(node.slice(5)) % 2 === 0 ? 'x' : 'y';
}

function labelsOf(node: string): Record<string, string> {
  const zone = zoneOf(node);
  return { pool: poolOf(node), ...(zone === '' ? {} : { 'topology.kubernetes.io/zone': zone }) };
}

function imageObject(index: number, isGoverned: boolean, generation: number) {
  const registry = index % 2 === 0 ? 'mirror.example' : 'r.example';
  const policyRef = isGoverned ? { policyRef: { name: 'gentle' } } : {};
  const object = cachedImage(`i${index}`, {
    image: `${registry}/i${index}`,
    tag: 't',
    ...policyRef,
  });
  return { ...object, metadata: { ...object.metadata, generation } };
}

function policyObject(spec: PolicySpec, generation: number): PullPolicyObject {
  return { metadata: { name: 'gentle', uid: 'p', generation }, spec };
}

describe('Core', () => {
  test('exceeds no limit of any kind, whatever is edited and however late agents act', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const rules = new Rules(given.limits, given.policy);
        const bench = new Bench({
          nodes,
          node: (index) => ({ labels: labelsOf(`node-${index + 1}`) }),
          images: Array.from({ length: images }, (_, at) =>
            imageObject(at, rules.governed.has(at), 1),
          ),
          limits: given.limits,
          policies: [policyObject(given.policy, 1)],
          plan: (image, node, attempt) => {
            const lot =
              (given.seed + image.length * 7 + Number(node.slice(5)) * 131 + attempt) % 97;
            const failure = { reason: 'PullFailed', message: 'refused' } as const;
            return {
              pullMs: 300 + lot * 90,
              createMs: lot % 5 === 0 ? 100 * lot : lot,
              seenMs: lot % 7 === 0 ? 30 * lot : 5,
              ...(lot % 11 === 0 ? { failure } : {}),
            };
          },
        });
        const watch = new Watch(bench, rules);
        for (const { atMs, change } of given.steps)
          bench.at(atMs, () => apply(change, bench, rules));
        bench.start();
        bench.runUntil(() => false, 240_000);
        expect(watch.violations).toEqual([]);
        expect(bench.pulls.length).toBeGreaterThan(0);
      }),
      { numRuns: 120 },
    );
  });
});

let generation = 1;

function apply(change: Change, bench: Bench, rules: Rules): void {
  generation += 1;
  switch (change.kind) {
    case 'policy':
      rules.policy = change.spec;
      bench.apply({ kind: 'policySeen', policy: policyObject(change.spec, generation) });
      break;
    case 'limits':
      rules.limits = change.limits;
      bench.apply({ kind: 'limitsConfigured', limits: change.limits });
      break;
    case 'cordon': {
      const name = `node-${change.which + 1}`;
      const unschedulable = !rules.cordoned.has(name);
      if (unschedulable) rules.cordoned.add(name);
      else rules.cordoned.delete(name);
      const node = nodeRecord(name, { labels: labelsOf(name), unschedulable });
      bench.apply({ kind: 'nodeSeen', node });
      break;
    }
    case 'reconnect':
      bench.connect(`node-${change.which + 1}`);
      break;
    case 'policyRef': {
      const { which } = change;
      if (rules.governed.has(which)) rules.governed.delete(which);
      else rules.governed.add(which);
      const image = imageObject(which, rules.governed.has(which), generation);
      bench.apply({ kind: 'imageSeen', image });
      break;
    }
    default:
      change satisfies never;
  }
}

/** Counts offers and pods as they come, and holds each offer and each start to the rules of that moment. */
class Watch {
  readonly violations: string[] = [];
  readonly #bench: Bench;
  readonly #rules: Rules;
  readonly #offered: Pair[] = [];
  readonly #starts: (Pair & { atMs: number })[] = [];

  constructor(bench: Bench, rules: Rules) {
    this.#bench = bench;
    this.#rules = rules;
    bench.onOffer = (pair) => this.#offer(pair);
    bench.onCreated = (pair) => {
      this.#forget(pair);
      this.#starts.push({ ...pair, atMs: bench.nowMs });
    };
    bench.onLapsed = (pair) => this.#forget(pair);
  }

  #forget({ image, node }: Pair): void {
    const at = this.#offered.findIndex((pair) => pair.image === image && pair.node === node);
    this.#offered.splice(at, 1);
  }

  #offer(pair: Pair): void {
    const { pulls, nowMs } = this.#bench;
    const running = pulls.filter((pull) => pull.endedMs === undefined);
    for (const limit of this.#rules.all()) {
      const scope = this.#rules.scopeOf(limit, pair);
      if (scope === undefined) continue;
      const isIn = (other: Pair) => this.#rules.scopeOf(limit, other) === scope;
      const offered = this.#offered.filter(isIn);
      const use = offered.length + running.filter(isIn).length + 1;
      const allowed = this.#rules.slotsOf(limit, scope);
      if (use > allowed) this.violations.push(`${limit.name} ${scope}: ${use} of ${allowed}`);
      const starts = this.#starts.filter(isIn);
      this.#checkPace(limit, {
        offered: offered.length,
        startsMs: starts.map(({ atMs }) => atMs),
        nowMs,
      });
    }
    this.#offered.push(pair);
  }

  /** An offer may become a pod at once or late: neither may be too soon after, or too many with, the others. */
  #checkPace(
    limit: Limit,
    at: { offered: number; startsMs: readonly number[]; nowMs: number },
  ): void {
    const { startsPerMinute = Infinity, minDelayMs = 0 } = limit;
    const recent = at.startsMs.filter((startMs) => startMs > at.nowMs - 60_000).length;
    if (recent + at.offered + 1 > startsPerMinute)
      this.violations.push(
        `${limit.name}: ${recent + at.offered + 1} starts of ${startsPerMinute}`,
      );
    const sinceMs = at.nowMs - Math.max(-Infinity, ...at.startsMs);
    if (minDelayMs > 0 && (sinceMs < minDelayMs || at.offered > 0))
      this.violations.push(`${limit.name}: ${sinceMs} ms of ${minDelayMs}, ${at.offered} offered`);
  }
}
