import { describe, expect, test } from 'vitest';
import { parseCustomDefinition } from '../../../sim/api-server/schema.ts';
import { checkValue } from '../../../sim/api-server/schema-check.ts';
import { applyDefaults, prune } from '../../../sim/api-server/schema-prune.ts';
import {
  applyPatch,
  at,
  image,
  imagesPath,
  mergePatch,
  nodesPath,
  openBench,
} from './workbench.ts';

describe('a CachedImage with unknown fields', () => {
  const odd = { ...image('a', { bogus: 1, tolerations: [{ keyy: 'x' }] }), foo: 1 };

  test('is refused under strict validation, naming every field', () => {
    const { code, body } = openBench().ask('POST', `${imagesPath}?fieldValidation=Strict`, odd);
    expect([code, body['reason']]).toEqual([400, 'BadRequest']);
    expect(body['message']).toBe(
      'CachedImage in version "v1alpha1" cannot be handled as a CachedImage: strict decoding error: unknown field "foo", unknown field "spec.bogus", unknown field "spec.tolerations[0].keyy"',
    );
  });

  test.for(['', '?fieldValidation=Warn'])('is pruned and warned of with %s', (query) => {
    const { code, body, warnings } = openBench().ask('POST', `${imagesPath}${query}`, odd);
    expect(code).toBe(201);
    expect([body['foo'], at(body, 'spec.bogus')]).toEqual([undefined, undefined]);
    expect(at(body, 'spec.tolerations')).toEqual([{}]);
    expect(warnings).toEqual([
      'unknown field "foo"',
      'unknown field "spec.bogus"',
      'unknown field "spec.tolerations[0].keyy"',
    ]);
  });

  test('is pruned in silence when asked to ignore', () => {
    const { code, warnings } = openBench().ask('POST', `${imagesPath}?fieldValidation=Ignore`, odd);
    expect([code, warnings]).toEqual([201, []]);
  });

  test('is refused in a strict patch too, as an invalid patch', () => {
    const bench = openBench();
    bench.ask('POST', imagesPath, image('a'));
    const patch = { spec: { bogus: 1 } };
    const strict = bench.ask('PATCH', `${imagesPath}/a?fieldValidation=Strict`, patch, mergePatch);
    expect([strict.code, strict.body['reason']]).toEqual([422, 'Invalid']);
    expect(strict.body['message']).toContain('strict decoding error: unknown field "spec.bogus"');
    const lenient = bench.ask('PATCH', `${imagesPath}/a`, patch, mergePatch);
    expect([lenient.code, lenient.warnings]).toEqual([200, ['unknown field "spec.bogus"']]);
  });

  test('counts unknown metadata as unknown', () => {
    const body = { ...image('a'), metadata: { name: 'a', bad: 1 } };
    const strict = openBench().ask('POST', `${imagesPath}?fieldValidation=Strict`, body);
    expect(strict.body['message']).toContain('unknown field "metadata.bad"');
  });

  test('is no business of server-side apply: unknown fields are an internal failure there', () => {
    const url = `${imagesPath}/a?fieldManager=m`;
    const { code, body } = openBench().ask('PATCH', url, image('a', { bogus: 1 }), applyPatch);
    expect(code).toBe(500);
    expect(body['message']).toContain('.spec.bogus: field not declared in schema');
  });

  test('refuses a fieldValidation that is none', () => {
    expect(openBench().ask('POST', `${imagesPath}?fieldValidation=Nope`, image('a')).code).toBe(
      422,
    );
  });
});

describe('a CachedImage', () => {
  test('gets the defaults of its schema', () => {
    const { body } = openBench().ask('POST', imagesPath, image('a', { priority: null }));
    expect(body['spec']).toEqual({
      image: 'nginx',
      imagePullPolicy: 'Always',
      priority: 0,
      pullTimeout: '30m',
    });
  });

  const wrong: readonly [string, object, string, string][] = [
    ['no image', { image: undefined }, 'spec.image', 'Required value'],
    ['a null where a value must stand', { image: null }, 'spec.image', 'Required value'],
    ['an empty image', { image: '' }, 'spec.image', 'should be at least 1 chars long'],
    ['a nonsense image', { image: 'NG INX!' }, 'spec.image', 'spec.image in body should match'],
    ['a number as image', { image: 5 }, 'spec.image', 'must be of type string: "integer"'],
    [
      'a tag that is too long',
      { tag: 'a'.repeat(140) },
      'spec.tag',
      'may not be more than 128 bytes',
    ],
    ['a nonsense digest', { digest: 'x' }, 'spec.digest', 'should match'],
    [
      'a strange policy',
      { imagePullPolicy: 'Foo' },
      'spec.imagePullPolicy',
      'supported values: "Always", "IfNotPresent", "Never"',
    ],
    ['a text as priority', { priority: '1' }, 'spec.priority', 'must be of type integer: "string"'],
    [
      'a fraction as priority',
      { priority: 1.5 },
      'spec.priority',
      'must be of type int32: "float64"',
    ],
    [
      'a priority out of range',
      { priority: 3e9 },
      'spec.priority',
      'less than or equal to 2147483647',
    ],
    [
      'secrets that are no list',
      { imagePullSecrets: {} },
      'spec.imagePullSecrets',
      'must be of type array: "object"',
    ],
    [
      'a secret without a name',
      { imagePullSecrets: [{}] },
      'spec.imagePullSecrets[0].name',
      'Required value',
    ],
    [
      'too many secrets',
      { imagePullSecrets: Array.from({ length: 17 }, () => ({ name: 'a' })) },
      'spec.imagePullSecrets',
      'Too many: 17: must have at most 16 items',
    ],
    [
      'a number as a label',
      { nodeSelector: { a: 1 } },
      'spec.nodeSelector.a',
      'must be of type string: "integer"',
    ],
  ];
  test.for(wrong)('with %s is refused', ([, spec, field, message]) => {
    const { code, body } = openBench().ask('POST', imagesPath, image('a', spec));
    expect([code, body['reason']]).toEqual([422, 'Invalid']);
    expect(at(body, 'details')).toMatchObject({
      name: 'a',
      group: 'forehold.dev',
      kind: 'CachedImage',
    });
    const causes = at(body, 'details.causes');
    expect(causes).toContainEqual(
      expect.objectContaining({ field, message: expect.stringContaining(message) }),
    );
  });

  test('without a spec, or with one that is no object, is refused', () => {
    const { spec: _, ...bare } = image('a');
    const messages = [bare, { ...bare, spec: [] }].map(
      (body) => openBench().ask('POST', imagesPath, body).body['message'],
    );
    expect(messages).toEqual([
      'CachedImage.forehold.dev "a" is invalid: spec: Required value',
      'CachedImage.forehold.dev "a" is invalid: spec: Invalid value: "array": spec in body must be of type object: "array"',
    ]);
  });

  const wrongStatus: readonly [string, object, string, string][] = [
    [
      'phase',
      { phase: 'Nope' },
      'status.phase',
      'supported values: "Pending", "Pulling", "Ready", "Degraded"',
    ],
    ['count', { nodesReady: -1 }, 'status.nodesReady', 'greater than or equal to 0'],
    ['time', { lastPulledAt: 'x' }, 'status.lastPulledAt', 'must be of type date-time'],
    [
      'condition',
      { conditions: [{ type: 'A', status: 'Maybe' }] },
      'status.conditions[0].status',
      'Unsupported value',
    ],
    [
      'condition twice',
      {
        conditions: [
          { type: 'A', status: 'True' },
          { type: 'A', status: 'True' },
        ],
      },
      'status.conditions[1]',
      'Duplicate value: {"type":"A"}',
    ],
  ];
  test.for(wrongStatus)('refuses a wrong %s in its status', ([, status, field, message]) => {
    const bench = openBench();
    bench.ask('POST', imagesPath, image('a'));
    const { code, body } = bench.ask('PATCH', `${imagesPath}/a/status`, { status }, mergePatch);
    expect(code).toBe(422);
    expect(at(body, 'details.causes')).toContainEqual(
      expect.objectContaining({ field, message: expect.stringContaining(message) }),
    );
  });

  test('takes times with fractions of a second', () => {
    const bench = openBench();
    bench.ask('POST', imagesPath, image('a'));
    const status = { lastPulledAt: '2026-01-01T00:00:00.123Z' };
    expect(bench.ask('PATCH', `${imagesPath}/a/status`, { status }, mergePatch).code).toBe(200);
  });

  test('is not checked like other kinds', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { bogus: 1 } };
    expect(openBench().ask('POST', nodesPath, node).warnings).toEqual([]);
  });
});

describe('parseCustomDefinition', () => {
  const define = (schema: object) =>
    parseCustomDefinition(
      {
        spec: {
          group: 'g',
          names: { kind: 'K', plural: 'ks' },
          versions: [{ name: 'v1', served: true, schema: { openAPIV3Schema: schema } }],
        },
      },
      'test.yaml',
    ).schema;

  test('refuses a keyword that it would not obey', () => {
    const schema = { type: 'object', properties: { a: { type: 'integer', multipleOf: 2 } } };
    expect(() => define(schema)).toThrow(
      'cannot read test.yaml.a: the embedded API server does not cover multipleOf',
    );
    expect(() => parseCustomDefinition({}, 'test.yaml')).toThrow('no CustomResourceDefinition');
  });

  test('covers int-or-string, maps, nullable fields and fields that are kept unknown', () => {
    const schema = define({
      type: 'object',
      properties: {
        max: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        maybe: { type: 'string', nullable: true, default: 'x' },
        map: { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 1 },
      },
    });
    const check = (value: object) => checkValue(schema, value, '').map(({ field }) => field);
    expect(check({ max: 5 })).toEqual([]);
    expect(check({ max: '5%' })).toEqual([]);
    expect(check({ max: 1.5 })).toEqual(['max']);
    expect(check({ max: true })).toEqual(['max']);
    expect(check({ map: { a: 1, b: 2 } })).toEqual(['map']);
    expect(check({ map: { a: 'x' } })).toEqual(['map.a']);
    expect(applyDefaults(schema, { maybe: null })).toEqual({ maybe: null });
    expect(applyDefaults(schema, {})).toEqual({ maybe: 'x' });
    expect(prune(schema, { free: { any: { thing: 1 } }, odd: 1 })).toMatchObject({
      object: { free: { any: { thing: 1 } } },
      unknownFields: ['odd'],
    });
  });
});
