import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatImageReference,
  ImageReferenceError,
  normaliseImageReference,
  parseImageReference,
} from '../../shared/image-ref.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('normaliseImageReference', () => {
  test.for([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['jupyter/base-notebook', 'docker.io/jupyter/base-notebook:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:2', 'localhost:5000/app:2'],
    ['10.0.0.1:5000/a/b/c:v1', '10.0.0.1:5000/a/b/c:v1'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['ghcr.io/org/app__x--y:1', 'ghcr.io/org/app__x--y:1'],
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
    [`nginx:1@${digest}`, `docker.io/library/nginx@${digest}`],
  ] as const)('reads %s as %s', ([text, normalised]) => {
    expect(normaliseImageReference(text)).toBe(normalised);
  });

  test.for([
    ['', '"" is not a repository name'],
    ['Nginx', '"Nginx" is not a repository name'],
    ['nginx:', '"" is not a tag'],
    ['nginx:.1', '".1" is not a tag'],
    [`nginx:${'t'.repeat(129)}`, 'is not a tag'],
    ['nginx@sha256:12', '"sha256:12" is not a digest'],
    ['a//b', '"" is not a repository name'],
    ['-bad.example/app', '"-bad.example" is not a registry host'],
    ['r.example/a b', '"a b" is not a repository name'],
    [`r.example/${'a'.repeat(250)}`, 'the name is longer than 255'],
    ['<none>', '"<none>" is not a repository name'],
  ] as const)('refuses "%s"', ([text, why]) => {
    expect(() => normaliseImageReference(text)).toThrow(ImageReferenceError);
    expect(() => normaliseImageReference(text)).toThrow(why);
  });

  test('is its own normal form', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), tag, (parts, name) => {
        const once = normaliseImageReference(`${parts.join('/')}:${name}`);
        expect(normaliseImageReference(once)).toBe(once);
        expect(formatImageReference(parseImageReference(once))).toBe(once);
      }),
    );
  });

  // A pattern that backtracks would need longer than any time-out.
  test('answers long nonsense', () => {
    expect(() => normaliseImageReference(`${'a-'.repeat(50_000)}!`)).toThrow(ImageReferenceError);
    expect(() => normaliseImageReference(`${'a.'.repeat(50_000)}!/x`)).toThrow(ImageReferenceError);
  });
});
