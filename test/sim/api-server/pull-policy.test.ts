import { describe, expect, test } from 'vitest';
import { at, mergePatch, openBench, policiesPath } from './workbench.ts';

function policy(spec: object): object {
  return {
    apiVersion: 'forehold.dev/v1alpha1',
    kind: 'PullPolicy',
    metadata: { name: 'gentle' },
    spec,
  };
}

describe('a PullPolicy', () => {
  test('gets the defaults of its schema at every depth', () => {
    const { code, body } = openBench().ask('POST', policiesPath, policy({ canary: {} }));
    expect(code).toBe(201);
    expect(body['spec']).toEqual({
      maxConcurrentNodes: 1,
      minDelayBetweenPulls: '10s',
      failureBackoff: { initial: '30s', max: '5m' },
      maxConcurrentPullsPerNode: 1,
      canary: { nodes: 1, failureBudget: 0 },
      seedFirst: false,
    });
  });

  test('is taken with every field set, and counts its generations', () => {
    const bench = openBench();
    const spec = {
      maxConcurrentNodes: '10%',
      maxConcurrentPulls: 20,
      minDelayBetweenPulls: '1m30s',
      failureBackoff: { initial: '1s', max: '1h' },
      maxConcurrentPullsPerNode: 2,
      maxPullsPerMinute: 60,
      canary: { nodes: 5, failureBudget: 1 },
      seedFirst: true,
      nodeSelector: { pool: 'small' },
      tolerations: [{ key: 'a', operator: 'Exists' }],
    };
    const created = bench.ask('POST', `${policiesPath}?fieldValidation=Strict`, policy(spec));
    expect([created.code, created.body['spec']]).toEqual([201, spec]);
    const url = `${policiesPath}/gentle`;
    const edited = bench.ask('PATCH', url, { spec: { maxConcurrentNodes: 3 } }, mergePatch);
    expect(at(edited.body, 'metadata.generation')).toBe(2);
  });

  test.for([
    [{ maxConcurrentNodes: 0 }, 'spec.maxConcurrentNodes'],
    [{ maxConcurrentNodes: '0%' }, 'spec.maxConcurrentNodes'],
    [{ maxConcurrentNodes: '101%' }, 'spec.maxConcurrentNodes'],
    [{ maxConcurrentNodes: 'many' }, 'spec.maxConcurrentNodes'],
    [{ maxConcurrentPulls: 0 }, 'spec.maxConcurrentPulls'],
    [{ minDelayBetweenPulls: '5x' }, 'spec.minDelayBetweenPulls'],
    [{ failureBackoff: '5m' }, 'spec.failureBackoff'],
    [{ failureBackoff: { max: '-1s' } }, 'spec.failureBackoff.max'],
    [{ maxConcurrentPullsPerNode: 0 }, 'spec.maxConcurrentPullsPerNode'],
    [{ maxPullsPerMinute: 1.5 }, 'spec.maxPullsPerMinute'],
    [{ canary: { nodes: 0 } }, 'spec.canary.nodes'],
    [{ seedFirst: 'yes' }, 'spec.seedFirst'],
  ] as const)('with %o is refused by name', ([spec, field]) => {
    const { code, body } = openBench().ask('POST', policiesPath, policy(spec));
    expect(code).toBe(422);
    expect(body['message']).toContain(field);
  });
});
