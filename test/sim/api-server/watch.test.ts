import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import {
  at,
  type Bench,
  image,
  imagesPath,
  mergePatch,
  nodeObject,
  nodesPath,
  openBench,
  pod,
  podsPath,
  summary,
  type WatchLine,
} from './workbench.ts';

const watchImages = `${imagesPath}?watch=true`;

function label(bench: Bench, name: string, value: string | null): void {
  const patch = { metadata: { labels: { l: value } } };
  bench.ask('PATCH', `${imagesPath}/${name}`, patch, mergePatch);
}

describe('a watch', () => {
  test('without a version begins with what is there', () => {
    const bench = openBench();
    bench.ask('POST', imagesPath, image('a'));
    const watch = bench.watch(watchImages);
    bench.ask('POST', imagesPath, image('b'));
    bench.ask('DELETE', `${imagesPath}/a`);
    expect(summary(watch.events)).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
    expect(at(watch.events[0]?.object, 'kind')).toBe('CachedImage');
  });

  test('with a version replays what came after it', () => {
    const bench = openBench();
    bench.ask('POST', imagesPath, image('a'));
    const version = bench.store.version;
    bench.ask('PATCH', `${imagesPath}/a`, { spec: { tag: '1' } }, mergePatch);
    bench.ask('POST', podsPath, pod('p'));
    const watch = bench.watch(`${watchImages}&resourceVersion=${version}`);
    bench.ask('DELETE', `${imagesPath}/a`);
    expect(summary(watch.events)).toEqual(['MODIFIED a', 'DELETED a']);
    const versions = watch.events.map(({ object }) => at(object, 'metadata.resourceVersion'));
    expect(versions).toEqual(['4', '6']);
  });

  test('with a version that lies ahead waits for it', () => {
    const bench = openBench();
    const watch = bench.watch(`${watchImages}&resourceVersion=3`);
    for (const name of ['a', 'b']) bench.ask('POST', imagesPath, image(name));
    expect(summary(watch.events)).toEqual(['ADDED b']);
  });

  test('of a forgotten version says 410 and ends', () => {
    const bench = openBench({ maxHistory: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) bench.ask('POST', imagesPath, image(name));
    const watch = bench.watch(`${watchImages}&resourceVersion=1`);
    expect(watch.events).toMatchObject([
      {
        type: 'ERROR',
        object: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 },
      },
    ]);
    expect(at(watch.events[0]?.object, 'message')).toMatch(/^too old resource version: 1 \(\d+\)$/);
    expect(watch.ended()).toBe(true);
  });

  test('adds objects that begin to match and deletes those that cease to', () => {
    const bench = openBench();
    bench.ask('POST', imagesPath, image('a', {}, { l: 'x' }));
    bench.ask('POST', imagesPath, image('b'));
    const watch = bench.watch(`${watchImages}&labelSelector=l%3Dx`);
    label(bench, 'b', 'x');
    label(bench, 'a', 'y');
    bench.ask('PATCH', `${imagesPath}/b`, { spec: { tag: '1' } }, mergePatch);
    bench.ask('DELETE', `${imagesPath}/a`);
    bench.ask('DELETE', `${imagesPath}/b`);
    expect(summary(watch.events)).toEqual([
      'ADDED a',
      'ADDED b',
      'DELETED a',
      'MODIFIED b',
      'DELETED b',
    ]);
    const ceased = watch.events[2]?.object;
    expect(at(ceased, 'metadata.labels.l')).toBe('x');
    expect(at(ceased, 'metadata.resourceVersion')).toBe('6');
  });

  test('by field hears of its own objects only', () => {
    const bench = openBench();
    for (const name of ['n1', 'n2']) bench.ask('POST', nodesPath, nodeObject(name));
    const node = bench.watch(`${nodesPath}?watch=1&fieldSelector=metadata.name%3Dn1`);
    const pods = bench.watch(`${podsPath}?watch=1&fieldSelector=spec.nodeName%3Dn1`);
    const phase = bench.watch(`${podsPath}?watch=1&fieldSelector=status.phase%3DRunning`);
    for (const name of ['n1', 'n2']) {
      const patch = { metadata: { labels: { a: 'b' } } };
      bench.ask('PATCH', `${nodesPath}/${name}`, patch, mergePatch);
      bench.ask('POST', podsPath, pod(`on-${name}`, { nodeName: name }));
    }
    bench.ask('PATCH', `${podsPath}/on-n2/status`, { status: { phase: 'Running' } }, mergePatch);
    expect(summary(node.events)).toEqual(['ADDED n1', 'MODIFIED n1']);
    expect(summary(pods.events)).toEqual(['ADDED on-n1']);
    expect(summary(phase.events)).toEqual(['ADDED on-n2']);
  });

  test('of one namespace does not hear of another', () => {
    const bench = openBench();
    bench.store.create('namespaces', { metadata: { name: 'other' } });
    const watch = bench.watch(`${podsPath}?watch=1`);
    bench.ask('POST', '/api/v1/namespaces/other/pods', pod('a'));
    bench.ask('POST', podsPath, pod('a'));
    expect(watch.events.map(({ object }) => at(object, 'metadata.namespace'))).toEqual(['pulls']);
  });

  test('sends bookmarks: after the beginning, each minute, and two seconds before the end', async () => {
    const bench = openBench();
    const watch = bench.watch(`${watchImages}&allowWatchBookmarks=true&timeoutSeconds=150`);
    expect(watch.events).toMatchObject([
      {
        type: 'BOOKMARK',
        object: {
          kind: 'CachedImage',
          metadata: { resourceVersion: '2', annotations: { 'k8s.io/initial-events-end': 'true' } },
        },
      },
    ]);
    bench.ask('POST', nodesPath, nodeObject('n1'));
    const seen: number[] = [];
    for (let second = 1; second <= 150; second += 1) {
      const before = watch.events.length;
      await bench.clock.advance(1_000);
      if (watch.events.length > before) seen.push(second);
    }
    expect(seen).toEqual([60, 120, 148]);
    expect(at(watch.events[1]?.object, 'metadata.resourceVersion')).toBe('3');
    expect(watch.ended()).toBe(true);
  });

  test('sends no bookmark that was not asked for', async () => {
    const bench = openBench();
    const watch = bench.watch(`${watchImages}&timeoutSeconds=100`);
    await bench.clock.advance(99_999);
    expect([watch.events.length, watch.ended()]).toEqual([0, false]);
    await bench.clock.advance(1);
    expect(watch.ended()).toBe(true);
  });

  test('without a time of its own ends after 30 to 60 minutes', async () => {
    const bench = openBench();
    const watch = bench.watch(watchImages);
    await bench.clock.advance(1_800_000 - 1);
    expect(watch.ended()).toBe(false);
    await bench.clock.advance(1_800_000);
    expect(watch.ended()).toBe(true);
  });

  test('drops a reader that falls too far behind, after what it could still take', () => {
    const bench = openBench();
    bench.ask('POST', imagesPath, image('a'));
    const watch = bench.watch(watchImages);
    watch.stall();
    for (let change = 0; change < 500; change += 1) label(bench, 'a', `v${change}`);
    expect([watch.events.length, watch.ended()]).toEqual([2, false]);
    watch.resume();
    expect(watch.events).toHaveLength(501);
    watch.stall();
    for (let change = 0; change < 1_010; change += 1) label(bench, 'a', `w${change}`);
    expect([watch.events.length, watch.ended()]).toEqual([502, true]);
  });

  test('that was closed costs nothing and hears nothing', async () => {
    const bench = openBench();
    const watch = bench.watch(`${watchImages}&allowWatchBookmarks=1`);
    watch.close();
    watch.close();
    bench.ask('POST', imagesPath, image('a'));
    await bench.clock.advance(3_600_000);
    expect(watch.events).toHaveLength(1);
  });

  test.for(['timeoutSeconds=x', 'resourceVersion=abc', 'labelSelector=%3D'])(
    'with %s is refused',
    (query) => {
      expect(openBench().ask('GET', `${watchImages}&${query}`).code).toBe(400);
    },
  );

  test('from any version on gives what the list gives in the end', () => {
    const step = fc.record({
      kind: fc.constantFrom('create', 'delete', 'label', 'unlabel', 'spec'),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.nat({ max: 30 }),
        fc.nat({ max: 30 }),
        fc.boolean(),
        (steps, listAfter, watchAfter, selective) => {
          const bench = openBench();
          const query = selective ? 'labelSelector=l%3Dx' : '';
          let state = new Map<unknown, JsonObject>();
          let events: readonly WatchLine[] = [];
          let version = '';
          const list = () => bench.ask('GET', `${imagesPath}?${query}`).body;
          const begin = (index: number) => {
            if (index === Math.min(listAfter, watchAfter, steps.length)) {
              state = toState(list());
              version = String(bench.store.version);
            }
            if (index === Math.min(Math.max(listAfter, watchAfter), steps.length)) {
              events = bench.watch(`${watchImages}&${query}&resourceVersion=${version}`).events;
            }
          };
          steps.forEach((one, index) => {
            begin(index);
            act(bench, one, index);
          });
          begin(steps.length);
          for (const { type, object } of events) {
            const name = at(object, 'metadata.name');
            expect(state.has(name)).toBe(type !== 'ADDED');
            if (type === 'DELETED') state.delete(name);
            else state.set(name, object);
          }
          expect(state).toEqual(toState(list()));
        },
      ),
      { numRuns: 300 },
    );
  });
});

function act(bench: Bench, step: { kind: string; name: string }, index: number): void {
  const url = `${imagesPath}/${step.name}`;
  if (step.kind === 'create') bench.ask('POST', imagesPath, image(step.name));
  if (step.kind === 'delete') bench.ask('DELETE', url);
  if (step.kind === 'label') label(bench, step.name, 'x');
  if (step.kind === 'unlabel') label(bench, step.name, null);
  if (step.kind === 'spec') bench.ask('PATCH', url, { spec: { tag: `t${index}` } }, mergePatch);
}

function toState(list: JsonObject): Map<unknown, JsonObject> {
  const items = at(list, 'items');
  const found: JsonObject[] = Array.isArray(items) ? items : [];
  return new Map(found.map((object) => [at(object, 'metadata.name'), object]));
}
