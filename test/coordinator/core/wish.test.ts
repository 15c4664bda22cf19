import { describe, expect, test } from 'vitest';
import { isTarget } from '../../../coordinator/core/target.ts';
import { parseWish } from '../../../coordinator/core/wish.ts';
import { nodeRecord } from '../../../sim/core-records.ts';

const digest = `sha256:${'a'.repeat(64)}`;

function wish(spec: Record<string, unknown>) {
  const parsed = parseWish({ image: 'nginx', ...spec });
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return parsed.wish;
}

describe('parseWish', () => {
  test.for([
    [{ image: 'nginx' }, 'docker.io/library/nginx:latest'],
    [{ image: 'r.example:5000/a/b', tag: '1.2' }, 'r.example:5000/a/b:1.2'],
    [{ image: 'nginx', digest }, `docker.io/library/nginx@${digest}`],
    [{ image: 'nginx', tag: '1', digest }, `docker.io/library/nginx@${digest}`],
    [{ image: 'nginx', tag: '', digest: '' }, 'docker.io/library/nginx:latest'],
  ] as const)('reads %j as %s', ([spec, image]) => {
    expect(wish(spec).image).toBe(image);
  });

  test('has the defaults of the kind', () => {
    expect(wish({})).toMatchObject({
      pullPolicy: 'Always',
      pullSecrets: [],
      tolerations: [],
      priority: 0,
      pullTimeoutMs: 1_800_000,
      registry: 'docker.io',
    });
  });

  test('sorts pull secrets and counts each once', () => {
    expect(
      wish({ imagePullSecrets: [{ name: 'b' }, { name: 'a' }, { name: 'b' }] }).pullSecrets,
    ).toEqual(['a', 'b']);
  });

  test.for([
    [undefined, 'spec is not an object'],
    [{}, 'spec.image is missing: name a repository'],
    [{ image: 7 }, 'spec.image is not a text'],
    [{ image: 'nginx:1' }, 'spec.image "nginx:1" has a tag: put it into spec.tag'],
    [
      { image: `nginx@${digest}` },
      `spec.image "nginx@${digest}" has a digest: put it into spec.digest`,
    ],
    [{ image: 'NGINX' }, 'cannot read image reference "NGINX": "NGINX" is not a repository name'],
    [{ image: 'nginx', tag: 'a b' }, 'spec.tag "a b" is not a tag'],
    [{ image: 'nginx', digest: 'sha256:abc' }, 'spec.digest "sha256:abc" is not a digest'],
    [{ image: 'nginx', imagePullPolicy: 'Sometimes' }, 'is none of Always, IfNotPresent, Never'],
    [
      { image: 'nginx', imagePullSecrets: [{}] },
      'spec.imagePullSecrets[0].name is not the name of a secret',
    ],
    [{ image: 'nginx', imagePullSecrets: {} }, 'spec.imagePullSecrets is not a list'],
    [{ image: 'nginx', nodeSelector: { a: 1 } }, 'spec.nodeSelector.a is not a text'],
    [{ image: 'nginx', tolerations: [{ operator: 'Above' }] }, 'is neither Exists nor Equal'],
    [{ image: 'nginx', tolerations: [{ value: 'x' }] }, 'has no key: its operator must be Exists'],
    [{ image: 'nginx', priority: 1.5 }, 'spec.priority is not a whole number'],
    [
      { image: 'nginx', pullTimeout: '5x' },
      'spec.pullTimeout "5x" is not a duration above zero such as 30m',
    ],
    [{ image: 'nginx', pullTimeout: '0s' }, 'is not a duration above zero'],
  ] as const)('refuses %j in one sentence', ([spec, message]) => {
    const parsed = parseWish(spec);
    expect(parsed).toMatchObject({ kind: 'invalid', message: expect.stringContaining(message) });
  });
});

describe('isTarget', () => {
  const noSchedule = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  test.for([
    ['a plain node', {}, {}, true],
    ['a cordoned node', {}, { unschedulable: true }, false],
    ['a leaving node', {}, { deleting: true }, false],
    ['a matching label', { nodeSelector: { pool: 'a' } }, { labels: { pool: 'a' } }, true],
    ['another label', { nodeSelector: { pool: 'a' } }, { labels: { pool: 'b' } }, false],
    ['an untolerated taint', {}, { taints: [noSchedule] }, false],
    ['a preference', {}, { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] }, true],
    [
      'a tolerated key',
      { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
      { taints: [noSchedule] },
      true,
    ],
    [
      'an equal value',
      { tolerations: [{ key: 'gpu', value: 'yes' }] },
      { taints: [noSchedule] },
      true,
    ],
    [
      'another value',
      { tolerations: [{ key: 'gpu', value: 'no' }] },
      { taints: [noSchedule] },
      false,
    ],
    [
      'another effect',
      { tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] },
      { taints: [noSchedule] },
      false,
    ],
    [
      'everything tolerated',
      { tolerations: [{ operator: 'Exists' }] },
      { taints: [noSchedule] },
      true,
    ],
  ] as const)('%s', ([, spec, node, expected]) => {
    expect(isTarget(nodeRecord('n1', node), wish(spec))).toBe(expected);
  });
});
