// The sequence of the first tests was run on a real API server 1.36.3 first; the results are the same.

import { describe, expect, test } from 'vitest';
import {
  applyPatch,
  at,
  type Bench,
  image,
  imagesPath,
  mergePatch,
  nodeObject,
  nodesPath,
  openBench,
} from './workbench.ts';

const head = { apiVersion: 'forehold.dev/v1alpha1', kind: 'CachedImage' };

function applySpec(bench: Bench, manager: string, spec: object, query = '') {
  const url = `${imagesPath}/a?fieldManager=${manager}${query}`;
  return bench.ask('PATCH', url, image('a', spec), applyPatch);
}

function applyStatus(bench: Bench, manager: string, status: object, query = '&force=true') {
  const url = `${imagesPath}/a/status?fieldManager=${manager}${query}`;
  return bench.ask('PATCH', url, { ...head, status }, applyPatch);
}

describe('server-side apply', () => {
  test('creates, and takes back what is no longer applied', () => {
    const bench = openBench();
    const created = applySpec(bench, 'm', { tag: '1' });
    expect([created.code, at(created.body, 'spec.tag')]).toEqual([201, '1']);
    const again = applySpec(bench, 'm', {});
    expect(again.code).toBe(200);
    expect(at(again.body, 'spec')).toEqual({
      image: 'nginx',
      imagePullPolicy: 'Always',
      priority: 0,
      pullTimeout: '30m',
    });
    expect(at(again.body, 'metadata.managedFields')).toMatchObject([
      { manager: 'm', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:image': {} } } },
    ]);
  });

  test('that changes nothing is no write', async () => {
    const bench = openBench();
    applySpec(bench, 'm', { tag: '1' });
    const { version } = bench.store;
    await bench.clock.advance(5_000);
    expect(applySpec(bench, 'm', { tag: '1' }).code).toBe(200);
    expect(bench.store.version).toBe(version);
  });

  test('conflicts with another manager about a value, unless it is forced', () => {
    const bench = openBench();
    applySpec(bench, 'm', { tag: '1' });
    const refused = applySpec(bench, 'other', { tag: '2' });
    expect([refused.code, refused.body['reason'], refused.body['message']]).toEqual([
      409,
      'Conflict',
      'Apply failed with 1 conflict: conflict with "m": .spec.tag',
    ]);
    expect(at(refused.body, 'details.causes')).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "m"', field: '.spec.tag' },
    ]);
    expect(at(applySpec(bench, 'other', { tag: '2' }, '&force=true').body, 'spec.tag')).toBe('2');
    const back = applySpec(bench, 'm', {});
    expect(at(back.body, 'spec.tag')).toBe('2');
  });

  test('shares a field that two managers agree on until both let it go', () => {
    const bench = openBench();
    applySpec(bench, 'm', { tag: '1' });
    expect(applySpec(bench, 'other', { tag: '1' }).code).toBe(200);
    expect(at(applySpec(bench, 'm', {}).body, 'spec.tag')).toBe('1');
    expect(at(applySpec(bench, 'other', {}).body, 'spec.tag')).toBeUndefined();
  });

  test('merges conditions by their type, item by item', () => {
    const bench = openBench();
    applySpec(bench, 'm', {});
    const ready = { type: 'Ready', status: 'True' };
    const progress = { type: 'PullProgress', status: 'True' };
    const foo = { type: 'Foo', status: 'True' };
    applyStatus(bench, 's', { phase: 'Ready', ready: '1/1', conditions: [ready] });
    const second = applyStatus(bench, 's2', { phase: 'Ready', conditions: [progress] });
    expect(second.body['status']).toEqual({
      phase: 'Ready',
      ready: '1/1',
      conditions: [ready, progress],
    });
    const third = applyStatus(bench, 's', { phase: 'Ready', conditions: [foo] });
    expect(third.body['status']).toEqual({ phase: 'Ready', conditions: [progress, foo] });
    expect(at(third.body, 'metadata.generation')).toBe(1);
  });

  test('of a status leaves the spec alone, and of the rest the status', () => {
    const bench = openBench();
    applySpec(bench, 'm', {});
    const url = `${imagesPath}/a/status?fieldManager=s`;
    const body = { ...image('a', { tag: '9' }), status: { phase: 'Pending' } };
    const status = bench.ask('PATCH', url, body, applyPatch).body;
    expect([at(status, 'spec.tag'), at(status, 'status.phase')]).toEqual([undefined, 'Pending']);
    const main = bench.ask(
      'PATCH',
      `${imagesPath}/a?fieldManager=m`,
      { ...image('a'), status: { phase: 'Ready' } },
      applyPatch,
    );
    expect(at(main.body, 'status.phase')).toBe('Pending');
  });

  test('keeps its claims over plain writes of others', () => {
    const bench = openBench();
    applySpec(bench, 'm', { tag: '1' });
    bench.ask('PATCH', `${imagesPath}/a`, { spec: { priority: 5 } }, mergePatch);
    const stored = bench.ask('GET', `${imagesPath}/a`).body;
    bench.ask('PUT', `${imagesPath}/a`, { ...stored, spec: { image: 'nginx', tag: '2' } });
    const { body } = applySpec(bench, 'm', {});
    expect(at(body, 'spec.tag')).toBeUndefined();
  });

  test.for([
    ['no manager', 'PATCH', `${imagesPath}/a`, image('a'), 422],
    [
      'a status of nothing',
      'PATCH',
      `${imagesPath}/a/status?fieldManager=m`,
      { ...head, status: {} },
      404,
    ],
    ['no kind', 'PATCH', `${imagesPath}/a?fieldManager=m`, { spec: {} }, 400],
    ['an invalid value', 'PATCH', `${imagesPath}/a?fieldManager=m`, image('a', { tag: '!' }), 422],
    ['another name', 'PATCH', `${imagesPath}/a?fieldManager=m`, image('b'), 400],
  ] as const)('with %s is refused', ([, method, url, body, code]) => {
    expect(openBench().ask(method, url, body, applyPatch).code).toBe(code);
  });

  test('takes a version as an optimistic lock', () => {
    const bench = openBench();
    applySpec(bench, 'm', {});
    const body = { ...image('a', { tag: '1' }), metadata: { name: 'a', resourceVersion: '1' } };
    expect(bench.ask('PATCH', `${imagesPath}/a?fieldManager=m`, body, applyPatch).code).toBe(409);
  });

  test('keeps who applied what from being written by clients', () => {
    const bench = openBench();
    const body = { ...image('a'), metadata: { name: 'a', managedFields: 'junk' } };
    expect(at(bench.ask('POST', imagesPath, body).body, 'metadata.managedFields')).toBeUndefined();
    const applied = at(applySpec(bench, 'm', {}).body, 'metadata.managedFields');
    const patch = { metadata: { managedFields: [] } };
    const { body: patched } = bench.ask('PATCH', `${imagesPath}/a`, patch, mergePatch);
    expect(at(patched, 'metadata.managedFields')).toEqual(applied);
  });

  test('works on built-in kinds and labels', () => {
    const bench = openBench();
    bench.ask('POST', nodesPath, nodeObject('n1'));
    const apply = (labels: object) =>
      bench.ask(
        'PATCH',
        `${nodesPath}/n1?fieldManager=m`,
        { ...nodeObject('n1'), metadata: { name: 'n1', labels } },
        applyPatch,
      ).body;
    expect(at(apply({ a: 'b', c: 'd' }), 'metadata.labels')).toEqual({ a: 'b', c: 'd' });
    expect(at(apply({ a: 'b' }), 'metadata.labels')).toEqual({ a: 'b' });
  });
});
