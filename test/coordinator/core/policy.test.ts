import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../coordinator/core/policy.ts';
import { compilePolicy } from '../../../coordinator/core/policy-limits.ts';

function limitsOf(spec: unknown) {
  const parsed = parsePolicy(spec);
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return compilePolicy('p', parsed.policy);
}

const match = { policy: 'p' };

describe('compilePolicy', () => {
  test.for([
    [
      {},
      [
        {
          name: 'policy/p/image',
          per: 'image',
          slots: { count: 1, percent: 0 },
          minDelayMs: 10_000,
          match,
        },
        { name: 'policy/p/policy', per: 'policy', match },
        { name: 'policy/p/node', per: 'node', slots: { count: 1, percent: 0 }, match },
      ],
    ],
    [
      { maxConcurrentNodes: '15%', minDelayBetweenPulls: '0s' },
      [
        { name: 'policy/p/image', per: 'image', slots: { count: 0, percent: 15 }, match },
        { name: 'policy/p/policy', per: 'policy', match },
        { name: 'policy/p/node', per: 'node', slots: { count: 1, percent: 0 }, match },
      ],
    ],
    [
      {
        maxConcurrentNodes: 4,
        maxConcurrentPulls: 7,
        maxPullsPerMinute: 9,
        maxConcurrentPullsPerNode: 2,
        minDelayBetweenPulls: '1m30s',
        nodeSelector: { pool: 'x' },
      },
      [
        {
          name: 'policy/p/image',
          per: 'image',
          slots: { count: 4, percent: 0 },
          minDelayMs: 90_000,
          match: { policy: 'p', nodeSelector: { pool: 'x' } },
        },
        {
          name: 'policy/p/policy',
          per: 'policy',
          slots: { count: 7, percent: 0 },
          startsPerMinute: 9,
          match: { policy: 'p', nodeSelector: { pool: 'x' } },
        },
        {
          name: 'policy/p/node',
          per: 'node',
          slots: { count: 2, percent: 0 },
          match: { policy: 'p', nodeSelector: { pool: 'x' } },
        },
      ],
    ],
  ] as const)('of %o', ([spec, expected]) => {
    expect(limitsOf(spec)).toEqual(expected);
  });
});

describe('parsePolicy', () => {
  test('reads what is no limit', () => {
    const spec = {
      failureBackoff: { initial: '1s', max: '1h' },
      canary: { nodes: 5, failureBudget: 2 },
      seedFirst: true,
      tolerations: [{ key: 'a', operator: 'Exists' }],
    };
    expect(parsePolicy(spec)).toMatchObject({
      kind: 'valid',
      policy: {
        failureBackoff: { initialMs: 1_000, factor: 2, maxMs: 3_600_000 },
        canary: { nodes: 5, failureBudget: 2 },
        seedFirst: true,
        tolerations: [{ key: 'a', operator: 'Exists' }],
      },
    });
  });

  test.for([
    [undefined, 'spec is not an object'],
    [{ maxConcurrentNodes: 0 }, 'spec.maxConcurrentNodes 0 is not from 1 to 100000'],
    [
      { maxConcurrentNodes: '0%' },
      'spec.maxConcurrentNodes "0%" is neither a number nor a percentage from 1% to 100%',
    ],
    [{ maxConcurrentPulls: 1.5 }, 'spec.maxConcurrentPulls is not a whole number'],
    [
      { minDelayBetweenPulls: '5x' },
      'spec.minDelayBetweenPulls "5x" is not a duration of at most 24h such as 10s',
    ],
    [
      { minDelayBetweenPulls: '25h' },
      'spec.minDelayBetweenPulls "25h" is not a duration of at most 24h such as 10s',
    ],
    [{ failureBackoff: '5m' }, 'spec.failureBackoff is not an object'],
    [
      { failureBackoff: { initial: '10m' } },
      'spec.failureBackoff.initial is longer than spec.failureBackoff.max',
    ],
    [{ failureBackoff: { initial: '0s' } }, 'spec.failureBackoff.initial is less than 1s'],
    [
      { canary: { nodes: 2, failureBudget: 2 } },
      'spec.canary.failureBudget 2 is not from 0 to less than spec.canary.nodes',
    ],
    [{ seedFirst: 'yes' }, 'spec.seedFirst is neither true nor false'],
    [{ nodeSelector: [] }, 'spec.nodeSelector is not an object'],
  ] as const)('says what is wrong with %o', ([spec, message]) => {
    expect(parsePolicy(spec)).toEqual({ kind: 'invalid', message });
  });
});
