// Codes and messages were compared with a real API server 1.36.3; the conformance suite keeps comparing them.

import { describe, expect, test } from 'vitest';
import {
  at,
  type Bench,
  image,
  imagesPath,
  leasesPath,
  mergePatch,
  nodeObject,
  nodesPath,
  openBench,
  pod,
  podsPath,
} from './workbench.ts';

interface Refused {
  readonly name: string;
  readonly ask: readonly [method: string, url: string, body?: unknown, contentType?: string];
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** A CachedImage `a` at version 3, a pod `a` at version 4. */
function openFilled(): Bench {
  const bench = openBench();
  bench.ask('POST', imagesPath, image('a'));
  bench.ask('POST', podsPath, pod('a'));
  return bench;
}

const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'l' },
  spec: { holderIdentity: 'x' },
};

describe('ApiServer.dispatch', () => {
  const refused: readonly Refused[] = [
    {
      name: 'an object that is not there',
      ask: ['GET', `${podsPath}/nope`],
      code: 404,
      reason: 'NotFound',
      message: 'pods "nope" not found',
    },
    {
      name: 'a custom object that is not there',
      ask: ['GET', `${imagesPath}/nope`],
      code: 404,
      reason: 'NotFound',
      message: 'cachedimages.forehold.dev "nope" not found',
    },
    {
      name: 'a path that is not there',
      ask: ['GET', '/api/v1/nonsense'],
      code: 404,
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    },
    {
      name: 'a resource under another group',
      ask: ['GET', '/apis/apps/v1/nodes'],
      code: 404,
      reason: 'NotFound',
      message: 'could not find',
    },
    {
      name: 'a subresource that is not there',
      ask: ['GET', `${leasesPath}/l/status`],
      code: 404,
      reason: 'NotFound',
      message: 'could not find',
    },
    {
      name: 'a pod outside any namespace',
      ask: ['POST', '/api/v1/pods', pod('b')],
      code: 405,
      reason: 'MethodNotAllowed',
      message: 'the server does not allow this method on the requested resource',
    },
    {
      name: 'a strange method',
      ask: ['FOO', `${imagesPath}/a`],
      code: 405,
      reason: 'MethodNotAllowed',
      message: 'does not allow',
    },
    {
      name: 'a name that is taken',
      ask: ['POST', imagesPath, image('a')],
      code: 409,
      reason: 'AlreadyExists',
      message: 'cachedimages.forehold.dev "a" already exists',
    },
    {
      name: 'a namespace that is not there',
      ask: ['POST', '/api/v1/namespaces/none/pods', pod('b')],
      code: 404,
      reason: 'NotFound',
      message: 'namespaces "none" not found',
    },
    {
      name: 'another namespace in the object than in the path',
      ask: ['POST', podsPath, pod('b', {}, { namespace: 'other' })],
      code: 400,
      reason: 'BadRequest',
      message: 'does not match the namespace sent on the request',
    },
    {
      name: 'broken JSON',
      ask: ['POST', imagesPath, '{nope'],
      code: 400,
      reason: 'BadRequest',
      message: "couldn't get version/kind; json parse error",
    },
    {
      name: 'JSON that is no object',
      ask: ['POST', podsPath, '[1]'],
      code: 400,
      reason: 'BadRequest',
      message: 'must be of type Pod',
    },
    {
      name: 'an empty body',
      ask: ['POST', imagesPath, ''],
      code: 400,
      reason: 'BadRequest',
      message: '(<empty>)',
    },
    {
      name: 'a custom object without a kind',
      ask: ['POST', imagesPath, { metadata: { name: 'b' }, spec: { image: 'x' } }],
      code: 400,
      reason: 'BadRequest',
      message: "Object 'Kind' is missing",
    },
    {
      name: 'an object of another version',
      ask: ['POST', imagesPath, { ...image('b'), apiVersion: 'forehold.dev/v1' }],
      code: 400,
      reason: 'BadRequest',
      message: 'does not match the expected API version (forehold.dev/v1alpha1)',
    },
    {
      name: 'an object of another kind',
      ask: ['POST', podsPath, nodeObject('b')],
      code: 400,
      reason: 'BadRequest',
      message: 'cannot be handled as a Pod',
    },
    {
      name: 'a strange media type',
      ask: ['POST', imagesPath, image('b'), 'text/plain'],
      code: 415,
      reason: 'UnsupportedMediaType',
      message: 'accepted media types include: application/json',
    },
    {
      name: 'a patch of a strange type',
      ask: ['PATCH', `${imagesPath}/a`, {}, 'application/strategic-merge-patch+json'],
      code: 415,
      reason: 'UnsupportedMediaType',
      message: 'application/merge-patch+json',
    },
    {
      name: 'a broken patch',
      ask: ['PATCH', `${imagesPath}/a`, '{', mergePatch],
      code: 400,
      reason: 'BadRequest',
      message: 'error decoding patch',
    },
    {
      name: 'a patch that is no object',
      ask: ['PATCH', `${imagesPath}/a`, '[]', mergePatch],
      code: 400,
      reason: 'BadRequest',
      message: 'error decoding patch',
    },
    {
      name: 'a patch of nothing',
      ask: ['PATCH', `${imagesPath}/nope`, {}, mergePatch],
      code: 404,
      reason: 'NotFound',
      message: '"nope" not found',
    },
    {
      name: 'a patch of the name',
      ask: ['PATCH', `${imagesPath}/a`, { metadata: { name: 'b' } }, mergePatch],
      code: 400,
      reason: 'BadRequest',
      message: 'the name of the object (b) does not match the name on the URL (a)',
    },
    {
      name: 'a patch of the uid',
      ask: ['PATCH', `${podsPath}/a`, { metadata: { uid: 'zzz' } }, mergePatch],
      code: 422,
      reason: 'Invalid',
      message: 'Pod "a" is invalid: metadata.uid: Invalid value: "zzz": field is immutable',
    },
    {
      name: 'a patch of an old version',
      ask: ['PATCH', `${podsPath}/a`, { metadata: { resourceVersion: '1' } }, mergePatch],
      code: 409,
      reason: 'Conflict',
      message: 'Operation cannot be fulfilled on pods "a": the object has been modified',
    },
    {
      name: 'an update of a custom object that says no version',
      ask: ['PUT', `${imagesPath}/a`, image('a')],
      code: 422,
      reason: 'Invalid',
      message: 'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    },
    {
      name: 'an update of an old version',
      ask: [
        'PUT',
        `${imagesPath}/a`,
        { ...image('a'), metadata: { name: 'a', resourceVersion: '1' } },
      ],
      code: 409,
      reason: 'Conflict',
      message: 'the object has been modified; please apply your changes to the latest version',
    },
    {
      name: 'an update under another name',
      ask: ['PUT', `${imagesPath}/a`, image('b')],
      code: 400,
      reason: 'BadRequest',
      message: 'the name of the object (b) does not match the name on the URL (a)',
    },
    {
      name: 'an update of nothing',
      ask: ['PUT', `${imagesPath}/nope`, { ...image('nope'), metadata: { resourceVersion: '1' } }],
      code: 404,
      reason: 'NotFound',
      message: '"nope" not found',
    },
    {
      name: 'a deletion with another uid',
      ask: ['DELETE', `${podsPath}/a`, { preconditions: { uid: 'zzz' } }],
      code: 409,
      reason: 'Conflict',
      message: 'the UID in the precondition (zzz) does not match the UID in record',
    },
    {
      name: 'a deletion of nothing',
      ask: ['DELETE', `${imagesPath}/nope`],
      code: 404,
      reason: 'NotFound',
      message: '"nope" not found',
    },
    {
      name: 'a name that is none',
      ask: ['POST', imagesPath, image('A_b')],
      code: 422,
      reason: 'Invalid',
      message: 'CachedImage.forehold.dev "A_b" is invalid: metadata.name: Invalid value: "A_b"',
    },
    {
      name: 'no name at all',
      ask: ['POST', imagesPath, { ...image(''), metadata: {} }],
      code: 422,
      reason: 'Invalid',
      message: 'metadata.name: Required value: name or generateName is required',
    },
    {
      name: 'a label value above 63 letters',
      ask: ['POST', podsPath, pod('b', {}, { labels: { x: 'y'.repeat(64) } })],
      code: 422,
      reason: 'Invalid',
      message: 'must be no more than 63 bytes',
    },
    {
      name: 'metadata of the wrong type',
      ask: ['POST', podsPath, pod('b', {}, { labels: { x: 1 } })],
      code: 400,
      reason: 'BadRequest',
      message: 'cannot be handled as a Pod',
    },
  ];
  test.for(refused)('refuses $name', ({ ask, code, reason, message }) => {
    const answer = openFilled().ask(...ask);
    expect(answer.body).toMatchObject({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason,
      code,
    });
    expect(answer.code).toBe(code);
    expect(answer.body['message']).toContain(message);
  });

  test('changes nothing by refused requests', () => {
    const bench = openFilled();
    for (const { ask } of refused) bench.ask(...ask);
    expect(bench.store.version).toBe(4);
  });

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

  test('deletes what a selector selects', () => {
    const bench = openBench();
    for (const [name, value] of Object.entries({ a: 'x', b: 'y', c: 'x' })) {
      bench.ask('POST', imagesPath, image(name, {}, { l: value }));
    }
    const { body } = bench.ask('DELETE', `${imagesPath}?labelSelector=l%3Dx`);
    expect(body).toMatchObject({ kind: 'CachedImageList', items: [{}, {}] });
    expect(bench.store.list('cachedimages').map(({ metadata }) => metadata.name)).toEqual(['b']);
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
    const group = bench.ask('GET', '/apis/forehold.dev/v1alpha1').body;
    expect(at(group, 'resources.0')).toMatchObject({
      name: 'cachedimages',
      shortNames: ['cimg', 'cimgs'],
    });
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
