// Codes and messages were compared with a real API server 1.36.3; the conformance suite keeps comparing them.

import { describe, expect, test } from 'vitest';
import {
  image,
  imagesPath,
  leasesPath,
  mergePatch,
  nodeObject,
  openFilled,
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
      name: 'a patch of the kind',
      ask: ['PATCH', `${imagesPath}/a`, { kind: 'Pod' }, mergePatch],
      code: 422,
      reason: 'Invalid',
      message: 'kind: Invalid value: "Pod": must be CachedImage',
    },
    {
      name: 'a patch that takes the name away',
      ask: ['PATCH', `${imagesPath}/a`, { metadata: { name: null } }, mergePatch],
      code: 400,
      reason: 'BadRequest',
      message: 'name must be provided',
    },
    {
      name: 'a patch of the namespace',
      ask: ['PATCH', `${podsPath}/a`, { metadata: { namespace: 'x' } }, mergePatch],
      code: 400,
      reason: 'BadRequest',
      message: 'does not match the namespace sent on the request',
    },
    {
      name: 'a patch that takes the version of a custom object away',
      ask: ['PATCH', `${imagesPath}/a`, { metadata: { resourceVersion: null } }, mergePatch],
      code: 422,
      reason: 'Invalid',
      message: 'must be specified for an update',
    },
    {
      name: 'a patch of the deletion time',
      ask: [
        'PATCH',
        `${imagesPath}/a`,
        { metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' } },
        mergePatch,
      ],
      code: 422,
      reason: 'Invalid',
      message:
        'metadata.deletionTimestamp: Invalid value: "2020-01-01T00:00:00Z": field is immutable',
    },
    {
      name: 'a strange restart policy',
      ask: ['POST', podsPath, pod('b', { restartPolicy: 'Sometimes' })],
      code: 422,
      reason: 'Invalid',
      message: 'spec.restartPolicy: Unsupported value: "Sometimes"',
    },
    {
      name: 'two containers of one name',
      ask: [
        'POST',
        podsPath,
        pod('b', {
          containers: [
            { name: 'c', image: 'x' },
            { name: 'c', image: 'x' },
          ],
        }),
      ],
      code: 422,
      reason: 'Invalid',
      message: 'spec.containers[1].name: Duplicate value: "c"',
    },
    {
      name: 'a strange pull policy',
      ask: [
        'POST',
        podsPath,
        pod('b', { containers: [{ name: 'c', image: 'x', imagePullPolicy: 'Foo' }] }),
      ],
      code: 422,
      reason: 'Invalid',
      message: 'spec.containers[0].imagePullPolicy: Unsupported value: "Foo"',
    },
    {
      name: 'an owner without a uid',
      ask: [
        'POST',
        podsPath,
        pod('b', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1' }] }),
      ],
      code: 422,
      reason: 'Invalid',
      message: 'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    },
    {
      name: 'a Lease whose time has no six digits of fraction',
      ask: [
        'POST',
        leasesPath,
        {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: 'l' },
          spec: { renewTime: '2026-01-01T00:00:00Z' },
        },
      ],
      code: 400,
      reason: 'BadRequest',
      message: 'cannot be handled as a Lease: parsing time "2026-01-01T00:00:00Z"',
    },
    {
      name: 'options of a deletion that are none',
      ask: ['DELETE', `${podsPath}/a`, { kind: 'Pod' }],
      code: 400,
      reason: 'BadRequest',
      message: 'no kind "Pod" is registered',
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
});
