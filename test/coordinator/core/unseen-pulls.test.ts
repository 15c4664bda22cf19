// Pods that go without their kubelet's word: the pull goes on, and so does the lease.

import { beforeEach, describe, expect, test } from 'vitest';
import type { PullPodRecord } from '../../../coordinator/core/events.ts';
import { formatPair, formatPodName } from '../../../shared/pair.ts';
import type { InventoryEntry, Offer, UnseenPull } from '../../../shared/protocol.ts';
import { helloOf, nodeRecord, podOf, startWallMs } from '../../../sim/core-records.ts';
import { appImage, Driver, firstOffer, offersIn, updateOf } from './driver.ts';

let driver: Driver;
let offer: Offer;
let pod: PullPodRecord;

const entry: InventoryEntry = {
  reference: appImage,
  digest: 'sha256:d',
  sizeBytes: 1,
  provenance: 'nodeStatus',
  observedAtMs: startWallMs,
};

function use(limit: string): number | undefined {
  return driver.core.limits().find(({ name }) => name === limit)?.inUse;
}

beforeEach(() => {
  driver = new Driver();
  driver.list({ nodes: ['n1'] });
  offer = firstOffer(driver.connect('n1'));
  pod = podOf(offer, 'n1', startWallMs);
  driver.apply({ kind: 'podSeen', pod });
});

function vanish(): void {
  driver.apply({ kind: 'podSeen', pod: { ...pod, deleting: true } });
  driver.apply({ kind: 'podGone', pod: { ...pod, deleting: true } });
}

describe('a pull whose pod vanished', () => {
  test.for([
    ['by force', () => driver.apply({ kind: 'podGone', pod })],
    ['on its way out', vanish],
    ['between two lists', () => driver.apply({ kind: 'podsListed', pods: [] })],
  ] as const)('%s counts on, and its pair is not offered again', ([, happen]) => {
    happen();
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      outcome: undefined,
      reason: 'PodVanished',
    });
    expect(['Held', 'Revoking']).toContain(driver.phase(offer.leaseId));
    expect(use('cluster')).toBe(1);
    expect(use('node')).toBe(1);
    driver.pass(29 * 60_000);
    expect(offersIn(driver.beat('n1', 2))).toEqual([]);
    expect(use('node')).toBe(1);
  });

  test('is over when the node holds the image', () => {
    vanish();
    const sessionId = 's-n1';
    driver.apply({ kind: 'inventoryChanged', sessionId, added: [entry], removed: [] });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      phase: 'Ended',
      outcome: 'Succeeded',
      digest: 'sha256:d',
    });
    expect(use('node')).toBe(0);
    expect(driver.core.status('app', driver.now)).toMatchObject({ phase: 'Ready' });
  });

  test('is over, outcome unknown, when its deadline has passed, and waits for its backoff', () => {
    vanish();
    driver.pass(30 * 60_000 - 1);
    expect(use('node')).toBe(1);
    driver.pass(1);
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      phase: 'Ended',
      outcome: 'Unknown',
      reason: 'PodVanished',
    });
    expect(use('node')).toBe(0);
    expect(offersIn(driver.beat('n1', 2))).toEqual([]);
    expect(driver.core.status('app', driver.now)?.nodes).toMatchObject([{ attempts: 1 }]);
  });

  test('is lost with its node', () => {
    vanish();
    driver.apply({ kind: 'nodeGone', uid: 'uid-n1' });
    expect(driver.phase(offer.leaseId)).toBe('Lost');
    expect(use('cluster')).toBe(0);
  });

  test('is over when its machine has started anew, and waits for its backoff', () => {
    vanish();
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', { ready: false }) });
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', { bootId: '' }) });
    expect(use('node')).toBe(1);
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1') });
    expect(use('node')).toBe(1);
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', { bootId: 'boot-2' }) });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      phase: 'Ended',
      outcome: 'Unknown',
      reason: 'PodVanished',
    });
    expect(use('node')).toBe(0);
    expect(offersIn(driver.beat('n1', 2))).toEqual([]);
    driver.pass(30_000);
    expect(offersIn(driver.beat('n1', 3))).toHaveLength(1);
  });

  test('is not over for a pull whose pod is there when its machine has started anew', () => {
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', { bootId: 'boot-2' }) });
    expect(driver.phase(offer.leaseId)).toBe('Held');
    expect(use('node')).toBe(1);
  });

  test('outlives its agent', () => {
    vanish();
    driver.apply({ kind: 'sessionEnded', sessionId: 's-n1' });
    driver.connect('n1');
    expect(use('node')).toBe(1);
  });

  test('is over when the agent saw an end that our watch missed, and only then', () => {
    const update = updateOf({ leaseId: offer.leaseId, podUid: pod.uid });
    const tell = (change: Partial<typeof update>) =>
      driver.apply({
        kind: 'leaseUpdateReceived',
        sessionId: 's-n1',
        update: { ...update, ...change },
      });
    driver.apply({ kind: 'podsListed', pods: [] });
    tell({ outcome: 'Unknown', reason: 'PodVanished' });
    tell({ outcome: 'Failed', reason: 'PullTimeout' });
    expect(use('node')).toBe(1);
    tell({ outcome: 'Failed', reason: 'ImageNotFound' });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      phase: 'Ended',
      reason: 'ImageNotFound',
    });
  });
});

describe('an offer whose pod came and went unseen', () => {
  test('counts when the agent says so, and does not lapse', () => {
    const other = new Driver();
    other.list({ nodes: ['n1'] });
    const { leaseId } = firstOffer(other.connect('n1'));
    const update = updateOf({
      leaseId,
      podUid: 'p',
      state: 'accepted',
      outcome: undefined,
      reason: '',
      unseen: true,
    });
    other.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update });
    expect(other.pass(20_000)).toEqual([]);
    expect(other.core.lease(leaseId)).toMatchObject({ endedAtMs: undefined });
    expect(other.core.limits()).toContainEqual({ name: 'node', slots: 1, inUse: 1 });
  });

  test('is a start, so that others wait for minDelay and no longer', () => {
    const other = new Driver();
    const delay = { name: 'delay', per: 'cluster', minDelayMs: 10_000, match: {} } as const;
    other.apply({ kind: 'limitsConfigured', limits: [delay] });
    other.list();
    const { leaseId } = firstOffer(other.connect('n1'));
    expect(offersIn(other.connect('n2'))).toEqual([]);
    const told = { leaseId, podUid: 'p', reason: '', unseen: true } as const;
    const update = updateOf({ ...told, state: 'accepted', outcome: undefined });
    other.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update });
    expect(offersIn(other.pass(9_999))).toEqual([]);
    expect(offersIn(other.pass(1))).toHaveLength(1);
  });

  test('counts when the agent has told of the pod and nobody finds it', () => {
    const other = new Driver();
    other.list({ nodes: ['n1'] });
    const { leaseId } = firstOffer(other.connect('n1'));
    const told = { leaseId, podUid: 'p', reason: '' } as const;
    const accepted = updateOf({ ...told, state: 'accepted', outcome: undefined });
    other.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: accepted });
    expect(other.pass(17_000)).toContainEqual(expect.objectContaining({ kind: 'lookUpPod' }));
    other.apply({ kind: 'podLookedUp', leaseId, pod: undefined });
    expect(other.core.lease(leaseId)).toMatchObject({ endedAtMs: undefined });
    expect(other.core.limits()).toContainEqual({ name: 'node', slots: 1, inUse: 1 });
    const ended = updateOf({ ...told, outcome: 'Succeeded', reason: 'Cached' });
    other.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: ended });
    expect(other.core.lease(leaseId)).toMatchObject({ phase: 'Ended', outcome: 'Succeeded' });
  });
});

describe('an unseen pull in a Hello', () => {
  let next: Driver;
  let pull: UnseenPull;

  beforeEach(() => {
    next = new Driver({ epoch: 2, firstEpoch: false });
    next.nowMs = 60_000;
    pull = {
      leaseId: offer.leaseId,
      pair: offer.pair,
      podName: offer.podName,
      podUid: pod.uid,
      admittedImage: appImage,
      limits: offer.limits,
      createdAtMs: startWallMs,
      pullTimeoutMs: offer.pullTimeoutMs,
    };
  });

  const greet = (unseenPulls: readonly UnseenPull[]) => {
    const hello = helloOf('n1', { unseenPulls });
    next.apply({ kind: 'helloReceived', sessionId: 's-n1', hello });
    next.apply({ kind: 'inventoryReceived', sessionId: 's-n1', entries: [] });
    return next.beat('n1', 1);
  };

  test.for([
    ['after', 'the lists'],
    ['before', 'the lists'],
  ] as const)('counts for a new coordinator, %s %s', ([when]) => {
    if (when === 'after') next.list({ nodes: ['n1'] });
    greet([pull]);
    if (when === 'before') next.list({ nodes: ['n1'] });
    expect(next.core.lease(offer.leaseId)).toMatchObject({
      epoch: 1,
      phase: 'Held',
      image: appImage,
      limits: offer.limits,
    });
    expect(next.core.limits()).toContainEqual({ name: 'node', slots: 1, inUse: 1 });
    next.pass(28 * 60_000);
    expect(offersIn(next.beat('n1', 2))).toEqual([]);
    next.pass(60_000);
    expect(next.phase(offer.leaseId)).toBe('Ended');
  });

  test('is asked for when its pod went after the Hello, and asked for once', () => {
    next.list({ nodes: ['n1'] });
    next.apply({ kind: 'nodeSeen', node: nodeRecord('n1', { ready: false }) });
    greet([]);
    const { leaseId } = offer;
    const accepted = { leaseId, podUid: pod.uid, state: 'accepted', outcome: undefined } as const;
    const update = updateOf({ ...accepted, reason: '', unseen: true });
    const tell = () => next.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update });
    expect(tell()).toMatchObject([{ kind: 'endSession', code: 'UNAVAILABLE' }]);
    greet([pull]);
    expect(next.phase(leaseId)).toBe('Held');
    expect(tell()).toEqual([]);
    greet([{ ...pull, leaseId: '1-99', pair: 'x' }]);
    const unread = { ...update, leaseId: '1-99' };
    const answer = next.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: unread });
    expect(answer).toMatchObject([{ kind: 'send', message: { kind: 'outcomeAck' } }]);
  });

  test('counts when its node is seen later', () => {
    next.list({ nodes: [] });
    greet([pull]);
    expect(next.phase(offer.leaseId)).toBeUndefined();
    next.apply({ kind: 'nodeSeen', node: nodeRecord('n1') });
    expect(next.phase(offer.leaseId)).toBe('Held');
  });

  test.for<readonly [what: string, change: Partial<UnseenPull>]>([
    ['of another node', { pair: `uid-n2|${appImage}|` }],
    ['under another name', { podName: 'pull-0' }],
    ['whose deadline has passed', { pullTimeoutMs: 60_000 }],
    ['that makes no sense', { pair: 'x' }],
  ])('%s is not believed', ([, change]) => {
    next.list({ nodes: ['n1'] });
    greet([{ ...pull, ...change }]);
    expect(next.phase(offer.leaseId)).toBeUndefined();
  });

  test('is one more than the node may have: only the newest count', () => {
    next.list({ nodes: ['n1'] });
    greet([{ ...pull, leaseId: '1-9', ...pairOf('r.example/other:1') }, pull]);
    expect(next.phase('1-9')).toBeUndefined();
    expect(next.phase(offer.leaseId)).toBe('Held');
  });

  test('is the same lease for the coordinator that knows it', () => {
    vanish();
    const hello = helloOf('n1', { unseenPulls: [pull] });
    driver.apply({ kind: 'helloReceived', sessionId: 's2', hello });
    expect(use('node')).toBe(1);
    expect([...driver.core.leases()]).toHaveLength(1);
  });
});

function pairOf(image: string): Pick<UnseenPull, 'pair' | 'podName'> {
  const pair = { nodeUid: 'uid-n1', image, pullSecrets: [] };
  return { pair: formatPair(pair), podName: formatPodName(pair) };
}
