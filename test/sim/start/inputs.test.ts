import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readInputs } from '../../../sim/start/inputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'forehold-inputs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const image =
  'apiVersion: forehold.dev/v1alpha1\nkind: CachedImage\nmetadata: {name: a}\nspec: {image: r.example/a}\n';

describe('readInputs', () => {
  test('without files there are the sample images and no limits beside the built-in ones', () => {
    const inputs = readInputs(undefined, undefined);
    expect(inputs).toMatchObject({ kind: 'read', limits: [] });
    expect(inputs.kind === 'read' && inputs.images.length).toBeGreaterThanOrEqual(10);
  });

  test('both files are read', () => {
    const limits = 'limits: [{ name: cluster, per: cluster, slots: 2 }]';
    expect(readInputs(file('i.yaml', image), file('l.yaml', limits))).toMatchObject({
      kind: 'read',
      images: [{ metadata: { name: 'a' } }],
      limits: [{ name: 'cluster', slots: { count: 2 } }],
    });
  });

  test.for<[fact: string, files: [images?: string | undefined, limits?: string], problem: RegExp]>([
    ['no such images file', [join(folder, 'none')], /^--images: cannot read .*none: no such file$/],
    [
      'no such limits file',
      [undefined, join(folder, 'none')],
      /^--limits: cannot read .*: no such file$/,
    ],
    ['a folder', [folder], /^--images: cannot read .*: it is a folder$/],
    [
      'no images in it',
      [file('empty.yaml', '')],
      /^--images: cannot use .*: there is no CachedImage in it$/,
    ],
    [
      'two problems in the limits',
      [undefined, file('bad.yaml', 'limits: [{ name: A, per: moon, slots: 1 }]')],
      /^--limits: cannot use .*bad\.yaml: line 1: name [^\n]*; line 1: per [^\n]*$/,
    ],
  ])('%s is one line', ([, [images, limits], problem]) => {
    const inputs = readInputs(images, limits);
    expect(inputs.kind === 'invalid' ? inputs.problem : inputs).toMatch(problem);
  });
});
