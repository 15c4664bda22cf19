// What is made of a Secret that somebody damaged, emptied, filled or restored, and that no key is ever told.

import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { configMapPath, ObjectStore, secretPath } from './object-store.ts';
import { TestReplica } from './replica.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const canary = 'CANARY-of-a-private-key';
const open: TestReplica[] = [];

afterEach(() => {
  for (const replica of open.splice(0)) {
    // No key gets into a log: neither one that somebody planted nor one of ours.
    const text = JSON.stringify(replica.lines);
    expect(text).not.toContain(canary);
    expect(text).not.toContain('PRIVATE KEY');
    const [, body = 'none'] = (replica.served?.key ?? '').split('\n');
    expect(text).not.toContain(body.slice(0, 24));
    replica.close();
  }
});

async function begin() {
  const store = ObjectStore.open();
  const clock = new VirtualClock({ wallMs: Date.now() });
  const add = (): TestReplica => {
    const replica = new TestReplica(store, clock);
    open.push(replica);
    return replica;
  };
  const replica = add();
  await replica.pass();
  const bundle = store.bundle;
  return { store, clock, add, replica, bundle };
}

describe('a damaged Secret', () => {
  test.for<[string, Record<string, string | undefined>]>([
    ['a key', { 'tls.key': canary }],
    ['the authority', { 'ca.crt': 'nothing', 'ca.key': canary }],
    ['everything', { 'ca.crt': '', 'ca.key': canary, 'tls.crt': canary, 'tls.key': '' }],
  ])('is written back by a replica that holds what was there: %s', async ([, damage]) => {
    const { store, replica, bundle } = await begin();
    const before = store.secretText('tls.crt');
    store.editSecret(damage);
    expect(await replica.pass()).toBe(true);
    expect(store.secretText('tls.crt')).toBe(before);
    expect(store.bundle).toBe(bundle);
    expect(replica.messages('error')).toEqual(['damaged certificates found']);
    expect(await replica.dial(bundle)).toBeUndefined();
  });

  test('that was emptied is written back too', async () => {
    const { store, replica, bundle } = await begin();
    const before = store.secretText('ca.key');
    store.set(secretPath, { metadata: { name: 'forehold-tls' } });
    expect(await replica.pass()).toBe(true);
    expect(store.secretText('ca.key')).toBe(before);
    expect(await replica.dial(bundle)).toBeUndefined();
  });

  test('without its serving certificate gets another one of the same authority', async () => {
    const { store, add, bundle } = await begin();
    store.editSecret({ 'tls.key': canary });
    const fresh = add();
    expect(await fresh.pass()).toBe(true);
    expect(fresh.rotations).toEqual(['serving']);
    expect(await fresh.dial(bundle)).toBeUndefined();
    expect(store.bundle).toBe(bundle);
  });

  test.for<[string, Record<string, string | undefined>]>([
    ['lost', { 'ca.key': undefined }],
    ['damaged', { 'ca.key': canary }],
  ])('whose authority is %s gets a successor by way of overlap', async ([, damage]) => {
    const { store, clock, add } = await begin();
    store.editSecret(damage);
    const fresh = add();
    let mounted = store.bundle;
    for (let hour = 0; hour < 40; hour += 1) {
      await fresh.pass();
      expect(await fresh.dial(mounted)).toBeUndefined();
      mounted = store.bundle;
      await clock.advance(60 * minuteMs);
    }
    expect(fresh.rotations).toEqual(['authority', 'serving']);
    expect(fresh.messages('error')).toEqual(['damaged certificates found']);
    await clock.advance(31 * dayMs);
    await fresh.pass();
    await clock.advance(11 * minuteMs);
    await fresh.pass();
    expect(store.bundle.split('BEGIN').length - 1).toBe(1);
  });

  test('of which nothing can be served gets new material at once', async () => {
    const { store, add } = await begin();
    store.editSecret({ 'ca.key': canary, 'tls.key': canary });
    const fresh = add();
    expect(await fresh.pass()).toBe(true);
    expect(fresh.rotations).toEqual(['authority', 'serving']);
    expect(await fresh.dial(store.bundle)).toBeUndefined();
  });

  test('that holds what others wrote is left alone, with a sentence', async () => {
    const { store, add } = await begin();
    const foreign = { 'tls.crt': 'x', 'tls.key': canary };
    store.set(secretPath, { metadata: { name: 'forehold-tls' }, data: foreign });
    const fresh = add();
    expect(await fresh.pass()).toBe(false);
    expect(store.objects.get(secretPath)?.data).toEqual(foreign);
    expect(fresh.served).toBeUndefined();
    expect(fresh.lines).toMatchObject([
      {
        msg: 'certificates not kept',
        why: expect.stringMatching(/holds what Forehold did not write; empty it, name another/),
      },
    ]);
    await fresh.pass();
    expect(fresh.lines).toHaveLength(1);
  });

  test('that is restored from a backup is served when agents know its authority', async () => {
    const { store, clock, replica, bundle } = await begin();
    const other = await begin();
    const restored = other.store.objects.get(secretPath);
    store.set(secretPath, { metadata: { name: 'forehold-tls' }, ...restored });
    await replica.pass();
    expect(await replica.dial(bundle)).toBeUndefined();
    for (let minute = 0; minute < 4; minute += 1) {
      await clock.advance(minuteMs);
      await replica.pass();
      expect(await replica.dial(bundle)).toBeUndefined();
      expect(store.bundle.split('BEGIN').length - 1).toBe(2);
    }
    const both = store.bundle;
    await clock.advance(minuteMs);
    await replica.pass();
    expect(await replica.dial(bundle)).toBe('unknown authority');
    expect(await replica.dial(both)).toBeUndefined();
    await clock.advance(11 * minuteMs);
    await replica.pass();
    expect(store.bundle).toBe(other.bundle);
  });
});

describe('a missing object', () => {
  test('is created where that is permitted', async () => {
    const store = new ObjectStore();
    const replica = new TestReplica(store, new VirtualClock({ wallMs: Date.now() }));
    open.push(replica);
    expect(await replica.pass()).toBe(true);
    expect([...store.objects.keys()]).toEqual([secretPath, configMapPath]);
    expect(await replica.dial(store.bundle)).toBeUndefined();
  });

  test('is asked for where it is not', async () => {
    const store = new ObjectStore();
    store.refuse = ({ method }) => (method === 'POST' ? 403 : undefined);
    const replica = new TestReplica(store, new VirtualClock({ wallMs: Date.now() }));
    open.push(replica);
    expect(await replica.pass()).toBe(false);
    expect(replica.lines[0]).toMatchObject({
      why: 'cannot create secret forehold-tls: make it, empty, in namespace forehold, as the chart does',
    });
    store.set(secretPath, { metadata: { name: 'forehold-tls' } });
    expect(await replica.pass()).toBe(false);
    expect(replica.lines.at(-1)).toMatchObject({
      why: 'cannot create configmap forehold-ca: make it, empty, in namespace forehold-pulls, as the chart does',
    });
    // Those who have the authority by other ways are served all the same.
    expect(await replica.dial(store.secretText('ca.crt'))).toBeUndefined();
  });
});
