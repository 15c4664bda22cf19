import { describe, expect, test } from 'vitest';
import type { Pod } from '../../shared/kube-types.ts';
import { ApiError } from '../../sim/store/api-error.ts';
import { Store } from '../../sim/store.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';

const at = { namespace: 'pulls', name: 'a' };

function openStore(maxHistory = 100): { store: Store; clock: VirtualClock } {
  const clock = new VirtualClock();
  return { store: new Store({ clock, seed: 7, maxHistory }), clock };
}

function podOn(nodeName: string | undefined, name = 'a'): Pod {
  const spec = { containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 30 };
  return {
    metadata: { name, namespace: 'pulls' },
    spec: nodeName === undefined ? spec : { ...spec, nodeName },
  };
}

function refusal(act: () => unknown): ApiError {
  try {
    act();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('Store', () => {
  test('gives uid, version, generation, whole-second creation time and first status', async () => {
    const { store, clock } = openStore();
    await clock.advance(1_900);
    const created = store.create('pods', podOn('n1'));
    expect(created.metadata).toMatchObject({
      resourceVersion: '2',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:01Z',
    });
    expect(created.metadata.uid).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
    );
    expect(created.status?.phase).toBe('Pending');
  });

  test('gives the same uids and names for the same seed', () => {
    const names = [openStore(), openStore()].map(({ store }) => {
      const metadata = { name: '', generateName: 'x-', namespace: 'pulls' };
      const { uid, name } = store.create('pods', { ...podOn('n1'), metadata }).metadata;
      return `${uid} ${name}`;
    });
    expect(names[0]).toBe(names[1]);
    expect(names[0]).toMatch(/ x-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('refuses a second object of the same name, and reads of none', () => {
    const { store } = openStore();
    store.create('pods', podOn('n1'));
    expect(refusal(() => store.create('pods', podOn('n2')))).toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
    });
    expect(refusal(() => store.get('nodes', { name: 'x' }))).toMatchObject({
      status: 404,
      reason: 'NotFound',
      message: 'nodes "x" not found',
    });
    expect(store.find('nodes', { name: 'x' })).toBeUndefined();
  });

  test('takes a version in an update as an optimistic lock', () => {
    const { store } = openStore();
    const first = store.create('pods', podOn('n1'));
    const second = store.replace(
      'pods',
      { ...first, status: { phase: 'Running' } },
      { subresource: 'status' },
    );
    expect(second.metadata.resourceVersion).toBe('3');
    expect(refusal(() => store.replace('pods', first)).reason).toBe('Conflict');
    const { resourceVersion: _, ...metadata } = first.metadata;
    expect(store.replace('pods', { ...first, metadata }).status?.phase).toBe('Running');
  });

  test('refuses an update of another object with the same name', () => {
    const { store } = openStore();
    const first = store.create('pods', podOn('n1'));
    store.remove('pods', at, { graceSeconds: 0 });
    store.create('pods', podOn('n1'));
    const { resourceVersion: _, ...metadata } = first.metadata;
    expect(refusal(() => store.replace('pods', { ...first, metadata })).reason).toBe('Conflict');
  });

  test('keeps status out of main writes and the rest out of status writes', () => {
    const { store } = openStore();
    const created = store.create('cachedimages', { metadata: { name: 'a' }, spec: { image: 'x' } });
    const main = store.replace('cachedimages', {
      ...created,
      spec: { image: 'y' },
      status: { phase: 'Ready' },
    });
    expect(main).toMatchObject({ spec: { image: 'y' }, metadata: { generation: 2 } });
    expect(main.status).toBeUndefined();
    const status = store.replace(
      'cachedimages',
      { ...main, spec: { image: 'z' }, status: { phase: 'Ready' } },
      { subresource: 'status' },
    );
    expect(status).toMatchObject({
      spec: { image: 'y' },
      status: { phase: 'Ready' },
      metadata: { generation: 2 },
    });
  });

  test('raises the generation for spec changes only', () => {
    const { store } = openStore();
    const created = store.create('cachedimages', { metadata: { name: 'a' }, spec: { image: 'x' } });
    const metadata = { ...created.metadata, labels: { a: 'b' } };
    const labelled = store.replace('cachedimages', { ...created, metadata });
    expect(labelled.metadata).toMatchObject({ generation: 1, labels: { a: 'b' } });
  });

  test('takes a write that changes nothing for no write', () => {
    const { store } = openStore();
    const created = store.create('pods', podOn('n1'));
    let events = 0;
    store.subscribe('pods', () => {
      events += 1;
    });
    const again = store.replace('pods', structuredClone(created));
    expect(again.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    expect([events, store.version]).toEqual([0, 2]);
  });

  test('lists sorted by namespace and name, whatever the order of creation', () => {
    const { store } = openStore();
    for (const name of ['b', 'c', 'a', 'a-b', 'aa']) store.create('pods', podOn('n1', name));
    store.remove('pods', { ...at, name: 'c' }, { graceSeconds: 0 });
    const names = store.list('pods').map(({ metadata }) => metadata.name);
    expect(names).toEqual(['a', 'a-b', 'aa', 'b']);
  });

  test('remembers earlier lists until the history is over', () => {
    const { store } = openStore(3);
    store.create('pods', podOn('n1', 'a'));
    const version = store.version;
    store.create('pods', podOn('n1', 'b'));
    store.remove('pods', at, { graceSeconds: 0 });
    const names = store.listAt('pods', version, {}).map(({ metadata }) => metadata.name);
    expect(names).toEqual(['a']);
    for (const name of ['c', 'd', 'e', 'f']) store.create('pods', podOn('n1', name));
    expect(refusal(() => store.listAt('pods', version, {}))).toMatchObject({
      status: 410,
      reason: 'Expired',
    });
  });

  test('tells subscribers in order, even of writes that one of them makes meanwhile', () => {
    const { store } = openStore();
    const seen: string[] = [];
    store.subscribe('pods', ({ type, object }) => {
      if (type !== 'ADDED') return;
      store.modify('pods', object.metadata, (pod) => ({ ...pod, status: { phase: 'Running' } }), {
        subresource: 'status',
      });
    });
    store.subscribe('pods', ({ type, version }) => seen.push(`${type} ${version}`));
    store.create('pods', podOn('n1'));
    expect(seen).toEqual(['ADDED 2', 'MODIFIED 3']);
  });

  test('removes an object once, even when a kubelet lets go of it at the sight of its mark', () => {
    const { store } = openStore();
    const seen: string[] = [];
    store.subscribe('pods', ({ type, object }) => {
      seen.push(type);
      if (type === 'MODIFIED' && object.metadata.deletionTimestamp !== undefined) {
        store.remove('pods', at, { graceSeconds: 0 });
      }
    });
    const created = store.create('pods', podOn('n1'));
    store.replace(
      'pods',
      { ...created, status: { phase: 'Succeeded' } },
      { subresource: 'status' },
    );
    store.remove('pods', at, { graceSeconds: 0 });
    expect(seen).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED']);
    expect(store.find('pods', at)).toBeUndefined();
  });

  test('tells a subscriber by node of its own pods only, also of those that leave it', () => {
    const { store } = openStore();
    const seen: string[] = [];
    const end = store.subscribe(
      'pods',
      ({ type, object }) => seen.push(`${type} ${object.metadata.name}`),
      {
        nodeName: 'n1',
      },
    );
    store.create('pods', podOn('n2', 'b'));
    const moved = store.create('pods', podOn('n1'));
    store.replace('pods', { ...moved, spec: { ...moved.spec, nodeName: 'n2' } });
    store.replace('pods', { ...store.get('pods', at), metadata: { ...at, labels: { x: 'y' } } });
    end();
    end();
    store.create('pods', podOn('n1', 'c'));
    expect(seen).toEqual(['ADDED a', 'MODIFIED a']);
  });

  test('tells a subscriber nothing that happened before it subscribed, delivered or not', () => {
    const { store } = openStore();
    const seen: number[] = [];
    store.subscribe('pods', ({ type, object }) => {
      if (type !== 'ADDED') return;
      // Version 3 has happened and waits for its turn; whoever subscribes now reads it from the store.
      store.modify('pods', object.metadata, (pod) => ({ ...pod, status: { phase: 'Running' } }), {
        subresource: 'status',
      });
      store.subscribe('pods', ({ version }) => seen.push(version));
    });
    store.create('pods', podOn('n1'));
    store.remove('pods', at, { graceSeconds: 0 });
    expect(seen).toEqual([4, 5]);
  });
});

describe('Store.remove', () => {
  const cases = [
    {
      name: 'an unbound pod goes at once',
      node: undefined,
      phase: 'Pending',
      grace: undefined,
      stays: undefined,
    },
    {
      name: 'a bound pod stays for its own grace',
      node: 'n1',
      phase: 'Pending',
      grace: undefined,
      stays: 30,
    },
    {
      name: 'a running pod stays for the grace asked for',
      node: 'n1',
      phase: 'Running',
      grace: 1,
      stays: 1,
    },
    {
      name: 'grace below zero counts as one second',
      node: 'n1',
      phase: 'Running',
      grace: -5,
      stays: 1,
    },
    { name: 'grace 0 removes at once', node: 'n1', phase: 'Running', grace: 0, stays: undefined },
    {
      name: 'a succeeded pod goes at once',
      node: 'n1',
      phase: 'Succeeded',
      grace: 30,
      stays: undefined,
    },
    {
      name: 'a failed pod goes at once',
      node: 'n1',
      phase: 'Failed',
      grace: undefined,
      stays: undefined,
    },
  ];
  test.for(cases)('$name', ({ node, phase, grace, stays }) => {
    const { store } = openStore();
    const created = store.create('pods', podOn(node));
    store.replace('pods', { ...created, status: { phase } }, { subresource: 'status' });
    const { removed, object } = store.remove('pods', at, { graceSeconds: grace });
    expect(removed).toBe(stays === undefined);
    expect(object.metadata.deletionGracePeriodSeconds).toBe(stays ?? 0);
    expect(store.find('pods', at)?.metadata.deletionGracePeriodSeconds).toBe(stays);
  });

  test('marks the time by which the pod has to be gone, and raises the generation once', () => {
    const { store } = openStore();
    store.create('pods', podOn('n1'));
    const first = store.remove('pods', at).object.metadata;
    expect(first).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z', generation: 2 });
    const second = store.remove('pods', at, { graceSeconds: 1 }).object.metadata;
    expect(second).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:01Z',
      deletionGracePeriodSeconds: 1,
      generation: 2,
    });
  });

  test('lets a second deletion shorten the grace, never lengthen it', () => {
    const { store } = openStore();
    store.create('pods', podOn('n1'));
    store.remove('pods', at, { graceSeconds: 1 });
    const before = store.version;
    expect(store.remove('pods', at, { graceSeconds: 30 }).removed).toBe(false);
    expect(store.remove('pods', at).removed).toBe(false);
    expect(store.version).toBe(before);
    expect(store.remove('pods', at, { graceSeconds: 0 }).removed).toBe(true);
  });

  test('shows the mark before the end, and the end with a version of its own', () => {
    const { store } = openStore();
    const seen: string[] = [];
    store.create('pods', podOn('n1'));
    store.subscribe('pods', ({ type, object }) => {
      const { deletionGracePeriodSeconds, resourceVersion } = object.metadata;
      seen.push(`${type} ${deletionGracePeriodSeconds} ${resourceVersion}`);
    });
    store.remove('pods', at, { graceSeconds: 0 });
    expect(seen).toEqual(['MODIFIED 0 3', 'DELETED 0 4']);
  });

  test('refuses another uid or version than the object has', () => {
    const { store } = openStore();
    const { uid } = store.create('pods', podOn('n1')).metadata;
    const error = refusal(() => store.remove('pods', at, { uid: 'other' }));
    expect(error).toMatchObject({ status: 409, reason: 'Conflict' });
    expect(error.message).toContain(`the UID in the precondition (other) does not match`);
    expect(refusal(() => store.remove('pods', at, { resourceVersion: '1' })).reason).toBe(
      'Conflict',
    );
    expect(store.remove('pods', at, { uid, resourceVersion: '2' }).removed).toBe(false);
  });

  test('waits for finalizers, and ends with the last of them', () => {
    const { store } = openStore();
    const metadata = { name: 'a', finalizers: ['x/y'] };
    const created = store.create('cachedimages', { metadata, spec: {} });
    expect(store.remove('cachedimages', { name: 'a' }).removed).toBe(false);
    const waiting = store.get('cachedimages', { name: 'a' });
    expect(waiting.metadata).toMatchObject({ generation: 2, deletionGracePeriodSeconds: 0 });
    expect(store.remove('cachedimages', { name: 'a' }).removed).toBe(false);
    store.replace('cachedimages', { ...created, metadata: { name: 'a' } });
    expect(store.find('cachedimages', { name: 'a' })).toBeUndefined();
  });
});
