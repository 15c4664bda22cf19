// Explain never says anything else than offers do, whatever happens: asked about every pair after every event.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Effect, Event } from '../../../coordinator/core/events.ts';
import type { Limit } from '../../../coordinator/core/limits.ts';
import type { Pause } from '../../../coordinator/core/pauses.ts';
import type { ExplanationView } from '../../../coordinator/core/views.ts';
import { cachedImage, nodeRecord } from '../../../sim/core-records.ts';
import { Bench } from './bench.ts';
import { offersIn } from './driver.ts';

const limits: fc.Arbitrary<readonly Limit[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('cluster', 'image', 'node', 'mirror'),
    per: fc.constantFrom('cluster', 'image', 'registry', 'node', 'zone'),
    slots: fc.record({ count: fc.integer({ min: 1, max: 4 }), percent: fc.constant(0) }),
    match: fc.constantFrom({}, { registry: 'r.*' }),
  }),
  { maxLength: 3, selector: ({ name }) => name },
);

const scenario = fc.record({
  nodes: fc.integer({ min: 1, max: 5 }),
  images: fc.integer({ min: 1, max: 4 }),
  limits,
  failEvery: fc.constantFrom(0, 2, 5),
  disturbances: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 60_000 }),
      kind: fc.constantFrom('pause', 'pauseAll', 'resume', 'revoke', 'leave', 'return', 'notReady'),
      which: fc.nat(5),
    }),
    { maxLength: 12 },
  ),
});

function imageOf(which: number): string {
  return `r.example/image-${which}:latest`;
}

/** Looks at every explanation after every event. */
class WatchedBench extends Bench {
  readonly seen = new Set<string>();
  #isStarted = false;

  override start(): void {
    super.start();
    this.#isStarted = true;
  }

  override apply(event: Event): readonly Effect[] {
    const effects = super.apply(event);
    if (this.#isStarted) this.#check(effects);
    return effects;
  }

  #check(effects: readonly Effect[]): void {
    const { inquiry } = this.core;
    const paused = new Set(inquiry.pauses().map(({ name }) => name));
    const held = new Map<string, number>();
    for (const node of this.nodeNames)
      for (const explanation of inquiry.explainNode(node, this.now)) {
        const { limit, reason } = explanation;
        this.seen.add(reason);
        expectTrue(explanation, paused);
        const key = `${limit?.limit} ${limit?.scope}`;
        if (limit !== undefined) held.set(key, (held.get(key) ?? 0) + 1);
      }
    // Counted by classes of nodes there, pair by pair here.
    for (const { limit, scope, heldBack, waiting } of inquiry.limits(this.now)) {
      expect([limit, scope, heldBack]).toEqual([limit, scope, held.get(`${limit} ${scope}`) ?? 0]);
      expect(waiting).toBeGreaterThanOrEqual(heldBack);
    }
    for (const { image, leaseId } of offersIn(effects)) {
      const nodeName = this.core.lease(leaseId)?.nodeName ?? '';
      expect(paused.has('') || paused.has(image), 'an offer of a paused image').toBe(false);
      const [explanation] = inquiry.explainPair(image, nodeName, this.now);
      expect(explanation).toMatchObject({ reason: 'LeaseOffered', holders: [{ leaseId }] });
    }
  }
}

function expectTrue(explanation: ExplanationView, paused: ReadonlySet<string>): void {
  const { reason, limit, image } = explanation;
  // It would have been offered with the event: nothing is ever left over.
  expect(reason).not.toBe('Idle');
  if (limit !== undefined) expect(limit.inUse).toBeGreaterThanOrEqual(limit.slots);
  if (reason === 'Paused') expect(paused.has('') || paused.has(image)).toBe(true);
}

function disturb(bench: WatchedBench, kind: string, which: number): void {
  const node = bench.nodeNames[which % bench.nodeNames.length] ?? '';
  const { inquiry } = bench.core;
  const pauseOf = (change: Partial<Pause>): Pause => ({
    scope: 'image',
    name: imageOf(which),
    why: '',
    by: '',
    authenticatedAs: '',
    sinceMs: 0,
    ...change,
  });
  const events: Readonly<Record<string, () => Event | undefined>> = {
    pause: () => ({ kind: 'pausesChanged', pauses: [...inquiry.pauses(), pauseOf({})] }),
    pauseAll: () => ({ kind: 'pausesChanged', pauses: [pauseOf({ scope: 'all', name: '' })] }),
    resume: () => ({ kind: 'pausesChanged', pauses: [] }),
    revoke: () => {
      const lease = [...bench.core.leases()][which];
      if (lease === undefined) return undefined;
      return { kind: 'leaseRevoked', leaseId: lease.id, message: 'taken back' };
    },
    leave: () => ({ kind: 'sessionEnded', sessionId: `session-${node}` }),
    notReady: () => ({ kind: 'nodeSeen', node: nodeRecord(node, { ready: which > 2 }) }),
    return: () => undefined,
  };
  const event = events[kind]?.();
  if (event !== undefined) bench.apply(event);
  else if (kind === 'return') bench.connect(node);
}

test('Explain and offers never disagree', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(scenario, (given) => {
      const bench = new WatchedBench({
        nodes: given.nodes,
        images: Array.from({ length: given.images }, (_, index) =>
          cachedImage(`image-${index}`, { image: `r.example/image-${index}` }),
        ),
        limits: given.limits,
        latencyMs: 20,
        plan: (image, node, attempt) => {
          const number = image.length * 7 + node.length * 13 + attempt * 31;
          const fails = given.failEvery > 0 && number % given.failEvery === 0;
          const failure = { reason: 'PullFailed', message: 'refused' } as const;
          return { pullMs: 200 + (number % 97) * 60, ...(fails ? { failure } : {}) };
        },
      });
      bench.start();
      for (const { atMs, kind, which } of given.disturbances)
        bench.at(atMs, () => disturb(bench, kind, which));
      bench.runUntil(() => false, 90_000);
      for (const reason of bench.seen) seen.add(reason);
    }),
    { numRuns: 60 },
  );
  // The runs went where there is something to explain.
  for (const reason of ['Pulling', 'Cached', 'Paused', 'Backoff', 'NodeLimit', 'AgentDisconnected'])
    expect(seen).toContain(reason);
});
