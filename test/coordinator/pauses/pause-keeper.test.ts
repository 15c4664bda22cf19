// Pauses on the embedded cluster's API server: what is kept, who may write, and what a damaged list does.

import { afterEach, describe, expect, test } from 'vitest';
import type { Pause } from '../../../coordinator/core/pauses.ts';
import { configMapPath, configMapsPath } from '../../../coordinator/kube/paths.ts';
import { openPauseKeeper, type PauseKeeper } from '../../../coordinator/pauses/pause-keeper.ts';
import { type KubeClient, openKubeClient } from '../../../shared/kube-client.ts';
import type { ConfigMap } from '../../../shared/kube-types.ts';
import { EmbeddedCluster } from '../../../sim/embedded-cluster.ts';
import { FakeKube, refusal } from '../fake-kube.ts';
import { clock, openTestLog } from '../stand.ts';

const namespace = 'forehold-system';
const path = configMapPath(namespace, 'forehold-pauses');
const signal = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function startCluster(): Promise<KubeClient> {
  const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 0 });
  closers.push(() => cluster.stop());
  return openKubeClient({ ...(await cluster.start()), userAgent: 'test' });
}

function open(kube: KubeClient, epoch: number): Promise<PauseKeeper> {
  const { log } = openTestLog();
  const options = { kube, namespace, epoch, clock, random: () => 0, log };
  return openPauseKeeper(options, signal);
}

function pauseOf(change: Partial<Pause> = {}): Pause {
  const said = { why: 'storm "now"', by: 'ada', authenticatedAs: 'system:ada', sinceMs: 1_000 };
  return { scope: 'image', name: 'r.example/a:1', ...said, ...change };
}

function read(kube: KubeClient): Promise<ConfigMap> {
  return kube.request({ method: 'GET', path });
}

async function damage(kube: KubeClient, text: string): Promise<void> {
  const stored = await read(kube);
  await kube.request({ method: 'PUT', path, body: { ...stored, data: { pauses: text } } });
}

describe('PauseKeeper', () => {
  test('creates its ConfigMap, and the next leader reads what was kept', async () => {
    const kube = await startCluster();
    const first = await open(kube, 1);
    expect(first.list()).toEqual([]);
    const changes: number[] = [];
    first.onChange = (pauses) => changes.push(pauses.length);
    await first.add(pauseOf());
    await first.add(pauseOf({ scope: 'all', name: '' }));
    await first.add(pauseOf({ why: 'another reason' }));
    expect(changes).toEqual([1, 2, 2]);
    const second = await open(kube, 2);
    expect(second.list()).toEqual([
      pauseOf({ scope: 'all', name: '' }),
      pauseOf({ why: 'another reason' }),
    ]);
    await second.remove({ scope: 'all', name: '' });
    expect((await open(kube, 3)).list()).toEqual([pauseOf({ why: 'another reason' })]);
    expect((await read(kube)).metadata.annotations).toEqual({ 'forehold.dev/epoch': '3' });
  });

  test('a former leader keeps nothing, and says so', async () => {
    const kube = await startCluster();
    const former = await open(kube, 1);
    await open(kube, 2);
    await expect(former.add(pauseOf())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'cannot pause image r.example/a:1: another coordinator leads now',
    });
    expect(former.list()).toEqual([]);
    expect((await open(kube, 3)).list()).toEqual([]);
  });

  test('epochs that start anew claim it all the same', async () => {
    const kube = await startCluster();
    await (await open(kube, 7)).add(pauseOf());
    const anew = await open(kube, 1);
    await anew.add(pauseOf({ scope: 'all', name: '' }));
    expect(anew.list()).toHaveLength(2);
  });

  test('an edit by hand is taken over with the next change', async () => {
    const kube = await startCluster();
    const keeper = await open(kube, 1);
    await keeper.add(pauseOf());
    await damage(kube, '');
    await keeper.add(pauseOf({ scope: 'all', name: '' }));
    expect(keeper.list()).toEqual([pauseOf({ scope: 'all', name: '' })]);
  });

  test('a ConfigMap that was deleted is made again, with everything in it', async () => {
    const kube = await startCluster();
    const keeper = await open(kube, 1);
    await keeper.add(pauseOf());
    await kube.request({ method: 'DELETE', path });
    await keeper.add(pauseOf({ scope: 'all', name: '' }));
    expect((await open(kube, 2)).list()).toHaveLength(2);
  });

  test.for([
    'no JSON',
    '{"version": 2, "pauses": []}',
    '{"version": 1, "pauses": [{}]}',
    '{"version": 1, "pauses": 7}',
    '[]',
  ])('a damaged list pauses everything until somebody resumes: %s', async (text) => {
    const kube = await startCluster();
    await open(kube, 1);
    await damage(kube, text);
    const keeper = await open(kube, 2);
    expect(keeper.list()).toMatchObject([
      {
        scope: 'all',
        name: '',
        by: 'forehold',
        why: expect.stringMatching(/^ConfigMap forehold-pauses cannot be read/),
      },
    ]);
    await keeper.remove({ scope: 'all', name: '' });
    expect((await open(kube, 3)).list()).toEqual([]);
  });

  test('what is not paused cannot be resumed, and there is a bound', async () => {
    const keeper = await open(await startCluster(), 1);
    await expect(keeper.remove({ scope: 'policy', name: 'slow' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no pause of policy slow',
    });
    await expect(keeper.remove({ scope: 'all', name: '' })).rejects.toThrow(
      'there is no pause of everything',
    );
    for (let number = 0; number < 100; number += 1)
      await keeper.add(pauseOf({ scope: 'policy', name: `p${number}` }));
    await expect(keeper.add(pauseOf())).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    await keeper.add(pauseOf({ scope: 'policy', name: 'p7', why: 'again' }));
  });

  test('a pause that cannot be kept is none', async () => {
    const kube = new FakeKube();
    kube.answer = ({ method, body }) => (method === 'GET' ? emptyMap : body);
    const keeper = await open(kube, 1);
    const changes: unknown[] = [];
    keeper.onChange = (pauses) => changes.push(pauses);
    kube.answer = () => {
      throw refusal(500);
    };
    await expect(keeper.add(pauseOf())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'cannot pause image r.example/a:1: refused with 500',
    });
    expect([keeper.list(), changes]).toEqual([[], []]);
  });

  test('it waits for the API server, and goes on where it may not create what nobody needs yet', async () => {
    const kube = new FakeKube();
    let refusals = 0;
    kube.answer = ({ method }) => {
      if (method === 'POST') throw refusal(403);
      refusals += 1;
      throw refusal(refusals < 3 ? 503 : 404);
    };
    const keeper = await open(kube, 1);
    expect(refusals).toBe(3);
    expect(keeper.list()).toEqual([]);
    await expect(keeper.add(pauseOf())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(kube.requests.at(-1)).toMatchObject({ method: 'POST', path: configMapsPath(namespace) });
  });
});

const emptyMap: ConfigMap = { metadata: { name: 'forehold-pauses', resourceVersion: '1' } };
