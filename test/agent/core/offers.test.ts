import { describe, expect, test } from 'vitest';
import { failing, kinds, makeOffer, makePod, makeWelcome, updates, World } from './world.ts';

const offer = makeOffer(1);
const pod = makePod(offer);

function connected(): World {
  const world = new World();
  world.connect();
  return world;
}

describe('AgentCore: offers', () => {
  test('acts on a good offer and says so when the pod exists', () => {
    const world = connected();
    expect(world.offer(offer)).toEqual([{ kind: 'createPod', offer }]);
    const answer = { kind: 'created', pod } as const;
    const actions = world.take({ kind: 'createAnswered', leaseId: '1-1', answer });
    expect(updates(actions)).toMatchObject([{ state: 'accepted', podUid: pod.uid }]);
  });

  test('acts on one offer of a lease only once', () => {
    const world = connected();
    world.offer(offer);
    expect(world.offer(offer)).toEqual([]);
  });

  test.for([
    ['an unknown heartbeat', { heartbeatSequence: 2 }],
    ['another epoch', { epoch: 2 }],
    ['another node', { pair: 'other-uid|registry.example/app1:1|' }],
  ] as const)('declines an offer with %s', ([, part]) => {
    const actions = connected().offer(makeOffer(1, part));
    expect(kinds(actions)).toEqual(['leaseUpdate']);
    expect(updates(actions)).toMatchObject([{ state: 'declined', reason: 'OfferLapsed' }]);
  });

  test('declines an offer of a pair whose earlier pull it has not seen end', () => {
    const world = connected();
    world.take({ kind: 'podSeen', pod });
    const next = { ...offer, leaseId: '1-2' };
    expect(updates(world.offer(next))).toMatchObject([{ state: 'declined', leaseId: '1-2' }]);
    world.take({ kind: 'podSeen', pod: { ...pod, reading: failing } });
    expect(kinds(world.offer(makeOffer(3)))).toContain('createPod');
  });

  test('declines an offer whose time, counted from the sending of the heartbeat, is over', () => {
    const world = connected();
    world.pass(14_999);
    expect(kinds(world.offer(offer))).toEqual(['createPod']);
    world.pass(1);
    expect(updates(world.offer(makeOffer(2)))).toMatchObject([{ state: 'declined' }]);
  });

  test('declines offers of an epoch that it has seen superseded', () => {
    const world = connected();
    world.take({ kind: 'sessionEnded' });
    world.take({ kind: 'sessionOpened', welcome: makeWelcome({ sessionId: 's2', epoch: 2 }) });
    world.take({ kind: 'sessionEnded' });
    world.take({ kind: 'sessionOpened', welcome: makeWelcome({ sessionId: 's3', epoch: 1 }) });
    expect(updates(world.offer(offer))).toMatchObject([{ state: 'declined' }]);
  });

  test('forgets an epoch ten minutes after its coordinator fell silent', () => {
    const world = connected();
    world.take({ kind: 'sessionEnded' });
    world.take({ kind: 'sessionOpened', welcome: makeWelcome({ sessionId: 's2', epoch: 2 }) });
    world.pass(60 * 60_000);
    world.take({ kind: 'sessionEnded' });
    const former = makeWelcome({ sessionId: 's3', epoch: 1 });
    world.take({ kind: 'sessionOpened', welcome: former });
    world.pass(10 * 60_000);
    const heartbeatSequence = 2;
    expect(updates(world.offer({ ...offer, heartbeatSequence }))).toMatchObject([
      { message: 'the offer is of epoch 1, the newest is 2' },
    ]);
    world.pass(1);
    expect(kinds(world.offer({ ...makeOffer(2), heartbeatSequence }))).toEqual(['createPod']);
  });

  test('declines offers while the stream is drained', () => {
    const world = connected();
    world.take({ kind: 'messageReceived', message: { kind: 'drain' } });
    expect(updates(world.offer(offer))).toMatchObject([{ reason: 'OfferLapsed' }]);
  });

  test('passes on what the API server refused, in its words', () => {
    const world = connected();
    world.offer(offer);
    const answer = { kind: 'refused', message: 'exceeded quota: pods' } as const;
    const actions = world.take({ kind: 'createAnswered', leaseId: '1-1', answer });
    expect(updates(actions)).toMatchObject([
      { state: 'declined', outcome: 'Failed', reason: 'QuotaExceeded', message: answer.message },
    ]);
  });

  test('blames nobody when the fence refused a pod that came too late', () => {
    const world = connected();
    world.offer(offer);
    world.pass(15_000);
    const answer = { kind: 'refused', message: 'created after not-after' } as const;
    const actions = world.take({ kind: 'createAnswered', leaseId: '1-1', answer });
    expect(updates(actions)).toMatchObject([{ state: 'declined', reason: 'OfferLapsed' }]);
  });

  test('adopts a pod of the same pair that exists already', () => {
    const world = connected();
    world.offer(offer);
    const exists = { kind: 'createAnswered', leaseId: '1-1', answer: { kind: 'exists' } } as const;
    expect(kinds(world.take(exists))).toEqual(['lookUpPod']);
    const former = makePod(makeOffer(9, { pair: offer.pair, podName: offer.podName }));
    const found = { kind: 'found', pod: former } as const;
    const actions = world.take({ kind: 'lookUpAnswered', leaseId: '1-1', answer: found });
    expect(updates(actions)).toMatchObject([
      { leaseId: '1-1', podUid: former.uid, state: 'accepted' },
    ]);
  });

  test('waits for a former pod of the pair that is on its way out', () => {
    const world = connected();
    world.offer(offer);
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer: { kind: 'exists' } });
    const found = { kind: 'found', pod: { ...pod, deleting: true } } as const;
    expect(world.take({ kind: 'lookUpAnswered', leaseId: '1-1', answer: found })).toEqual([]);
    expect(kinds(world.pass(500))).toEqual(['createPod']);
  });

  test('blames the webhook that never answered when the offer runs out', () => {
    const world = connected();
    world.offer(offer);
    const message = 'Internal error occurred: failed calling webhook "x": timed out';
    const failed = {
      kind: 'createAnswered',
      leaseId: '1-1',
      answer: { kind: 'failed', message },
    } as const;
    world.take(failed);
    expect(kinds(world.pass(16_000))).toEqual(['lookUpPod', 'heartbeat']);
    const missing = { kind: 'missing' } as const;
    const actions = world.take({ kind: 'lookUpAnswered', leaseId: '1-1', answer: missing });
    expect(updates(actions)).toMatchObject([
      { state: 'declined', outcome: 'Failed', reason: 'WebhookUnavailable', message },
    ]);
  });

  test.for([
    ['something else', undefined],
    ['a pod of another pair', makePod(makeOffer(2)).lease],
  ] as const)('declines when the name is taken by %s', ([, lease]) => {
    const world = connected();
    world.offer(offer);
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer: { kind: 'exists' } });
    const found = { kind: 'found', pod: { ...pod, lease } } as const;
    const actions = world.take({ kind: 'lookUpAnswered', leaseId: '1-1', answer: found });
    expect(updates(actions)).toMatchObject([{ state: 'declined', reason: 'AdmissionDenied' }]);
  });

  test('tries again while the offer lives, and looks before it declines', () => {
    const world = connected();
    world.offer(offer);
    const failed = {
      kind: 'createAnswered',
      leaseId: '1-1',
      answer: { kind: 'failed', message: 'no answer' },
    } as const;
    world.take(failed);
    expect(kinds(world.pass(500))).toEqual(['createPod']);
    world.take(failed);
    expect(kinds(world.pass(15_000))).toEqual(['lookUpPod', 'heartbeat']);
    const answer = { kind: 'missing' } as const;
    const actions = world.take({ kind: 'lookUpAnswered', leaseId: '1-1', answer });
    expect(updates(actions)).toMatchObject([
      { state: 'declined', reason: 'OfferLapsed', message: 'no answer' },
    ]);
  });

  test('finds the pod that a request without an answer has made', () => {
    const world = connected();
    world.offer(offer);
    const answer = { kind: 'failed', message: 'no answer' } as const;
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer });
    world.pass(500);
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer: { kind: 'exists' } });
    const found = { kind: 'found', pod } as const;
    const actions = world.take({ kind: 'lookUpAnswered', leaseId: '1-1', answer: found });
    expect(updates(actions)).toMatchObject([{ state: 'accepted', podUid: pod.uid }]);
  });

  test('creates nothing more once the session is over', () => {
    const world = connected();
    world.offer(offer);
    const answer = { kind: 'failed', message: 'busy' } as const;
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer });
    world.take({ kind: 'sessionEnded' });
    expect(world.pass(500)).toEqual([]);
  });

  test('deletes the pod of an offer that was revoked while it was being created', () => {
    const world = connected();
    world.offer(offer);
    const revoke = {
      kind: 'revoke',
      leaseId: '1-1',
      podUid: '',
      reason: 'NoLongerDesired',
    } as const;
    expect(world.take({ kind: 'messageReceived', message: revoke })).toEqual([]);
    const answer = { kind: 'created', pod } as const;
    const actions = world.take({ kind: 'createAnswered', leaseId: '1-1', answer });
    expect(kinds(actions)).toEqual(['leaseUpdate', 'deletePod']);
  });

  test('looks for the pod of a revoked offer that a request without an answer may have made', () => {
    const world = connected();
    world.offer(offer);
    const failed = { kind: 'failed', message: 'timeout' } as const;
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer: failed });
    const revoke = { kind: 'revoke', leaseId: '1-1', podUid: '', reason: 'Revoked' } as const;
    const asked = world.take({ kind: 'messageReceived', message: revoke });
    expect(kinds(asked)).toEqual(['lookUpPod']);
    const found = { kind: 'found', pod } as const;
    const actions = world.take({ kind: 'lookUpAnswered', leaseId: '1-1', answer: found });
    expect(kinds(actions)).toEqual(['leaseUpdate', 'deletePod']);
  });

  test('says of a revoked offer that never arrived that it is not used', () => {
    const revoke = {
      kind: 'revoke',
      leaseId: '1-1',
      podUid: '',
      reason: 'NoLongerDesired',
    } as const;
    const actions = connected().take({ kind: 'messageReceived', message: revoke });
    expect(updates(actions)).toMatchObject([{ state: 'declined', outcome: 'Cancelled' }]);
  });
});
