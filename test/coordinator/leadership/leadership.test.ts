import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KubeError } from '../../../shared/kube-client.ts';
import { LeadershipWorld } from './world.ts';

async function open(): Promise<LeadershipWorld> {
  const world = new LeadershipWorld(['a', 'b']);
  world.process('a').start();
  await world.clock.advance(3_000);
  world.process('b').start();
  await world.clock.advance(5_000);
  expect(world.history()).toEqual(['a 1']);
  expect(world.leader).toBe('a');
  return world;
}

function cutAll(world: LeadershipWorld, cut: boolean): void {
  for (const { life } of world.processes.values()) {
    if (cut) life?.link.refuse();
    else life?.link.restore();
  }
}

interface Fault {
  readonly target: string;
  readonly kind: 'kill' | 'stop' | 'pause' | 'cut' | 'refuse' | 'drift' | 'delete' | 'lose';
  readonly lastsMs: number;
  readonly restMs: number;
  readonly rate: number;
}

const anyFault: fc.Arbitrary<Fault> = fc.record({
  target: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom('kill', 'stop', 'pause', 'cut', 'refuse', 'drift', 'delete', 'lose'),
  lastsMs: fc.integer({ min: 100, max: 20_000 }),
  restMs: fc.integer({ min: 0, max: 12_000 }),
  rate: fc.double({ min: 0.99, max: 1.01, noNaN: true }),
});

/** Strikes, mends what it did, and lets the others recover a while. */
async function strike(world: LeadershipWorld, fault: Fault): Promise<void> {
  const process = world.process(fault.target);
  const { life } = process;
  const strikes: Readonly<Record<Fault['kind'], () => unknown>> = {
    kill: () => process.kill(),
    stop: () => process.stop(),
    pause: () => life?.clock.pause(),
    cut: () => life?.link.cut(),
    refuse: () => life?.link.refuse(),
    drift: () => life?.clock.drift(fault.rate),
    delete: () => world.lease !== undefined && world.deleteLease(),
    lose: () => world.losses.add(() => true),
  };
  strikes[fault.kind]();
  await world.clock.advance(fault.lastsMs);
  world.losses.clear();
  life?.clock.resume();
  life?.link.restore();
  process.start();
  await world.clock.advance(fault.restMs);
}

describe('leadership', () => {
  test('of two that start at once one leads and the other knows where', async () => {
    const world = new LeadershipWorld(['a', 'b']);
    world.startAll();
    await world.clock.advance(60_000);
    expect(world.history()).toHaveLength(1);
    expect(world.leader).toBe(world.reigns[0]?.by);
    expect(world.lease).toMatchObject({
      metadata: {
        annotations: {
          'forehold.dev/epoch': '1',
          'forehold.dev/leader-address': `${world.leader}:7443`,
        },
      },
      spec: { holderIdentity: world.leader, leaseDurationSeconds: 7, leaseTransitions: 1 },
    });
  });

  test('a quiet minute costs thirty writes, and no reads', async () => {
    const world = await open();
    const before = world.cluster.requests.entries().length;
    await world.clock.advance(60_000);
    const verbs = world.cluster.requests
      .entries()
      .slice(before)
      .map(({ verb }) => verb);
    expect(verbs.filter((verb) => verb === 'update').length).toBeLessThanOrEqual(30);
    expect(verbs.filter((verb) => verb !== 'update')).toEqual([]);
  });

  test('a killed leader is followed within 6.5 s of its last renewal', async () => {
    const world = await open();
    const killedAtMs = world.clock.now().monotonicMs;
    world.process('a').kill();
    await world.clock.runUntil(() => world.leader === 'b', 7_200);
    expect(world.history()).toEqual(['a 1', 'b 2']);
    expect(world.clock.now().monotonicMs - killedAtMs).toBeGreaterThan(4_400);
    world.process('a').start();
    await world.clock.advance(60_000);
    expect(world.history()).toEqual(['a 1', 'b 2']);
  });

  test('a stopped leader is followed at once, without losing its epoch', async () => {
    const world = await open();
    world.process('a').stop();
    await world.clock.runUntil(() => world.leader === 'b', 200);
    expect(world.history()).toEqual(['a 1', 'b 2']);
  });

  test.for([5_000, 30_000, 120_000])(
    'an API server that is away for %i ms changes nothing but a pause',
    async (outageMs) => {
      const world = await open();
      cutAll(world, true);
      await world.clock.advance(outageMs);
      if (outageMs > 6_000) expect(world.leader).toBeUndefined();
      cutAll(world, false);
      await world.clock.runUntil(() => world.leader === 'a', 3_500);
      await world.clock.advance(60_000);
      expect(world.history()).toEqual(['a 1']);
    },
  );

  test('an API server that swallows everything for a minute changes nothing but a pause', async () => {
    const world = await open();
    for (const { life } of world.processes.values()) life?.link.cut();
    await world.clock.advance(60_000);
    for (const { life } of world.processes.values()) life?.link.restore();
    await world.clock.advance(60_000);
    expect(world.history()).toEqual(['a 1']);
    expect(world.leader).toBe('a');
  });

  test('a leader that alone has lost the API server is followed, and stands by afterwards', async () => {
    const world = await open();
    world.process('a').life?.link.cut();
    await world.clock.runUntil(() => world.leader === 'b', 7_200);
    await world.clock.advance(30_000);
    world.process('a').life?.link.restore();
    await world.clock.advance(60_000);
    expect(world.history()).toEqual(['a 1', 'b 2']);
    world.process('b').stop();
    await world.clock.runUntil(() => world.leader === 'a', 200);
    expect(world.history()).toEqual(['a 1', 'b 2', 'a 3']);
  });

  test('after three minutes alone it lets go of what it leads', async () => {
    const world = new LeadershipWorld(['a']);
    world.startAll();
    await world.clock.advance(3_000);
    cutAll(world, true);
    await world.clock.advance(190_000);
    cutAll(world, false);
    await world.clock.runUntil(() => world.leader === 'a', 20_000);
    expect(world.history()).toEqual(['a 1', 'a 2']);
  });

  test('a leader that was paused for a minute holds nothing when it wakes', async () => {
    const world = await open();
    const { life } = world.process('a');
    life?.clock.pause();
    await world.clock.runUntil(() => world.leader === 'b', 7_200);
    await world.clock.advance(53_000);
    life?.clock.resume();
    await world.clock.advance(60_000);
    expect(world.history()).toEqual(['a 1', 'b 2']);
    expect(world.leader).toBe('b');
  });

  test('a pause shorter than the lease costs nobody anything', async () => {
    const world = await open();
    const { life } = world.process('a');
    life?.clock.pause();
    await world.clock.advance(4_000);
    life?.clock.resume();
    await world.clock.advance(60_000);
    expect(world.history()).toEqual(['a 1']);
  });

  test('a storm of conflicts takes the lease from nobody', async () => {
    const world = await open();
    const storm = (): KubeError => new KubeError('conflict', 409);
    world.interferences.add(({ method }) => (method === 'PUT' ? storm() : undefined));
    await world.clock.advance(20_000);
    expect(world.leader).toBeUndefined();
    world.interferences.clear();
    await world.clock.runUntil(() => world.leader === 'a', 6_000);
    await world.clock.advance(30_000);
    expect(world.history()).toEqual(['a 1']);
  });

  test('a deleted lease is written again with its epoch', async () => {
    const world = await open();
    world.deleteLease();
    await world.clock.advance(60_000);
    expect(world.history()).toEqual(['a 1']);
    expect(world.lease?.metadata.annotations).toMatchObject({ 'forehold.dev/epoch': '1' });
    expect(world.lease?.spec?.holderIdentity).toBe('a');
  });

  test('when lease and leader go together no epoch comes twice', async () => {
    const world = await open();
    world.process('a').kill();
    world.deleteLease();
    await world.clock.runUntil(() => world.leader === 'b', 9_500);
    expect(world.history()).toEqual(['a 1', 'b 2']);
  });

  test.for([
    ['seven', ['a 1'], '1'],
    ['0', ['a 1'], '1'],
    ['50', ['a 1', 'a 51'], '51'],
  ] as const)('an epoch of "%s" by hand leads to %j', async ([epoch, history, epochNow]) => {
    const world = await open();
    world.editLease(({ metadata }) => ({
      metadata: { ...metadata, annotations: { 'forehold.dev/epoch': epoch } },
    }));
    await world.clock.advance(60_000);
    expect(world.history().map((reign) => reign.replace('b', 'a'))).toEqual(history);
    expect(world.lease?.metadata.annotations).toMatchObject({ 'forehold.dev/epoch': epochNow });
  });

  test('an epoch that cannot be read keeps everybody waiting for a person', async () => {
    const world = await open();
    world.process('a').kill();
    world.editLease(({ metadata }) => ({
      metadata: { ...metadata, annotations: { 'forehold.dev/epoch': 'seven' } },
    }));
    await world.clock.advance(120_000);
    expect(world.history()).toEqual(['a 1']);
    world.editLease(({ metadata }) => ({
      metadata: { ...metadata, annotations: { 'forehold.dev/epoch': '9' } },
    }));
    await world.clock.runUntil(() => world.leader === 'b', 9_500);
    expect(world.history()).toEqual(['a 1', 'b 10']);
  });

  test('never do two hold a tenure, whatever happens, and in the end somebody leads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyFault, { maxLength: 8 }), fc.nat(), async (faults, seed) => {
        const world = new LeadershipWorld(['a', 'b', 'c'], seed);
        world.startAll();
        await world.clock.advance(4_000);
        for (const fault of faults) await strike(world, fault);
        await world.clock.runUntil(() => world.leader !== undefined, 30_000);
        const epochs = world.reigns.map(({ epoch }) => epoch);
        const { leader } = world;
        await world.clock.advance(20_000);
        expect(world.leader).toBe(leader);
        expect(epochs).toEqual([...new Set(epochs)].toSorted((left, right) => left - right));
      }),
      { numRuns: 40 },
    );
  });
});
