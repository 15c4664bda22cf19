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

  test('reads what limits starts, without slots', () => {
    const text = `
limits:
  - { name: hub, per: registry, startsPerMinute: 30, minDelay: 500ms, match: { registry: docker.io } }
  - { name: edge, per: zone, minDelay: 1m, match: { policy: "team-*", nodeSelector: { pool: edge } } }
`;
    expect(readLimits(text)).toEqual({
      kind: 'read',
      limits: [
        {
          name: 'hub',
          per: 'registry',
          startsPerMinute: 30,
          minDelayMs: 500,
          match: { registry: 'docker.io' },
        },
        {
          name: 'edge',
          per: 'zone',
          minDelayMs: 60_000,
          match: { policy: 'team-*', nodeSelector: { pool: 'edge' } },
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
    [
      'limits:\n  - 4',
      ['line 2: a limit must have fields (name, per, slots, startsPerMinute, minDelay, match)'],
    ],
    [
      'limits:\n  - name: a\n    per: image\n    slots: 1\n    perMinute: 5',
      [
        'line 5: perMinute is not a field here; there are name, per, slots, startsPerMinute, minDelay, match',
      ],
    ],
    [
      'limits:\n  - name: a\n    per: image\n    startsPerMinute: 0\n    minDelay: 5x',
      [
        'line 4: startsPerMinute must be more than 0',
        'line 5: minDelay must be a duration of at most 24h such as 10s',
      ],
    ],
    [
      'limits:\n  - name: a\n    per: node\n    slots: 10%',
      ['line 4: slots of a limit per node must be a number'],
    ],
    [
      'limits:\n  - name: a\n    per: image\n    slots: 1\n    match: { nodeSelector: { a: 1 } }',
      ['line 5: label a must be a text'],
    ],
    [
      'limits:\n  - name: a\n    per: image\n    slots: 1\n    match: { nodeSelector: {} }',
      ['line 5: nodeSelector must have from 1 to 64 labels'],
    ],
    [
      'limits:\n  - name: A_b\n    per: pod\n    slots: 1',
      [
        'line 2: name must be lower case letters, digits and dashes, at most 63',
        'line 3: per must be one of cluster, policy, image, registry, zone, node',
      ],
    ],
    [
      'limits:\n  - name: a\n    per: image',
      ['line 2: a limit must have at least one of slots, startsPerMinute, minDelay'],
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
        'line 5: host is not a field here; there are registry, image, policy, zone, nodeSelector',
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
