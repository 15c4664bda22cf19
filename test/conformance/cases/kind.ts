// The kind CachedImage at the API server: its schema, its status subresource, its generation.

import { describe, expect, test } from 'vitest';
import type { KubeError } from '../../../shared/kube-client.ts';
import type { KubeObject } from '../../../shared/kube-types.ts';
import { apiGroup, apiVersion } from '../../../shared/names.ts';
import type { Workbench } from '../workbench.ts';

interface CachedImage extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

const base = `/apis/${apiGroup}/${apiVersion}/cachedimages`;
const mergePatch = 'application/merge-patch+json';

export function describeKindCases(open: () => Workbench): void {
  describe('CachedImage', () => {
    test('is stored with its defaults and generation 1', async () => {
      const image = await create(open(), { image: 'a.example/b', tag: '1' });
      expect(image.metadata.generation).toBe(1);
      expect(image.spec).toMatchObject({ image: 'a.example/b', tag: '1' });
      expect(image.spec['imagePullPolicy']).toBe('Always');
    });

    test('a status patch leaves spec and generation alone', async () => {
      const bench = open();
      const created = await create(bench, { image: 'a.example/b', tag: '1' });
      const patched = await bench.request<CachedImage>({
        method: 'PATCH',
        path: `${base}/${created.metadata.name}/status`,
        contentType: mergePatch,
        body: { spec: { tag: '2' }, status: { phase: 'Pulling', nodesTargeted: 3, ready: '0/3' } },
      });
      expect(patched.spec).toEqual(created.spec);
      expect(patched.metadata.generation).toBe(1);
      expect(patched.metadata.resourceVersion).not.toBe(created.metadata.resourceVersion);
      expect(patched.status).toEqual({ phase: 'Pulling', nodesTargeted: 3, ready: '0/3' });
    });

    test('a merge patch replaces lists, keeps what it does not name and removes what it sets to null', async () => {
      const bench = open();
      const created = await create(bench, { image: 'a.example/b' });
      const path = `${base}/${created.metadata.name}/status`;
      const patch = (status: object): Promise<CachedImage> =>
        bench.request({ method: 'PATCH', path, contentType: mergePatch, body: { status } });
      await patch({ phase: 'Ready', cachedNodes: ['n1', 'n2'], resolvedDigest: 'sha256:0' });
      const patched = await patch({ cachedNodes: ['n3'], resolvedDigest: null });
      expect(patched.status).toEqual({ phase: 'Ready', cachedNodes: ['n3'] });
    });

    test('a spec edit raises the generation and leaves the status alone', async () => {
      const bench = open();
      const created = await create(bench, { image: 'a.example/b', tag: '1' });
      const path = `${base}/${created.metadata.name}`;
      const status = { phase: 'Ready' };
      await bench.request({
        method: 'PATCH',
        path: `${path}/status`,
        contentType: mergePatch,
        body: { status },
      });
      const edited = await bench.request<CachedImage>({
        method: 'PATCH',
        path,
        contentType: mergePatch,
        body: { spec: { tag: '2' }, status: { phase: 'Degraded' } },
      });
      expect(edited.metadata.generation).toBe(2);
      expect(edited.spec['tag']).toBe('2');
      expect(edited.status).toEqual(status);
    });

    test('a label edit does not raise the generation', async () => {
      const bench = open();
      const created = await create(bench, { image: 'a.example/b' });
      const edited = await bench.request<CachedImage>({
        method: 'PATCH',
        path: `${base}/${created.metadata.name}`,
        contentType: mergePatch,
        body: { metadata: { labels: { team: 'a' } } },
      });
      expect(edited.metadata.generation).toBe(1);
    });

    test('a PUT with a stale version is a conflict', async () => {
      const bench = open();
      const created = await create(bench, { image: 'a.example/b', tag: '1' });
      const path = `${base}/${created.metadata.name}`;
      const body = { ...created, spec: { ...created.spec, tag: '2' } };
      await bench.request({ method: 'PUT', path, body });
      const refusal = await bench.refusal({ method: 'PUT', path, body });
      expect(refusal).toMatchObject({ status: 409, reason: 'Conflict' });
    });

    test('an unknown field is refused under strict validation', async () => {
      const refusal = await refuse(open(), { image: 'a.example/b', nonsense: 1 });
      expect(refusal).toMatchObject({ status: 400, reason: 'BadRequest' });
      expect(refusal.serverMessage).toContain('unknown field "spec.nonsense"');
    });

    test('an unknown field is dropped without strict validation', async () => {
      const image = await create(open(), { image: 'a.example/b', nonsense: 1 }, 'Ignore');
      expect(image.spec['nonsense']).toBeUndefined();
    });

    test.for([
      { why: 'a nonsense image', spec: { image: 'Not An Image!!' }, field: 'spec.image' },
      { why: 'an empty image', spec: { image: '' }, field: 'spec.image' },
      { why: 'no image', spec: { tag: '1' }, field: 'spec.image' },
      { why: 'a nonsense tag', spec: { image: 'a.example/b', tag: '-x' }, field: 'spec.tag' },
      { why: 'a short digest', spec: { image: 'a', digest: 'sha256:0' }, field: 'spec.digest' },
      {
        why: 'an unknown policy',
        spec: { image: 'a', imagePullPolicy: 'No' },
        field: 'spec.imagePullPolicy',
      },
      {
        why: 'a priority in words',
        spec: { image: 'a', priority: 'high' },
        field: 'spec.priority',
      },
    ])('$why is refused with its field', async ({ spec, field }) => {
      const refusal = await refuse(open(), spec);
      expect(refusal).toMatchObject({ status: 422, reason: 'Invalid' });
      expect(refusal.serverMessage).toContain(field);
    });

    test('is deleted with a Status that says so', async () => {
      const bench = open();
      const created = await create(bench, { image: 'a.example/b' });
      const path = `${base}/${created.metadata.name}`;
      const answer = await bench.request({ method: 'DELETE', path });
      expect(answer).toMatchObject({ kind: 'Status', status: 'Success' });
      const refusal = await bench.refusal({ method: 'GET', path });
      expect(refusal.serverMessage).toBe(
        `cachedimages.forehold.dev "${created.metadata.name}" not found`,
      );
    });
  });
}

/** No node matches it, so that a coordinator that happens to be there has nothing to do. */
function build(bench: Workbench, spec: object): object {
  return {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'CachedImage',
    metadata: { name: bench.name() },
    spec: { nodeSelector: { conformance: bench.run }, ...spec },
  };
}

async function create(
  bench: Workbench,
  spec: object,
  fieldValidation = 'Strict',
): Promise<CachedImage> {
  const body = build(bench, spec);
  const query = { fieldValidation };
  const created = await bench.request<CachedImage>({ method: 'POST', path: base, query, body });
  bench.discard(`${base}/${created.metadata.name}`);
  return created;
}

function refuse(bench: Workbench, spec: object): Promise<KubeError> {
  const query = { fieldValidation: 'Strict' };
  return bench.refusal({ method: 'POST', path: base, query, body: build(bench, spec) });
}
