// The whole life of managed certificates on a virtual clock, and what happens to damaged ones.

import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { configMapPath, ObjectStore, secretPath } from './object-store.ts';
import { TestReplica } from './replica.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const replicas: TestReplica[] = [];

afterEach(() => {
  for (const replica of replicas.splice(0)) replica.close();
});

function open(store = ObjectStore.open(), clock = new VirtualClock({ wallMs: Date.now() })) {
  const add = (): TestReplica => {
    const replica = new TestReplica(store, clock);
    replicas.push(replica);
    return replica;
  };
  return { store, clock, add };
}

/** A replica that serves, and what agents know. */
async function begin() {
  const stand = open();
  const replica = stand.add();
  expect(await replica.pass()).toBe(true);
  return { ...stand, replica };
}

function count(bundle: string): number {
  return bundle.split('BEGIN CERTIFICATE').length - 1;
}

describe('ManagedSource', () => {
  test('fills the empty Secret, publishes the authority and serves', async () => {
    const { store, replica } = await begin();
    expect(count(store.bundle)).toBe(1);
    expect(await replica.dial(store.bundle)).toBeUndefined();
    expect(await replica.dial(store.bundle, 'other.svc')).toContain('is not in the cert');
    expect(replica.rotations).toEqual(['authority', 'serving']);
    expect(replica.keeper.view.isTroubled).toBe(false);
  });

  test('of two that begin at once one wins and the other takes what it wrote', async () => {
    const { store, add } = open();
    const [one, other] = [add(), add()];
    expect(await Promise.all([one.pass(), other.pass()])).toEqual([true, true]);
    expect([...one.rotations, ...other.rotations]).toEqual(['authority', 'serving']);
    expect(one.served?.certificate).toBe(store.secretText('tls.crt'));
    expect(other.served).toEqual(one.served);
    expect(await other.dial(store.bundle)).toBeUndefined();
    expect([...one.messages('warn'), ...other.messages('warn')]).toEqual([]);
  });

  test('for five years no agent with the authorities of twelve hours ago is cut off', async () => {
    const { store, clock, add } = open();
    const [steady, absent] = [add(), add()];
    await steady.pass();
    await absent.pass();
    let mounted = store.bundle;
    let dials = 0;
    const seen = { serving: new Set<string>(), bundles: new Set<string>() };
    const note = (): boolean => {
      const before = seen.serving.size + seen.bundles.size;
      seen.serving.add(steady.served?.certificate ?? '').add(absent.served?.certificate ?? '');
      seen.bundles.add(store.bundle);
      return seen.serving.size + seen.bundles.size > before;
    };
    for (let day = 0; day < 5 * 365; day += 0.5) {
      await clock.advance(12 * hourMs);
      await steady.pass();
      // This one hears nothing of the API server for nine days of ten.
      if (day % 10 > 9) await absent.pass();
      // A real TLS client dials while a change reaches agents; in between it would see the same bytes.
      if (note() || mounted !== store.bundle) dials = 2;
      if (dials > 0) await expectTrusted([steady, absent], mounted);
      dials -= 1;
      mounted = store.bundle;
    }
    expect(Math.max(...[...seen.bundles].map(count))).toBe(2);
    expect(steady.rotations.filter((certificate) => certificate === 'authority')).toHaveLength(4);
    // Each lives 30 days and is renewed after 20.
    expect(seen.serving.size).toBeGreaterThan(90);
    expect([...steady.messages('warn'), ...absent.messages('warn')]).toEqual([]);
  }, 120_000);

  test('an authority that cannot be published does not sign', async () => {
    const { store, clock, replica } = await begin();
    const first = store.secretText('ca.crt');
    store.refuse = ({ path }) => (path === configMapPath ? 403 : undefined);
    await clock.advance(500 * dayMs);
    for (let day = 0; day < 30; day += 1) {
      await clock.advance(dayMs);
      expect(await replica.pass()).toBe(false);
      expect(await replica.dial(first)).toBeUndefined();
    }
    expect(store.secretText('next-ca.crt')).not.toBe('');
    expect(store.secretText('next-ca-published-at')).toBe('');
    expect(replica.messages('warn')).toEqual(['certificates not kept']);
    store.refuse = () => undefined;
    await replica.pass();
    await replica.pass();
    expect(await replica.dial(first)).toBeUndefined();
    const both = store.bundle;
    await clock.advance(dayMs);
    await replica.pass();
    expect(await replica.dial(first)).toBe('unknown authority');
    expect(await replica.dial(both)).toBeUndefined();
    expect(replica.messages('info')).toContain('certificates are kept again');
  });

  test('other names are served by the same authority at once', async () => {
    const { store, clock, replica } = await begin();
    const renamed = new TestReplica(store, clock, { names: ['new.svc'] });
    replicas.push(renamed);
    await renamed.pass();
    expect(await renamed.dial(store.bundle, 'new.svc')).toBeUndefined();
    expect(renamed.rotations).toEqual(['serving']);
    await replica.pass();
  });

  test('what was served goes on while the API server is away', async () => {
    const { store, clock, replica } = await begin();
    store.refuse = () => 503;
    for (let day = 0; day < 29; day += 1) {
      await clock.advance(dayMs);
      expect(await replica.pass()).toBe(false);
    }
    expect(await replica.dial(store.bundle)).toBeUndefined();
    expect(replica.messages('warn')).toEqual(['certificates not kept']);
    expect(replica.keeper.view.isTroubled).toBe(true);
  });

  test('reads the Secret every minute, and more often only while that fails', async () => {
    const { store, clock, replica } = await begin();
    const running = new AbortController();
    const requests = () => store.requests.splice(0).map(({ method, path }) => `${method} ${path}`);
    requests();
    const ended = replica.keeper.run(running.signal).catch((error: unknown) => error);
    await clock.advance(10 * 60_000);
    const asked = requests();
    expect(asked.filter((request) => request === `GET ${secretPath}`)).toHaveLength(11);
    expect(asked.filter((request) => request === `GET ${configMapPath}`)).toHaveLength(10);
    expect(asked).toHaveLength(21);
    running.abort(new Error('stopped'));
    expect(await ended).toMatchObject({ message: 'stopped' });
  });
});

async function expectTrusted(all: readonly TestReplica[], bundle: string): Promise<void> {
  for (const replica of all) expect(await replica.dial(bundle)).toBeUndefined();
}
