import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesLabels, parseLabelSelector } from '../../../sim/api-server/label-selector.ts';
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
} from './workbench.ts';

function itemsOf(body: unknown): readonly unknown[] {
  const items = at(body, 'items');
  return Array.isArray(items) ? items : [];
}

function names(body: unknown): unknown[] {
  return itemsOf(body).map((item) => at(item, 'metadata.name'));
}

/** All pages of a list; `between` runs after each of them. */
function readPages(bench: Bench, limit: number, between: (page: number) => void): unknown[] {
  const pages: unknown[] = [];
  for (let token: unknown = ''; token !== undefined; ) {
    const url = `${imagesPath}?limit=${limit}&continue=${String(token)}`;
    const { code, body } = bench.ask('GET', url);
    expect(code).toBe(200);
    pages.push(body);
    between(pages.length - 1);
    token = at(body, 'metadata.continue');
  }
  return pages;
}

function act(bench: Bench, change: { kind: string; index: number }, page: number): void {
  const url = `${imagesPath}/i${change.index}`;
  if (change.kind === 'create') bench.ask('POST', imagesPath, image(`i${change.index}`));
  if (change.kind === 'delete') bench.ask('DELETE', url);
  if (change.kind === 'change') bench.ask('PATCH', url, { spec: { tag: `t${page}` } }, mergePatch);
}

function fill(bench: Bench, count: number): void {
  for (let made = 0; made < count; made += 1) bench.ask('POST', imagesPath, image(`i${made}`));
}

describe('a list', () => {
  test('has a kind, a version and sorted items', () => {
    const bench = openBench();
    fill(bench, 3);
    const { body } = bench.ask('GET', imagesPath);
    expect(body).toMatchObject({
      kind: 'CachedImageList',
      apiVersion: 'forehold.dev/v1alpha1',
      metadata: { resourceVersion: '5' },
      items: [{ kind: 'CachedImage' }, {}, {}],
    });
    expect(names(body)).toEqual(['i0', 'i1', 'i2']);
    expect(at(body, 'metadata.continue')).toBeUndefined();
  });

  test('of a built-in kind does not repeat the kind in its items', () => {
    const bench = openBench();
    bench.ask('POST', nodesPath, nodeObject('n1'));
    const { body } = bench.ask('GET', nodesPath);
    expect(at(body, 'kind')).toBe('NodeList');
    expect(at(body, 'items.0.kind')).toBeUndefined();
  });

  test('of pods is of one namespace, or of all', () => {
    const bench = openBench();
    bench.store.create('namespaces', { metadata: { name: 'other' } });
    bench.ask('POST', podsPath, pod('a'));
    bench.ask('POST', '/api/v1/namespaces/other/pods', pod('b'));
    expect(names(bench.ask('GET', podsPath).body)).toEqual(['a']);
    expect(names(bench.ask('GET', '/api/v1/pods').body)).toEqual(['b', 'a']);
  });

  test('in pages has every object exactly once, as they were at the first page', () => {
    const change = fc.record({
      kind: fc.constantFrom('create', 'delete', 'change'),
      index: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 30 })),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 12 }),
        (present, limit, changes) => {
          const bench = openBench();
          for (const index of present) bench.ask('POST', imagesPath, image(`i${index}`));
          const whole = bench.ask('GET', imagesPath).body;
          const pages = readPages(bench, limit, (page) => {
            for (const each of changes[page] ?? []) act(bench, each, page);
          });
          expect(pages.flatMap(itemsOf)).toEqual(itemsOf(whole));
          const versions = new Set(pages.map((page) => at(page, 'metadata.resourceVersion')));
          expect([...versions]).toEqual([at(whole, 'metadata.resourceVersion')]);
          const left = pages.map((page) => at(page, 'metadata.remainingItemCount') ?? 0);
          expect(left).toEqual(
            pages.map((_, page) => Math.max(0, present.length - (page + 1) * limit)),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  test('in pages ends with 410 when its version is forgotten, and can go on inconsistently', () => {
    const bench = openBench({ maxHistory: 2 });
    fill(bench, 4);
    const first = bench.ask('GET', `${imagesPath}?limit=2`).body;
    const token = String(at(first, 'metadata.continue'));
    for (let made = 4; made < 9; made += 1) bench.ask('POST', imagesPath, image(`i${made}`));
    const { code, body } = bench.ask('GET', `${imagesPath}?limit=2&continue=${token}`);
    expect([code, body['reason'], body['code']]).toEqual([410, 'Expired', 410]);
    const next = String(at(body, 'metadata.continue'));
    const rest = bench.ask('GET', `${imagesPath}?limit=50&continue=${next}`);
    expect(rest.code).toBe(200);
    expect(names(rest.body)).toEqual(['i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8']);
  });

  test('with any version knows no pages', () => {
    const bench = openBench();
    fill(bench, 3);
    const { body } = bench.ask('GET', `${imagesPath}?limit=1&resourceVersion=0`);
    expect(names(body)).toHaveLength(3);
    expect(at(body, 'metadata.continue')).toBeUndefined();
  });

  test('counts no remaining items where a selector hides some', () => {
    const bench = openBench();
    for (const name of ['a', 'b']) bench.ask('POST', imagesPath, image(name, {}, { l: 'x' }));
    const { body } = bench.ask('GET', `${imagesPath}?limit=1&labelSelector=l`);
    expect(at(body, 'metadata.continue')).toBeDefined();
    expect(at(body, 'metadata.remainingItemCount')).toBeUndefined();
  });

  test('of an exact version is what was there', () => {
    const bench = openBench();
    fill(bench, 2);
    const url = `${imagesPath}?resourceVersion=3&resourceVersionMatch=Exact`;
    expect(names(bench.ask('GET', url).body)).toEqual(['i0']);
  });

  test.for([
    ['limit=x', 400, 'BadRequest'],
    ['continue=abc', 400, 'BadRequest'],
    ['resourceVersion=abc', 400, 'BadRequest'],
    ['resourceVersion=99999', 504, 'Timeout'],
    ['fieldSelector=spec.image%3Dx', 400, 'BadRequest'],
    ['fieldSelector=bad', 400, 'BadRequest'],
    ['labelSelector=a+in+(b', 400, 'BadRequest'],
  ] as const)('with %s is refused', ([query, code, reason]) => {
    const answer = openBench().ask('GET', `${imagesPath}?${query}`);
    expect([answer.code, answer.body['reason']]).toEqual([code, reason]);
  });

  test('does not take a version beside a token', () => {
    const bench = openBench();
    fill(bench, 2);
    const token = String(at(bench.ask('GET', `${imagesPath}?limit=1`).body, 'metadata.continue'));
    const { code } = bench.ask('GET', `${imagesPath}?limit=1&continue=${token}&resourceVersion=2`);
    expect(code).toBe(400);
  });
});

describe('field selectors', () => {
  test.for([
    ['spec.nodeName=n1', ['a', 'c']],
    ['spec.nodeName!=n1', ['b', 'd']],
    ['spec.nodeName=', ['d']],
    ['spec.nodeName=n1,metadata.name=c', ['c']],
    ['metadata.namespace=pulls,status.phase=Running', ['b']],
    ['status.phase!=Pending', ['b']],
  ] as const)('select pods by %s', ([selector, expected]) => {
    const bench = openBench();
    bench.ask('POST', podsPath, pod('a'));
    bench.ask('POST', podsPath, pod('b', { nodeName: 'n2' }));
    bench.ask('POST', podsPath, pod('c'));
    bench.ask('POST', podsPath, pod('d', { nodeName: undefined }));
    bench.ask('PATCH', `${podsPath}/b/status`, { status: { phase: 'Running' } }, mergePatch);
    const url = `/api/v1/pods?fieldSelector=${encodeURIComponent(selector)}`;
    expect(names(bench.ask('GET', url).body)).toEqual(expected);
  });

  test('select nodes by name and by being cordoned', () => {
    const bench = openBench();
    for (const name of ['n1', 'n2']) bench.ask('POST', nodesPath, nodeObject(name));
    bench.ask('PATCH', `${nodesPath}/n2`, { spec: { unschedulable: true } }, mergePatch);
    const select = (selector: string) =>
      names(bench.ask('GET', `${nodesPath}?fieldSelector=${selector}`).body);
    expect(select('metadata.name%3Dn1')).toEqual(['n1']);
    expect(select('spec.unschedulable%3Dtrue')).toEqual(['n2']);
    expect(select('spec.unschedulable%3Dfalse')).toEqual(['n1']);
  });
});

describe('parseLabelSelector', () => {
  test.for([
    ['', true],
    ['a', true],
    ['!a', false],
    ['z', false],
    ['!z', true],
    ['a=1', true],
    ['a==1', true],
    ['a!=1', false],
    ['z!=1', true],
    ['a=1,b=2', true],
    ['a=1,b=3', false],
    ['a in (1,2),b notin (3)', true],
    ['a in ( 2 , 3 )', false],
    ['z notin (1)', true],
    ['x/y.z=v', true],
    ['b=', false],
    ['e=', true],
  ] as const)('%s', ([text, expected]) => {
    const labels = { a: '1', b: '2', 'x/y.z': 'v', e: '' };
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected);
  });

  test.for(['=b', 'a,', '!', 'a in b', 'a=b c', 'x/y/z=1', 'a>1', 'a in (b', ','])(
    'refuses %s',
    (text) => {
      expect(() => parseLabelSelector(text)).toThrow('unable to parse requirement');
    },
  );
});
