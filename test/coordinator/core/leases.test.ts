import { beforeEach, describe, expect, test } from 'vitest';
import { cachedImage, helloOf, nodeRecord, podOf, startWallMs } from '../../../sim/core-records.ts';
import { appImage, Driver, firstOffer, offersIn, removed, updateOf } from './driver.ts';

let driver: Driver;

beforeEach(() => {
  driver = new Driver();
});

describe('an offer', () => {
  test('echoes the heartbeat and is fenced from its receipt on', () => {
    driver.list();
    driver.nowMs = 500;
    const offer = firstOffer(driver.connect('n1'));
    expect(offer).toMatchObject({
      leaseId: '1-1',
      epoch: 1,
      heartbeatSequence: 1,
      notAfterMs: startWallMs + 15_500,
      image: appImage,
      imagePullPolicy: 'IfNotPresent',
      pair: `uid-n1|${appImage}|`,
      limits: ['cluster', 'image', 'node'],
      pullTimeoutMs: 1_800_000,
    });
  });

  test('lapses after its time, the clock skew and a 404, not before', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    expect(driver.pass(16_999)).toEqual([]);
    expect(driver.phase(offer.leaseId)).toBe('Offered');
    expect(driver.pass(1)).toContainEqual({
      kind: 'lookUpPod',
      leaseId: offer.leaseId,
      podName: offer.podName,
    });
    expect(driver.phase(offer.leaseId)).toBe('Offered');
    driver.apply({ kind: 'podLookedUp', leaseId: offer.leaseId, pod: undefined });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      phase: 'Lapsed',
      reason: 'OfferLapsed',
    });
  });

  test('that lapsed is made again after the pause', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    driver.pass(17_000);
    driver.apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 });
    const lapse = { kind: 'podLookedUp', leaseId: offer.leaseId, pod: undefined } as const;
    expect(offersIn(driver.apply(lapse))).toEqual([]);
    driver.pass(25_000);
    driver.apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 3 });
    const again = offersIn(driver.pass(5_000));
    expect(again).toMatchObject([{ podName: offer.podName, heartbeatSequence: 3 }]);
  });

  test('is held when the look-up finds the pod that the watch has not shown', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    driver.pass(17_000);
    driver.apply({
      kind: 'podLookedUp',
      leaseId: offer.leaseId,
      pod: podOf(offer, 'n1', startWallMs),
    });
    expect(driver.phase(offer.leaseId)).toBe('Held');
  });

  test('keeps counting when the agent declines it, and its reason is kept for the end', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const declined = updateOf({
      leaseId: offer.leaseId,
      state: 'declined',
      reason: 'AdmissionDenied',
      message: 'no',
    });
    driver.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: declined });
    expect(driver.phase(offer.leaseId)).toBe('Offered');
    driver.pass(17_000);
    driver.apply({ kind: 'podLookedUp', leaseId: offer.leaseId, pod: undefined });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      phase: 'Lapsed',
      outcome: 'Failed',
      reason: 'AdmissionDenied',
    });
    expect(driver.core.status('app', driver.now)?.nodes).toMatchObject([
      { node: 'n1', reason: 'AdmissionDenied', attempts: 1 },
    ]);
  });

  test('is not made on a heartbeat that is too old to leave the agent two seconds', () => {
    driver.list();
    driver.connect('n1');
    driver.apply({ kind: 'imageGone', name: 'app' });
    driver.pass(13_000);
    const wanted = cachedImage('other', { image: 'r.example/other', tag: '1' });
    expect(offersIn(driver.apply({ kind: 'imageSeen', image: wanted }))).toEqual([]);
    const after = driver.apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 });
    expect(offersIn(after)).toEqual([]);
  });
});

describe('a hold', () => {
  test('begins with the watch and not with the agent', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const accepted = updateOf({
      leaseId: offer.leaseId,
      state: 'accepted',
      outcome: undefined,
      podUid: 'p',
    });
    driver.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: accepted });
    expect(driver.phase(offer.leaseId)).toBe('Offered');
    driver.apply({ kind: 'podSeen', pod: podOf(offer, 'n1', startWallMs) });
    expect(driver.phase(offer.leaseId)).toBe('Held');
  });

  test('goes on while its pod is Terminating and ends when the object is gone', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    driver.apply({ kind: 'podSeen', pod });
    driver.apply({ kind: 'podSeen', pod: { ...pod, deleting: true } });
    expect(driver.phase(offer.leaseId)).toBe('Revoking');
    expect(driver.core.limits()).toContainEqual({ name: 'node', slots: 1, inUse: 1 });
    driver.apply({ kind: 'podGone', pod: { ...pod, deleting: true, reading: removed } });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      phase: 'Ended',
      outcome: 'Unknown',
      reason: 'PodVanished',
    });
    expect(driver.core.limits()).toContainEqual({ name: 'node', slots: 1, inUse: 0 });
  });

  test('does not end because the agent says so', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    driver.apply({ kind: 'podSeen', pod });
    const ended = updateOf({
      leaseId: offer.leaseId,
      podUid: pod.uid,
      reason: 'ImageNotFound',
      message: 'no such tag',
    });
    const effects = driver.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: ended });
    expect(driver.phase(offer.leaseId)).toBe('Held');
    expect(effects).toContainEqual({
      kind: 'send',
      sessionId: 's-n1',
      message: { kind: 'outcomeAck', leaseId: offer.leaseId, podUid: pod.uid },
    });
    driver.apply({ kind: 'podGone', pod });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      outcome: 'Failed',
      reason: 'ImageNotFound',
      message: 'no such tag',
    });
  });

  test('that succeeded counts as cached before any inventory shows it', () => {
    driver.list({ nodes: ['n1'] });
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    const reading = { kind: 'pulled', terminal: true, digest: 'sha256:d', message: '' } as const;
    const effects = driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
    expect(offersIn(effects)).toEqual([]);
    expect(driver.core.status('app', driver.now)).toMatchObject({
      phase: 'Ready',
      ready: '1/1',
      resolvedDigest: 'sha256:d',
    });
    const welcome = driver
      .apply({ kind: 'helloReceived', sessionId: 's2', hello: helloOf('n1') })
      .at(-1);
    expect(welcome).toMatchObject({
      message: { acknowledged: [{ reference: appImage, provenance: 'pullPod' }] },
    });
  });

  test.for([
    { outcome: 'Succeeded', reason: 'Cached', phase: 'Ready', nodes: [] },
    { outcome: 'Failed', reason: 'ImageNotFound', phase: 'Degraded', nodes: ['ImageNotFound'] },
  ] as const)('whose end the watch missed is as its agent says: $outcome', (told) => {
    driver.list({ nodes: ['n1'] });
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    driver.apply({ kind: 'podSeen', pod });
    driver.apply({ kind: 'podSeen', pod: { ...pod, reading: removed } });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({ outcome: 'Unknown' });
    const { outcome, reason } = told;
    const update = updateOf({ leaseId: offer.leaseId, podUid: pod.uid, outcome, reason });
    driver.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({ outcome, reason });
    const status = driver.core.status('app', driver.now);
    expect(status?.phase).toBe(told.phase);
    expect(status?.nodes?.map((node) => node.reason)).toEqual(told.nodes);
  });

  test('ends when another pod has its name, which begins one of its own', () => {
    driver.list({ nodes: ['n1'] });
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    const message = 'no such image';
    const reading = { kind: 'failed', terminal: false, reason: 'ImageNotFound', message } as const;
    driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
    const next = podOf({ ...offer, leaseId: '0-7' }, 'n1', startWallMs, 'uid-next');
    driver.apply({ kind: 'podSeen', pod: next });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      phase: 'Ended',
      reason: 'ImageNotFound',
    });
    expect(driver.phase('0-7')).toBe('Held');
  });

  test('of an image that nobody wants any more is revoked and counts until its pod is gone', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    driver.apply({ kind: 'podSeen', pod });
    const revoked = driver.apply({ kind: 'imageGone', name: 'app' });
    expect(revoked).toContainEqual({
      kind: 'send',
      sessionId: 's-n1',
      message: {
        kind: 'revoke',
        leaseId: offer.leaseId,
        podUid: pod.uid,
        reason: 'NoLongerDesired',
      },
    });
    expect(driver.phase(offer.leaseId)).toBe('Revoking');
    expect(driver.pass(10_000)).toContainEqual({
      kind: 'deletePod',
      podName: pod.name,
      podUid: pod.uid,
    });
    expect(driver.phase(offer.leaseId)).toBe('Revoking');
    driver.apply({ kind: 'podGone', pod: { ...pod, deleting: true, reading: removed } });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      outcome: 'Cancelled',
      reason: 'NoLongerDesired',
    });
  });

  test('is revoked where nobody wants the image, though others want it elsewhere', () => {
    driver.list();
    const elsewhere = { image: 'r.example/app', tag: '1', nodeSelector: { pool: 'b' } };
    driver.apply({ kind: 'imageSeen', image: cachedImage('other', elsewhere) });
    const { leaseId } = firstOffer(driver.connect('n1'));
    const revoke = { kind: 'revoke', leaseId, podUid: '', reason: 'NoLongerDesired' };
    expect(driver.apply({ kind: 'imageGone', name: 'app' })).toContainEqual({
      kind: 'send',
      sessionId: 's-n1',
      message: revoke,
    });
  });

  test('of an image wanted again meanwhile gets no second lease', () => {
    driver.list({ nodes: ['n1'] });
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    driver.apply({ kind: 'podSeen', pod });
    driver.apply({ kind: 'imageGone', name: 'app' });
    const again = cachedImage('app', { image: 'r.example/app', tag: '1' });
    expect(
      offersIn(
        driver.apply({
          kind: 'imageSeen',
          image: { ...again, metadata: { ...again.metadata, uid: 'u2' } },
        }),
      ),
    ).toEqual([]);
    const gone = { kind: 'podGone', pod: { ...pod, reading: removed } } as const;
    expect(offersIn(driver.apply(gone))).toHaveLength(1);
  });

  test('over pullTimeout is deleted by the coordinator when no agent does it', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    driver.apply({ kind: 'podSeen', pod });
    driver.apply({ kind: 'sessionEnded', sessionId: 's-n1' });
    const effects = driver.pass(31 * 60_000);
    expect(effects).toContainEqual({ kind: 'deletePod', podName: pod.name, podUid: pod.uid });
    driver.apply({ kind: 'podGone', pod });
    expect(driver.core.lease(offer.leaseId)).toMatchObject({
      outcome: 'Failed',
      reason: 'PullTimeout',
    });
  });

  test.for([
    ['failed', { kind: 'failed', terminal: false, reason: 'ImageNotFound', message: 'no' }],
    ['succeeded', { kind: 'pulled', terminal: false, digest: undefined, message: '' }],
  ] as const)(
    'whose pull has %s is ended by the coordinator when no agent does it',
    ([, reading]) => {
      driver.list();
      const offer = firstOffer(driver.connect('n1'));
      const pod = podOf(offer, 'n1', startWallMs);
      driver.apply({ kind: 'podSeen', pod });
      driver.apply({ kind: 'sessionEnded', sessionId: 's-n1' });
      driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
      const deletion = { kind: 'deletePod', podName: pod.name, podUid: pod.uid };
      expect(driver.pass(59_999)).not.toContainEqual(deletion);
      expect(driver.pass(1)).toContainEqual(deletion);
      driver.apply({ kind: 'podGone', pod: { ...pod, reading } });
      expect(driver.core.lease(offer.leaseId)).toMatchObject({
        phase: 'Ended',
        outcome: reading.kind === 'failed' ? 'Failed' : 'Succeeded',
      });
    },
  );

  test('on a node not Ready for five minutes is suspect, and held again when it returns', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    driver.apply({ kind: 'podSeen', pod: podOf(offer, 'n1', startWallMs) });
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', { ready: false }) });
    driver.pass(5 * 60_000);
    expect(driver.phase(offer.leaseId)).toBe('Suspect');
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1') });
    expect(driver.phase(offer.leaseId)).toBe('Held');
  });

  test.for([
    ['is deleted', () => driver.apply({ kind: 'nodeGone', uid: 'uid-n1' })],
    [
      'returns with another uid',
      () => driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', { uid: 'other' }) }),
    ],
    [
      'is missing from the list',
      () => driver.apply({ kind: 'nodesListed', nodes: [nodeRecord('n2')] }),
    ],
  ] as const)('is lost when its node %s', ([, happen]) => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    driver.apply({ kind: 'podSeen', pod: podOf(offer, 'n1', startWallMs) });
    happen();
    expect(driver.core.lease(offer.leaseId)).toMatchObject({ phase: 'Lost', reason: 'NodeGone' });
    expect(driver.core.limits()).toContainEqual({ name: 'cluster', slots: 20, inUse: 0 });
  });
});

describe('an ended pod that is still there', () => {
  test('keeps its pair from a new lease until it is gone', () => {
    driver.list({ nodes: ['n1'] });
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    const reading = { kind: 'failed', terminal: true, reason: 'PullFailed', message: '' } as const;
    driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
    driver.pass(30_000);
    const beat = { kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 } as const;
    expect(offersIn(driver.apply(beat))).toEqual([]);
    expect(offersIn(driver.apply({ kind: 'podGone', pod: { ...pod, reading } }))).toHaveLength(1);
  });

  test('is deleted when no agent has taken it for ten minutes', () => {
    driver.list();
    const offer = firstOffer(driver.connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    const reading = { kind: 'pulled', terminal: true, digest: undefined, message: '' } as const;
    driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
    expect(driver.pass(10 * 60_000)).toContainEqual({
      kind: 'deletePod',
      podName: pod.name,
      podUid: pod.uid,
    });
  });
});
