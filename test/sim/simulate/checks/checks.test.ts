import { describe, expect, test } from 'vitest';
import type { Written } from '../../../../sim/simulate/checks/allowances.ts';
import { BudgetCheck } from '../../../../sim/simulate/checks/budget.ts';
import { FencingCheck } from '../../../../sim/simulate/checks/fencing.ts';
import type { PullPod } from '../../../../sim/simulate/checks/pull-pods.ts';
import { RetryCheck } from '../../../../sim/simulate/checks/retries.ts';
import type { Violation } from '../../../../sim/simulate/checks/violation.ts';

function pullOf(number: number, epoch = 1): PullPod {
  return {
    uid: `uid-${number}`,
    name: `pull-${number}`,
    node: `node-${number}`,
    nodeUid: `node-uid-${number}`,
    image: 'registry.example/app:v1',
    registry: 'registry.example',
    pullSecrets: '',
    epoch,
  };
}

function slots(cluster: number): Pick<Written, 'limits'> {
  return { limits: { cluster, image: 10, registry: 10 } };
}

function policy(maxConcurrentNodes: number): Pick<Written, 'policies'> {
  return { policies: [{ name: 'gentle', maxConcurrentNodes, maxConcurrentPulls: undefined }] };
}

const policiesOf = new Map([['registry.example/app:v1', new Set(['gentle'])]]);

function collect(): { violations: Violation[]; report: (violation: Violation) => void } {
  const violations: Violation[] = [];
  return { violations, report: (violation) => violations.push(violation) };
}

const live = [pullOf(1), pullOf(2), pullOf(3)];

describe('BudgetCheck', () => {
  test('reports a pod that takes one slot too many', () => {
    const { violations, report } = collect();
    const check = new BudgetCheck(report);
    check.state({ ...slots(3), ...policy(10), policiesOf }, 0);
    check.podCreated(pullOf(3), live, 100_000);
    expect(violations).toEqual([]);
    check.podCreated(pullOf(4), [...live, pullOf(4)], 100_001);
    expect(violations).toEqual([
      { invariant: 'I1', what: expect.stringContaining('4 pulls in 3 slots') },
    ]);
  });

  test('forgives an offer of just before a limit was lowered, and none later', () => {
    const { violations, report } = collect();
    const check = new BudgetCheck(report);
    check.state({ ...slots(3), ...policy(10), policiesOf }, 0);
    check.state(slots(1), 100_000);
    check.podCreated(pullOf(3), live, 219_000);
    expect(violations).toEqual([]);
    check.podCreated(pullOf(3), live, 221_000);
    expect(violations).toHaveLength(1);
  });

  test('forgives who has read the new limits file and not yet the new policy', () => {
    const { violations, report } = collect();
    const check = new BudgetCheck(report);
    check.state({ ...slots(2), ...policy(3), policiesOf }, 0);
    check.state({ ...slots(3), ...policy(2) }, 200_000);
    check.podCreated(pullOf(3), live, 201_000);
    expect(violations).toEqual([]);
    check.podCreated(pullOf(3), live, 321_000);
    expect(violations).toEqual([
      { invariant: 'I1', what: expect.stringContaining('limit policy/gentle/image') },
    ]);
  });
});

describe('FencingCheck', () => {
  test('reports a pod of an epoch that ended longer ago than an offer lives', () => {
    const { violations, report } = collect();
    const check = new FencingCheck(report);
    check.epochWritten(1, 0);
    check.epochWritten(2, 50_000);
    check.podCreated(pullOf(1, 1), 66_000);
    expect(violations).toEqual([]);
    check.podCreated(pullOf(1, 1), 67_001);
    expect(violations).toMatchObject([{ invariant: 'I3' }]);
  });

  test('reports an offer after a newer epoch has offered', () => {
    const { violations, report } = collect();
    const check = new FencingCheck(report);
    check.offered(1, 'coordinator-1');
    check.offered(2, 'coordinator-2');
    expect(violations).toEqual([]);
    check.offered(1, 'coordinator-1');
    expect(violations).toMatchObject([{ invariant: 'I3' }]);
  });
});

describe('RetryCheck', () => {
  test('reports a pair that is tried without a pause', () => {
    const { violations, report } = collect();
    const check = new RetryCheck(report);
    for (let second = 0; second < 30; second += 1) check.podCreated(pullOf(1), second * 1_000);
    expect(violations).toEqual([]);
    check.podCreated(pullOf(1), 31_000);
    expect(violations).toMatchObject([{ invariant: 'I5' }]);
  });
});
