import { describe, expect, test } from 'vitest';
import { describePause, type Pause, type PauseScope } from '../../../coordinator/core/pauses.ts';
import { cachedImage, podOf } from '../../../sim/core-records.ts';
import { appImage, Driver, firstOffer, offersIn, removed } from './driver.ts';

function pauseOf(scope: PauseScope, name = ''): Pause {
  return { scope, name, why: 'storm', by: 'ada', authenticatedAs: 'system:ada', sinceMs: 0 };
}

function withPolicy(name: string) {
  const spec = { image: 'r.example/app', tag: '1', policyRef: { name } };
  const image = cachedImage('app', spec);
  return { ...image, metadata: { ...image.metadata, generation: 2 } };
}

function reasonsOf(driver: Driver) {
  const { conditions = [] } = driver.core.status('app', driver.now) ?? {};
  return conditions.map(({ type, status, reason }) => `${type}=${status}/${reason}`);
}

describe('Pauses', () => {
  test.for<[scope: PauseScope, name: string, holds: boolean]>([
    ['all', '', true],
    ['image', appImage, true],
    ['image', 'r.example/other:1', false],
    ['policy', 'slow', true],
    ['policy', 'fast', false],
  ])('%s %s', ([scope, name, holds]) => {
    const driver = new Driver();
    driver.list();
    driver.apply({ kind: 'imageSeen', image: withPolicy('slow') });
    driver.apply({ kind: 'pausesChanged', pauses: [pauseOf(scope, name)] });
    expect(offersIn(driver.connect('n1'))).toHaveLength(holds ? 0 : 1);
    const resumed = driver.apply({ kind: 'pausesChanged', pauses: [] });
    expect(offersIn(resumed)).toHaveLength(holds ? 1 : 0);
  });

  test('what was paused before a reign holds from its first moment', () => {
    const driver = new Driver({ pauses: [pauseOf('all')] });
    driver.list();
    expect(offersIn(driver.connect('n1'))).toEqual([]);
    expect(driver.core.inquiry.pauses()).toEqual([pauseOf('all')]);
  });

  test('a pull under way goes on, and the next attempt waits', () => {
    const driver = new Driver();
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', driver.now.wallMs);
    driver.apply({ kind: 'podSeen', pod });
    const effects = driver.apply({ kind: 'pausesChanged', pauses: [pauseOf('all')] });
    expect(effects.filter(({ kind }) => kind === 'send' || kind === 'deletePod')).toEqual([]);
    expect(driver.phase(offer.leaseId)).toBe('Held');
    driver.apply({ kind: 'podGone', pod });
    expect(offersIn(driver.pass(12_000))).toEqual([]);
    driver.beat('n1', 2);
    expect(offersIn(driver.pass(12_000))).toEqual([]);
    driver.beat('n1', 3);
    expect(offersIn(driver.pass(12_000))).toEqual([]);
  });

  test('the status says so, and that it is over', () => {
    const driver = new Driver();
    driver.list();
    driver.pass(60_000);
    expect(reasonsOf(driver)).toEqual(['Ready=False/InProgress', 'PullProgress=False/Idle']);
    const effects = driver.apply({ kind: 'pausesChanged', pauses: [pauseOf('all')] });
    expect(effects).toContainEqual({ kind: 'statusChanged', name: 'app', transition: true });
    expect(reasonsOf(driver)).toEqual(['Ready=False/Paused', 'PullProgress=False/Paused']);
    const status = driver.core.status('app', driver.now);
    expect(status?.conditions?.[0]?.message).toBe(
      '0/2 nodes ready, everything is paused by ada: storm',
    );
    driver.apply({ kind: 'pausesChanged', pauses: [] });
    expect(reasonsOf(driver)).toEqual(['Ready=False/InProgress', 'PullProgress=False/Idle']);
  });
});

describe('describePause', () => {
  test.for<[Partial<Pause>, string]>([
    [{}, 'everything is paused by ada: storm'],
    [{ why: '' }, 'everything is paused by ada'],
    [{ by: '' }, 'everything is paused by system:ada: storm'],
    [{ by: '', authenticatedAs: '', why: '' }, 'everything is paused'],
    [{ scope: 'policy', name: 'slow' }, 'policy slow is paused by ada: storm'],
  ])('%j', ([change, words]) => {
    expect(describePause({ ...pauseOf('all'), ...change })).toBe(words);
  });
});

describe('a lease that is taken back', () => {
  test('is revoked, keeps its slot until the pod is gone, and its pair backs off without a failure', () => {
    const driver = new Driver();
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', driver.now.wallMs);
    driver.apply({ kind: 'podSeen', pod });
    const { leaseId } = offer;
    const message = 'taken back by ada: storm';
    const effects = driver.apply({ kind: 'leaseRevoked', leaseId, message });
    expect(effects).toContainEqual({
      kind: 'send',
      sessionId: 's-n1',
      message: { kind: 'revoke', leaseId, podUid: pod.uid, reason: 'Revoked' },
    });
    expect(driver.core.limits()).toContainEqual(expect.objectContaining({ inUse: 1 }));
    expect(driver.apply({ kind: 'leaseRevoked', leaseId, message })).toEqual([]);
    driver.apply({ kind: 'podSeen', pod: { ...pod, deleting: true } });
    expect(driver.phase(leaseId)).toBe('Revoking');
    driver.apply({ kind: 'podSeen', pod: { ...pod, deleting: true, reading: removed } });
    driver.apply({ kind: 'podGone', pod: { ...pod, reading: removed } });
    expect(driver.core.lease(leaseId)).toMatchObject({
      phase: 'Ended',
      outcome: 'Cancelled',
      reason: 'Revoked',
      message,
    });
    const [explanation] = driver.core.inquiry.explainPair(appImage, 'n1', driver.now);
    expect(explanation).toMatchObject({
      reason: 'Backoff',
      attempts: 0,
      message: `the last attempt ended with Revoked: ${message}`,
    });
    expect(reasonsOf(driver)).toEqual(['Ready=False/InProgress', 'PullProgress=False/Idle']);
    driver.pass(29_999);
    expect(offersIn(driver.beat('n1', 2))).toEqual([]);
    expect(offersIn(driver.pass(1))).toHaveLength(1);
  });

  test('an offer that became no pod yet lapses as taken back', () => {
    const driver = new Driver();
    driver.list();
    const { leaseId, podName } = firstOffer(driver.connect('n1'));
    driver.apply({ kind: 'leaseRevoked', leaseId, message: 'taken back' });
    expect(driver.pass(17_000)).toContainEqual({ kind: 'lookUpPod', leaseId, podName });
    driver.apply({ kind: 'podLookedUp', leaseId, pod: undefined });
    expect(driver.core.lease(leaseId)).toMatchObject({ phase: 'Lapsed', reason: 'Revoked' });
  });

  test('nothing happens to one that has ended', () => {
    const driver = new Driver();
    driver.list();
    expect(driver.apply({ kind: 'leaseRevoked', leaseId: '1-9', message: '' })).toEqual([]);
  });
});
