import { describe, expect, test } from 'vitest';
import { parseImageReference } from '../../../shared/image-ref.ts';
import { Registry, type RegistryImage } from '../../../sim/registry/registry.ts';

function resolve(registry: Registry, text: string): RegistryImage {
  const resolution = registry.resolve(parseImageReference(text));
  if (resolution.kind === 'refused') throw new Error(resolution.refusal);
  return resolution.image;
}

describe('Registry', () => {
  test('an image that nobody declared has a size that its name and the seed decide', () => {
    const images = Array.from({ length: 200 }, (_, index) => `a.example/app-${index}:1`);
    const sizes = images.map((image) => resolve(new Registry({ seed: 1 }), image).sizeBytes);
    for (const sizeBytes of sizes) {
      expect(sizeBytes).toBeGreaterThanOrEqual(50e6);
      expect(sizeBytes).toBeLessThanOrEqual(4e9);
    }
    const again = new Registry({ seed: 1 });
    expect(images.toReversed().map((image) => resolve(again, image).sizeBytes)).toEqual(
      sizes.toReversed(),
    );
    const other = new Registry({ seed: 2 });
    expect(images.map((image) => resolve(other, image).sizeBytes)).not.toEqual(sizes);
  });

  test('tag and digest lead to one image, in any spelling', () => {
    const registry = new Registry({ seed: 1 });
    const image = resolve(registry, 'nginx');
    expect(resolve(registry, 'docker.io/library/nginx:latest')).toBe(image);
    expect(resolve(registry, `nginx@${image.digest}`)).toBe(image);
    expect(resolve(registry, 'nginx:1.27').digest).not.toBe(image.digest);
  });

  test('a digest that nobody has seen is an image of that digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(resolve(new Registry({ seed: 1 }), `nginx@${digest}`).digest).toBe(digest);
  });

  test('what was declared holds, the rest is derived', () => {
    const registry = new Registry({ seed: 1 });
    registry.push('a.example/b:1', { sizeBytes: 7, hasExecutable: false });
    expect(resolve(registry, 'a.example/b:1')).toMatchObject({
      sizeBytes: 7,
      hasExecutable: false,
      userId: 0,
    });
  });

  test('a refusal is of one image, one repository or one registry', () => {
    const registry = new Registry({ seed: 1 });
    registry.refuse('a.example/b:1', 'missing');
    registry.refuse('a.example/c', 'unauthorized');
    registry.refuse('b.example', 'unreachable');
    const refusals = ['a.example/b:1', 'a.example/b:2', 'a.example/c:9', 'b.example/x/y:1'].map(
      (text) => registry.resolve(parseImageReference(text)),
    );
    expect(refusals).toMatchObject([
      { kind: 'refused', refusal: 'missing' },
      { kind: 'found' },
      { kind: 'refused', refusal: 'unauthorized' },
      { kind: 'refused', refusal: 'unreachable' },
    ]);
    registry.accept('b.example');
    expect(registry.resolve(parseImageReference('b.example/x/y:1')).kind).toBe('found');
  });

  test('without derived images only what was pushed exists', () => {
    const registry = new Registry({ seed: 1, derivesUndeclared: false });
    registry.push('a.example/b:1');
    expect(registry.resolve(parseImageReference('a.example/b:1')).kind).toBe('found');
    expect(registry.resolve(parseImageReference('a.example/b:2'))).toEqual({
      kind: 'refused',
      refusal: 'missing',
    });
  });
});
