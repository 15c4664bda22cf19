import { describe, expect, test } from 'vitest';
import { readLimits } from '../../coordinator/limits-config.ts';

describe('readLimits', () => {
  test('reads a count, a percentage and both', () => {
    const text = `
limits:
  - { name: cluster, per: cluster, slots: 7 }
  - { name: image, per: image, slots: 10% }
  - name: mirror
    per: registry
    slots: { count: 8, percent: 2 }
    match: { registry: "*.example", image: "*/team/*", zone: a }
`;
    expect(readLimits(text)).toEqual({
      kind: 'read',
      limits: [
        { name: 'cluster', per: 'cluster', slots: { count: 7, percent: 0 }, match: {} },
        { name: 'image', per: 'image', slots: { count: 0, percent: 10 }, match: {} },
        {
          name: 'mirror',
          per: 'registry',
          slots: { count: 8, percent: 2 },
          match: { registry: '*.example', image: '*/team/*', zone: 'a' },
        },
      ],
    });
  });

  test('reads an empty list', () => {
    expect(readLimits('limits: []')).toEqual({ kind: 'read', limits: [] });
  });

  test.for([
    ['', ['line 1: the file must have fields (limits)']],
    ['- a', ['line 1: the file must have fields (limits)']],
    [
      'limits: [{ name: a, per: &x image, slots: 1 }, { name: b, per: *x, slots: 1 }]',
      ['line 1: aliases (*name) are not allowed'],
    ],
    ['limits: 3', ['line 1: limits must be a list']],
    ['limits:\n  - 4', ['line 2: a limit must have fields (name, per, slots, match)']],
    [
      'limits:\n  - name: a\n    per: image\n    slots: 1\n    startsPerMinute: 5',
      ['line 5: startsPerMinute is not a field here; there are name, per, slots, match'],
    ],
    [
      'limits:\n  - name: A_b\n    per: pod\n    slots: 1',
      [
        'line 2: name must be lower case letters, digits and dashes, at most 63',
        'line 3: per must be one of cluster, image, registry, zone, node',
      ],
    ],
    [
      'limits:\n  - name: a\n    per: image',
      ['line 2: slots must be more than 0, a number, a percentage such as 10% or both'],
    ],
    [
      'limits:\n  - name: a\n    per: image\n    slots: 0',
      ['line 4: slots must be more than 0, a number, a percentage such as 10% or both'],
    ],
    [
      'limits:\n  - name: a\n    per: image\n    slots: 101%',
      ['line 4: slots must be a whole number from 0 to 100'],
    ],
    [
      'limits:\n  - name: a\n    per: image\n    slots: { count: -1, percent: 1.5 }',
      [
        'line 4: count must be a whole number from 0 to 100000',
        'line 4: percent must be a whole number from 0 to 100',
      ],
    ],
    [
      'limits:\n  - { name: a, per: image, slots: 1 }\n  - { name: a, per: node, slots: 1 }',
      ['line 3: limit a stands twice'],
    ],
    [
      'limits:\n  - name: a\n    per: image\n    slots: 1\n    match: { registry: 5, host: x }',
      [
        'line 5: host is not a field here; there are registry, image, zone',
        'line 5: registry must be a text, * stands for anything',
      ],
    ],
  ] as const)('says what is wrong with %j', ([text, problems]) => {
    expect(readLimits(text)).toEqual({ kind: 'invalid', problems });
  });

  test('names the line of what is no YAML', () => {
    const reading = readLimits('limits:\n  - { name: a');
    expect(reading).toMatchObject({ kind: 'invalid' });
    expect(reading.kind === 'invalid' && reading.problems[0]).toMatch(/^line 2: /);
  });
});
