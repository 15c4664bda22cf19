import { describe, expect, test } from 'vitest';
import { parseImagesFile } from '../../../sim/start/images-file.ts';
import { sampleImages, toCachedImage } from '../../../sim/start/sample-images.ts';

const head = 'apiVersion: forehold.dev/v1alpha1\nkind: CachedImage\n';

function document(name: string, image = 'nginx'): string {
  return `${head}metadata: {name: ${name}}\nspec: {image: ${image}}\n`;
}

describe('parseImagesFile', () => {
  test('reads several documents, skips empty ones and keeps every field', () => {
    const text = `${document('a')}---\n# nothing\n---\n${head}metadata: {name: b, labels: {x: y}}\nspec: {image: r.example/b, tag: "1", priority: 3, odd: true}\n`;
    expect(parseImagesFile(text)).toEqual([
      {
        apiVersion: 'forehold.dev/v1alpha1',
        kind: 'CachedImage',
        metadata: { name: 'a' },
        spec: { image: 'nginx' },
      },
      {
        apiVersion: 'forehold.dev/v1alpha1',
        kind: 'CachedImage',
        metadata: { name: 'b', labels: { x: 'y' } },
        spec: { image: 'r.example/b', tag: '1', priority: 3, odd: true },
      },
    ]);
  });

  test.for<[text: string, message: RegExp]>([
    ['', /^there is no CachedImage in it$/],
    ['---\n---\n', /^there is no CachedImage in it$/],
    ['a: b\n c: d\n', /^line \d is not YAML: /],
    ['a: *unknown\n', /^document 1 is not YAML: /],
    ['just text', /^document 1: not an object$/],
    ['[1, 2]', /^document 1: not an object$/],
    ['kind: CachedImage', /^document 1: apiVersion is missing, not forehold\.dev\/v1alpha1$/],
    [
      'apiVersion: drop.corewire.io/v1alpha1\nkind: CachedImage',
      /^document 1: apiVersion is drop\.corewire\.io\/v1alpha1, not forehold\.dev\/v1alpha1$/,
    ],
    ['apiVersion: forehold.dev/v1alpha1\nkind: Pod', /^document 1: kind is Pod, not CachedImage$/],
    [`${document('a')}---\n${head}spec: {image: x}`, /^document 2: metadata\.name is missing$/],
    [`${head}metadata: {name: 3}`, /^document 1: metadata\.name is missing$/],
    [`${head}metadata: {name: a}`, /^document 1: spec of a is missing$/],
    [`${head}metadata: {name: a}\nspec: {}`, /^document 1: a: spec\.image is missing/],
    [`${head}metadata: {name: a}\nspec: {image: 3}`, /^document 1: a: spec\.image is not a text$/],
    [document('a', '"Not An Image"'), /^document 1: a: .*repository name/],
    [document('a', '"nginx:1"'), /^document 1: a: spec\.image "nginx:1" has a tag/],
    [`${document('a')}---\n${document('a')}`, /^two CachedImages are named a$/],
  ])('%j is refused with one line', ([text, message]) => {
    expect(() => parseImagesFile(text)).toThrow(message);
    expect(() => parseImagesFile(text)).not.toThrow(/\n/);
  });
});

describe('sampleImages', () => {
  test('are about ten, and none is more than an eighth of all bytes', () => {
    const sumBytes = sampleImages.reduce((sum, sample) => sum + sample.sizeBytes, 0);
    expect(sampleImages.length).toBeGreaterThanOrEqual(10);
    for (const sample of sampleImages) expect(sample.sizeBytes / sumBytes).toBeLessThan(1 / 8);
  });

  test('are CachedImages that a user could apply', () => {
    const text = sampleImages
      .map((sample) => JSON.stringify(toCachedImage(sample)))
      .join('\n---\n');
    expect(parseImagesFile(text)).toEqual(sampleImages.map(toCachedImage));
  });
});
