import { beforeEach, describe, expect, test } from 'vitest';
import type { Pod } from '../../../../shared/kube-types.ts';
import { labels, managedBy } from '../../../../shared/names.ts';
import type { PullEntry } from '../../../../sim/kubelet/record.ts';
import { OnceCheck } from '../../../../sim/simulate/checks/once.ts';
import { readPullPod } from '../../../../sim/simulate/checks/pull-pods.ts';
import type { Violation } from '../../../../sim/simulate/checks/violation.ts';

interface Wanted {
  readonly name?: string;
  readonly nodeUid?: string;
  readonly image?: string;
}

let violations: Violation[];
let live: Pod[];
let pulls: PullEntry[];
let isForgotten: boolean;
let once: OnceCheck;

beforeEach(() => {
  violations = [];
  live = [];
  pulls = [];
  isForgotten = false;
  once = new OnceCheck(
    { livePods: () => live, cluster: { record: { pulls: () => pulls } } },
    { isForgotten: () => isForgotten },
    (violation) => violations.push(violation),
  );
});

function create(uid: string, wanted: Wanted = {}): void {
  const { name = 'pull-a', nodeUid = 'node-uid', image = 'registry.example/app:v1' } = wanted;
  const pod: Pod = {
    metadata: {
      name,
      uid,
      labels: { [labels.managedBy]: managedBy },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: nodeUid }],
    },
    spec: { nodeName: 'n', containers: [{ name: 'pull', image }] },
  };
  live.push(pod);
  const created = readPullPod(pod);
  if (created === undefined) throw new Error('not a pull pod');
  once.podCreated(created);
}

function pullAgain(podUid: string): void {
  pulls.push({
    node: 'n',
    nodeUid: 'node-uid',
    image: 'registry.example/app:v1',
    podUid,
    startedAtMs: 1,
    endedAtMs: undefined,
    outcome: undefined,
    duplicate: true,
  });
  once.step();
}

describe('OnceCheck', () => {
  test('reports two live pods of one pair', () => {
    create('first');
    expect(violations).toEqual([]);
    create('second');
    expect(violations).toMatchObject([{ invariant: 'I2' }]);
  });

  test('reports what is pulled while it is there or on its way, once', () => {
    create('first');
    pullAgain('first');
    once.step();
    expect(violations).toMatchObject([{ invariant: 'I2' }]);
  });

  test('forgives a pull beside one that nobody is bound to know of', () => {
    isForgotten = true;
    create('first');
    pullAgain('first');
    expect(violations).toEqual([]);
  });

  test('forgives a pull beside that of a pod which a former node of the name has left', () => {
    create('former', { nodeUid: 'former-uid' });
    create('own', { name: 'pull-b' });
    pullAgain('own');
    expect(violations).toEqual([]);
  });

  test('a pod that a former node left of another image forgives nothing', () => {
    create('former', { nodeUid: 'former-uid', image: 'registry.example/other:v1' });
    create('own', { name: 'pull-b' });
    pullAgain('own');
    expect(violations).toMatchObject([{ invariant: 'I2' }]);
  });
});
