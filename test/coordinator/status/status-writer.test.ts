import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CachedImageObject, CachedImageStatus } from '../../../coordinator/core/events.ts';
import { cachedImageStatusPath } from '../../../coordinator/kube/paths.ts';
import { openCoordinatorMetrics } from '../../../coordinator/metrics.ts';
import { planStatusPatch } from '../../../coordinator/status/status-patch.ts';
import { StatusWriter } from '../../../coordinator/status/status-writer.ts';
import { isSameJson } from '../../../shared/json.ts';
import type { KubeRequest } from '../../../shared/kube-client.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube, refusal } from '../fake-kube.ts';
import { openTestLog } from '../stand.ts';

function start() {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  const { log, lines } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  /** What the core would say. */
  const wanted = new Map<string, CachedImageStatus>();
  /** What the API server has. */
  const stored = new Map<string, CachedImageStatus>();
  const writes: { name: string; atMs: number }[] = [];
  let version = 0;
  kube.answer = (request): CachedImageObject => {
    const name = nameIn(request);
    writes.push({ name, atMs: clock.now().monotonicMs });
    const merged = { ...stored.get(name), ...patchIn(request) };
    const kept = Object.entries(merged).filter(([, value]) => value !== null);
    const status: CachedImageStatus = Object.fromEntries(kept);
    stored.set(name, status);
    version += 1;
    return { metadata: { name, uid: `uid-${name}`, resourceVersion: String(version) }, status };
  };
  const controller = new AbortController();
  const writer = new StatusWriter({
    kube,
    clock,
    random: () => 0,
    log,
    metrics,
    status: (name) => wanted.get(name),
    path: cachedImageStatusPath,
    logField: 'cachedImage',
    countersEveryMs: 10_000,
    signal: controller.signal,
  });
  const want = (name: string, status: CachedImageStatus, transition: boolean): void => {
    wanted.set(name, status);
    writer.notify(name, transition);
  };
  return { clock, kube, lines, metrics, wanted, stored, writes, writer, want };
}

function nameIn({ path }: KubeRequest): string {
  return path.split('/').at(-2) ?? '';
}

function patchIn({ body }: KubeRequest): CachedImageStatus {
  const { status }: { status: CachedImageStatus } = JSON.parse(JSON.stringify(body));
  return status;
}

describe('StatusWriter', () => {
  test('a transition is written at once, as a merge patch of the status with the uid', async () => {
    const stand = start();
    stand.writer.observe({ metadata: { name: 'a', uid: 'uid-a', resourceVersion: '0' } });
    stand.want('a', { phase: 'Pulling' }, true);
    await stand.clock.advance(0);
    expect(stand.kube.requests).toMatchObject([
      {
        method: 'PATCH',
        path: '/apis/forehold.dev/v1alpha1/cachedimages/a/status',
        contentType: 'application/merge-patch+json',
        body: { metadata: { uid: 'uid-a' }, status: { phase: 'Pulling' } },
      },
    ]);
  });

  test('counters are written every ten seconds, with what is wanted by then', async () => {
    const stand = start();
    for (let second = 0; second < 30; second += 1) {
      stand.want('a', { nodesReady: second }, false);
      await stand.clock.advance(1_000);
    }
    expect(stand.writes.map(({ atMs }) => atMs)).toEqual([10_000, 20_000, 30_000]);
    await stand.clock.advance(60_000);
    expect(stand.stored.get('a')).toEqual({ nodesReady: 29 });
    expect(stand.writes).toHaveLength(3);
  });

  test('a transition does not wait for the counters', async () => {
    const stand = start();
    stand.want('a', { nodesReady: 1 }, false);
    await stand.clock.advance(3_000);
    stand.want('a', { nodesReady: 2, phase: 'Ready' }, true);
    await stand.clock.advance(60_000);
    expect(stand.writes).toEqual([{ name: 'a', atMs: 3_000 }]);
  });

  test('at most twenty writes in any second, all are written in the end', async () => {
    const stand = start();
    for (let index = 0; index < 100; index += 1) stand.want(`i${index}`, { phase: 'Ready' }, true);
    await stand.clock.advance(10_000);
    expect(stand.stored.size).toBe(100);
    const times = stand.writes.map(({ atMs }) => atMs);
    for (const atMs of times) {
      const within = times.filter((other) => other >= atMs && other < atMs + 1_000);
      expect(within.length).toBeLessThanOrEqual(20);
    }
    expect(times.at(-1)).toBeLessThanOrEqual(4_000);
  });

  test('nothing is written when nothing changed, whatever the order of the keys', async () => {
    const stand = start();
    const status = { phase: 'Ready', nodesReady: 3 } as const;
    stand.writer.observe({
      metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
      status: { nodesReady: 3, phase: 'Ready' },
    });
    for (let round = 0; round < 20; round += 1) {
      stand.want('a', status, round % 2 === 0);
      await stand.clock.advance(1_000);
    }
    await stand.clock.advance(600_000);
    expect(stand.writes).toEqual([]);
  });

  test('a field that is not wanted any more is taken away', async () => {
    const stand = start();
    stand.want('a', { phase: 'Ready', resolvedDigest: 'sha256:1' }, true);
    await stand.clock.advance(0);
    stand.want('a', { phase: 'Pending' }, true);
    await stand.clock.advance(0);
    expect(stand.stored.get('a')).toEqual({ phase: 'Pending' });
  });

  test('an echo of the watch that is older than the last write changes nothing', async () => {
    const stand = start();
    stand.want('a', { phase: 'Pulling' }, true);
    await stand.clock.advance(0);
    stand.writer.observe({ metadata: { name: 'a', uid: 'uid-a', resourceVersion: '0' } });
    stand.writer.notify('a', true);
    await stand.clock.advance(0);
    expect(stand.writes).toHaveLength(1);
  });

  test('a status that somebody else changed is written again', async () => {
    const stand = start();
    stand.want('a', { phase: 'Pulling' }, true);
    await stand.clock.advance(0);
    const metadata = { name: 'a', uid: 'uid-a', resourceVersion: '9' };
    stand.writer.observe({ metadata, status: { phase: 'Ready' } });
    stand.writer.notify('a', false);
    await stand.clock.advance(10_000);
    expect(stand.stored.get('a')).toEqual({ phase: 'Pulling' });
    expect(stand.writes).toHaveLength(2);
  });

  test('a failed write is tried again with backoff, with what is wanted by then', async () => {
    const stand = start();
    const { answer } = stand.kube;
    stand.kube.answer = () => {
      throw refusal(503);
    };
    stand.want('a', { phase: 'Pulling' }, true);
    await stand.clock.advance(3_500);
    expect(stand.kube.requests).toHaveLength(3);
    stand.want('a', { phase: 'Ready' }, true);
    stand.kube.answer = answer;
    await stand.clock.advance(10_000);
    expect(stand.writes).toEqual([{ name: 'a', atMs: 7_000 }]);
    expect(stand.stored.get('a')).toEqual({ phase: 'Ready' });
    expect(stand.lines.filter(({ msg }) => msg === 'status not written')).toHaveLength(3);
    const text = await stand.metrics.registry.metrics();
    expect(text).toContain('forehold_status_writes_total{result="failed"} 3');
  });

  test('one object that cannot be written holds up no other', async () => {
    const stand = start();
    const { answer } = stand.kube;
    stand.kube.answer = (request) => {
      if (nameIn(request) === 'bad') throw refusal(422);
      return answer(request);
    };
    stand.want('bad', { phase: 'Ready' }, true);
    stand.want('good', { phase: 'Ready' }, true);
    await stand.clock.advance(0);
    expect(stand.stored.get('good')).toEqual({ phase: 'Ready' });
  });

  test('an object that is gone is dropped', async () => {
    const stand = start();
    stand.kube.answer = () => {
      throw refusal(404);
    };
    stand.want('a', { phase: 'Ready' }, true);
    await stand.clock.advance(600_000);
    expect(stand.kube.requests).toHaveLength(1);
    stand.want('b', { phase: 'Ready' }, false);
    stand.writer.observeAll([]);
    await stand.clock.advance(600_000);
    expect(stand.kube.requests).toHaveLength(1);
  });

  test('what the core does not know any more is not written', async () => {
    const stand = start();
    stand.writer.notify('a', true);
    await stand.clock.advance(60_000);
    expect(stand.kube.requests).toHaveLength(0);
  });

  test('a status that the API server does not keep is not written again and again', async () => {
    const stand = start();
    stand.kube.answer = (request) => {
      stand.writes.push({ name: nameIn(request), atMs: 0 });
      return { metadata: { name: 'a', uid: 'u', resourceVersion: '1' }, status: {} };
    };
    for (let round = 0; round < 10; round += 1) {
      stand.want('a', { phase: 'Ready' }, true);
      await stand.clock.advance(1_000);
    }
    expect(stand.writes).toHaveLength(1);
    stand.want('a', { phase: 'Pending' }, true);
    await stand.clock.advance(0);
    expect(stand.writes).toHaveLength(2);
    expect(stand.lines.filter(({ msg }) => msg === 'status not kept as written')).toHaveLength(1);
  });

  test('after stop nothing is written', async () => {
    const stand = start();
    stand.want('a', { phase: 'Ready' }, false);
    stand.writer.stop();
    await stand.clock.advance(600_000);
    expect(stand.writes).toEqual([]);
  });
});

const status: fc.Arbitrary<CachedImageStatus> = fc.record(
  {
    phase: fc.constantFrom('Pending', 'Ready'),
    nodesReady: fc.nat({ max: 3 }),
    cachedNodes: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
    resolvedDigest: fc.constantFrom('x', 'y'),
  },
  { requiredKeys: [] },
);

describe('planStatusPatch', () => {
  test('applied to what is stored it gives what is wanted, and nothing when they are the same', () => {
    fc.assert(
      fc.property(status, status, (stored, wanted) => {
        const patch = planStatusPatch(stored, wanted);
        const merged = Object.entries({ ...stored, ...patch }).filter(
          ([, value]) => value !== null,
        );
        expect(Object.fromEntries(merged)).toEqual(wanted);
        expect(patch === undefined).toBe(isSameJson(stored, wanted));
      }),
    );
  });
});
