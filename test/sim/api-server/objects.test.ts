import { describe, expect, test } from 'vitest';
import {
  at,
  image,
  imagesPath,
  leasesPath,
  mergePatch,
  nodeObject,
  nodesPath,
  openBench,
  openFilled,
  pod,
  podsPath,
} from './workbench.ts';

const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'l' },
  spec: { holderIdentity: 'x' },
};

describe('ApiServer.dispatch', () => {
  test('creates, reads, updates and deletes', () => {
    const bench = openBench();
    const created = bench.ask('POST', imagesPath, { ...image('a'), status: { phase: 'Ready' } });
    expect(created.code).toBe(201);
    expect(created.body['status']).toBeUndefined();
    const read = bench.ask('GET', `${imagesPath}/a`);
    expect(read.body).toEqual(created.body);
    const next = { ...created.body, spec: { image: 'nginx', tag: '1' } };
    const updated = bench.ask('PUT', `${imagesPath}/a`, next);
    expect([updated.code, at(updated.body, 'metadata.generation')]).toEqual([200, 2]);
    const deleted = bench.ask('DELETE', `${imagesPath}/a`);
    expect(deleted.body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'a', group: 'forehold.dev', kind: 'cachedimages' },
    });
    expect(bench.ask('GET', `${imagesPath}/a`).code).toBe(404);
  });

  test('makes up names', () => {
    const { body } = openBench().ask('POST', podsPath, {
      ...pod(''),
      metadata: { generateName: 'p-' },
    });
    expect(at(body, 'metadata.name')).toMatch(/^p-[a-z0-9]{5}$/);
    expect(at(body, 'metadata.generateName')).toBe('p-');
  });

  test('reads YAML', () => {
    const text =
      'apiVersion: forehold.dev/v1alpha1\nkind: CachedImage\nmetadata: {name: y}\nspec: {image: x}';
    const { code, body } = openBench().ask('POST', imagesPath, text, 'application/yaml');
    expect([code, at(body, 'spec.image')]).toEqual([201, 'x']);
  });

  test('merges a patch: objects by field, null removes, lists are replaced', () => {
    const bench = openBench();
    bench.ask(
      'POST',
      imagesPath,
      image('a', { tag: '1', nodeSelector: { a: 'b', c: 'd' } }, { x: 'y' }),
    );
    const patch = {
      spec: { tag: null, nodeSelector: { c: null, e: 'f' } },
      metadata: { labels: { z: '1' } },
    };
    const { body } = bench.ask('PATCH', `${imagesPath}/a`, patch, mergePatch);
    expect(body['spec']).toMatchObject({ nodeSelector: { a: 'b', e: 'f' } });
    expect(at(body, 'spec.tag')).toBeUndefined();
    expect(at(body, 'metadata.labels')).toEqual({ x: 'y', z: '1' });
  });

  test('takes an empty patch for no write', () => {
    const bench = openFilled();
    const { code, body } = bench.ask('PATCH', `${imagesPath}/a`, {}, mergePatch);
    expect([code, at(body, 'metadata.resourceVersion')]).toEqual([200, '3']);
  });

  test('separates the status of a custom object from all else', () => {
    const bench = openFilled();
    const patch = {
      status: { phase: 'Ready' },
      spec: { image: 'other' },
      metadata: { labels: { a: 'b' } },
    };
    const status = bench.ask('PATCH', `${imagesPath}/a/status`, patch, mergePatch).body;
    expect(at(status, 'status.phase')).toBe('Ready');
    expect(at(status, 'spec.image')).toBe('nginx');
    expect(at(status, 'metadata.labels')).toBeUndefined();
    expect(at(status, 'metadata.generation')).toBe(1);
    const main = bench.ask(
      'PATCH',
      `${imagesPath}/a`,
      { ...patch, status: { phase: 'Degraded' } },
      mergePatch,
    ).body;
    expect(at(main, 'status.phase')).toBe('Ready');
    expect(at(main, 'spec.image')).toBe('other');
    expect(at(main, 'metadata')).toMatchObject({ labels: { a: 'b' }, generation: 2 });
  });

  test('lets a write to the status of a pod or node change labels, but not the spec', () => {
    const bench = openFilled();
    bench.ask('POST', nodesPath, { ...nodeObject('n1'), status: { capacity: { cpu: '1' } } });
    const patch = {
      metadata: { labels: { a: 'b' } },
      spec: { nodeName: 'other', unschedulable: true },
      status: { phase: 'Running' },
    };
    const changed = bench.ask('PATCH', `${podsPath}/a/status`, patch, mergePatch).body;
    expect(changed).toMatchObject({
      metadata: { labels: { a: 'b' }, generation: 1 },
      spec: { nodeName: 'n1' },
      status: { phase: 'Running' },
    });
    const node = bench.ask('PATCH', `${nodesPath}/n1/status`, patch, mergePatch).body;
    expect(node).toMatchObject({
      metadata: { labels: { a: 'b' } },
      status: { capacity: { cpu: '1' } },
    });
    expect(at(node, 'spec.unschedulable')).toBeUndefined();
  });

  test('creates a coordination Lease by PUT and locks it from then on', () => {
    const bench = openBench();
    expect(bench.ask('PUT', `${leasesPath}/l`, lease).code).toBe(201);
    expect(bench.ask('PUT', `${leasesPath}/l`, lease).code).toBe(422);
    const seen = bench.ask('GET', `${leasesPath}/l`).body;
    const taken = { ...seen, spec: { holderIdentity: 'y' } };
    expect(bench.ask('PUT', `${leasesPath}/l`, taken).code).toBe(200);
    const late = bench.ask('PUT', `${leasesPath}/l`, { ...seen, spec: { holderIdentity: 'z' } });
    expect([late.code, late.body['reason']]).toEqual([409, 'Conflict']);
    expect(at(bench.ask('GET', `${leasesPath}/l`).body, 'metadata.generation')).toBeUndefined();
  });

  test('lets an object that waits for finalizers lose them, not gain any', () => {
    const bench = openBench();
    const body = { ...image('a'), metadata: { name: 'a', finalizers: ['x/y'] } };
    bench.ask('POST', imagesPath, body);
    expect(bench.ask('DELETE', `${imagesPath}/a`).body['kind']).toBe('CachedImage');
    const set = (finalizers: readonly string[] | null) =>
      bench.ask('PATCH', `${imagesPath}/a`, { metadata: { finalizers } }, mergePatch).code;
    expect(set(['x/y', 'x/z'])).toBe(422);
    expect(set(null)).toBe(200);
    expect(bench.ask('GET', `${imagesPath}/a`).code).toBe(404);
  });

  test('deletes what a selector selects', () => {
    const bench = openBench();
    for (const [name, value] of Object.entries({ a: 'x', b: 'y', c: 'x' })) {
      bench.ask('POST', imagesPath, image(name, {}, { l: value }));
    }
    const { body } = bench.ask('DELETE', `${imagesPath}?labelSelector=l%3Dx`);
    expect(body).toMatchObject({ kind: 'CachedImageList', items: [{}, {}] });
    expect(bench.store.list('cachedimages').map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  test('does not write when asked for a dry run', () => {
    const bench = openBench();
    expect(bench.ask('POST', `${imagesPath}?dryRun=All`, image('a')).code).toBe(400);
    expect(bench.store.list('cachedimages')).toEqual([]);
  });

  test('says who it is and what it has', () => {
    const bench = openBench();
    expect(
      bench.server.dispatch({ method: 'GET', url: '/readyz', headers: {}, body: '' }),
    ).toMatchObject({
      code: 200,
      body: 'ok',
    });
    expect(bench.ask('GET', '/version').body['minor']).toBe('36');
    expect(bench.ask('GET', '/api').body['versions']).toEqual(['v1']);
    expect(at(bench.ask('GET', '/apis').body, 'groups.2.name')).toBe('forehold.dev');
    expect(bench.ask('GET', '/apis/nope/v1').code).toBe(404);
    const group = bench.ask('GET', '/apis/forehold.dev/v1alpha1').body;
    expect(at(group, 'resources.0')).toMatchObject({
      name: 'cachedimages',
      shortNames: ['cimg', 'cimgs'],
    });
  });
});

describe('answerDiscovery', () => {
  test('tells kubectl that the server itself refuses unknown fields', () => {
    const bench = openBench();
    const index = bench.ask('GET', '/openapi/v3').body;
    const group = 'apis/forehold.dev/v1alpha1';
    const paths = at(index, 'paths');
    expect(paths).toMatchObject({ [group]: { serverRelativeURL: `/openapi/v3/${group}` } });
    expect(bench.ask('GET', `/openapi/v3/${group}`).body['paths']).toMatchObject({
      [`${imagesPath}/{name}`]: { patch: { parameters: [{ name: 'fieldValidation' }] } },
    });
    expect(bench.ask('GET', '/openapi/v3/apis/nope').code).toBe(404);
  });
});

describe('RequestRecord', () => {
  test('counts requests by user agent, a watch once', async () => {
    const bench = openBench();
    bench.ask('POST', imagesPath, image('a'));
    await bench.clock.advance(5_000);
    bench.ask('GET', `${imagesPath}/nope`);
    bench.ask('PATCH', `${imagesPath}/a/status`, { status: {} }, mergePatch);
    const watch = bench.watch(`${imagesPath}?watch=true`);
    bench.ask('POST', imagesPath, image('b'));
    watch.close();
    const shown = bench.server.record
      .entries()
      .map(({ verb, resource, subresource, code, userAgent }) =>
        [userAgent, verb, resource, subresource ?? '-', code].join(' '),
      );
    expect(shown).toEqual([
      'forehold-test create cachedimages - 201',
      'forehold-test get cachedimages - 404',
      'forehold-test patch cachedimages status 200',
      'unknown watch cachedimages - 200',
      'forehold-test create cachedimages - 201',
    ]);
    const { wallMs } = bench.clock.now();
    expect(bench.server.record.count('forehold-test', wallMs, wallMs)).toBe(3);
    expect(bench.server.record.totals().get('forehold-test')).toBe(4);
  });
});
