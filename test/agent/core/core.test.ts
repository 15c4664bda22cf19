import { describe, expect, test } from 'vitest';
import type { PodReading } from '../../../shared/pod-outcome.ts';
import {
  digest,
  failing,
  kinds,
  makeNode,
  makeOffer,
  makePod,
  makeWelcome,
  otherDigest,
  pulled,
  removed,
  sent,
  startWallMs,
  updates,
  World,
} from './world.ts';

const offer = makeOffer(1);
const pod = makePod(offer);

describe('AgentCore: greeting', () => {
  test('has no Hello before both the node and its pods are known', () => {
    const world = new World();
    expect(world.core.hello()).toBeUndefined();
    world.take({ kind: 'nodeSeen', node: makeNode() });
    expect(world.core.hello()).toBeUndefined();
    world.take({ kind: 'podsListed', pods: [], askedAtMs: 0 });
    expect(world.core.hello()).toMatchObject({ nodeName: 'n1', nodeUid: 'node-uid-1' });
  });

  test('waits for a node object that says what it is', () => {
    const world = new World();
    const platform = { os: '', architecture: '' };
    world.take({ kind: 'nodeSeen', node: makeNode({ platform }) });
    world.take({ kind: 'podsListed', pods: [], askedAtMs: 0 });
    expect(world.core.hello()).toBeUndefined();
  });

  test('answers the welcome with the inventory, then a heartbeat', () => {
    expect(kinds(new World().connect())).toEqual(['inventoryChunk', 'heartbeat']);
  });

  test('tells again what the coordinator remembers of its pull pods', () => {
    const entry = {
      reference: 'registry.example/pulled:1',
      digest: 'sha256:d',
      sizeBytes: 0,
      provenance: 'pullPod',
      observedAtMs: startWallMs,
    } as const;
    const [chunk] = sent(new World().connect({ acknowledged: [entry] }));
    expect(chunk).toMatchObject({ kind: 'inventoryChunk', entries: [entry] });
  });

  test('sends no inventory that the coordinator still holds, but what changed since Hello', () => {
    const world = new World();
    world.take({ kind: 'nodeSeen', node: makeNode() });
    world.take({ kind: 'podsListed', pods: [], askedAtMs: 0 });
    world.core.hello();
    world.take({
      kind: 'nodeSeen',
      node: makeNode({ images: [{ names: ['registry.example/late:1'] }] }),
    });
    const welcome = makeWelcome({ inventoryWanted: false });
    const messages = sent(world.take({ kind: 'sessionOpened', welcome }));
    expect(messages.map(({ kind }) => kind)).toEqual(['inventoryDelta', 'heartbeat']);
    expect(messages[0]).toMatchObject({
      sequence: 0,
      added: [{ reference: 'registry.example/late:1' }],
    });
  });

  test('sends a heartbeat every interval, one however many were missed', () => {
    const world = new World();
    world.connect();
    expect(sent(world.pass(9_999))).toEqual([]);
    expect(sent(world.pass(1))).toEqual([{ kind: 'heartbeat', sequence: 2 }]);
    expect(sent(world.pass(60_000))).toEqual([{ kind: 'heartbeat', sequence: 3 }]);
  });

  test('sends the whole inventory again on Resync, from sequence 0', () => {
    const world = new World();
    world.connect();
    const again = world.take({ kind: 'messageReceived', message: { kind: 'resync' } });
    expect(sent(again)).toEqual([{ kind: 'inventoryChunk', sequence: 0, last: true, entries: [] }]);
  });

  test('ends the session when the node object is another one', () => {
    const world = new World();
    world.connect();
    const actions = world.take({ kind: 'nodeSeen', node: makeNode({ uid: 'node-uid-2' }) });
    expect(kinds(actions)).toContain('endSession');
    expect(world.core.hello()).toMatchObject({ nodeUid: 'node-uid-2' });
  });
});

describe('AgentCore: pods', () => {
  function follow(reading: PodReading = pulled): World {
    const world = new World();
    world.connect();
    world.offer(offer);
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer: { kind: 'created', pod } });
    world.take({ kind: 'podSeen', pod: { ...pod, reading } });
    return world;
  }

  test('tells what a pull brought before it tells that the pull ended', () => {
    const world = new World();
    world.connect();
    world.offer(offer);
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer: { kind: 'created', pod } });
    const actions = world.take({ kind: 'podSeen', pod: { ...pod, reading: pulled } });
    expect(kinds(actions)).toEqual(['inventoryDelta', 'leaseUpdate']);
    expect(updates(actions)[0]).toMatchObject({
      leaseId: '1-1',
      podUid: pod.uid,
      state: 'ended',
      outcome: 'Succeeded',
      digest,
    });
  });

  test('keeps a terminal pod until its outcome is acknowledged and the node shows the image', () => {
    const world = follow();
    expect(kinds(world.pass(3_600_000))).not.toContain('deletePod');
    expect(kinds(world.acknowledge(pod))).toContain('deletePod');
  });

  test('deletes an acknowledged pod as soon as the node shows the image', () => {
    const world = follow();
    expect(kinds(world.acknowledge(pod))).toEqual([]);
    const images = [{ names: [`registry.example/app1@${digest}`, offer.image], sizeBytes: 9 }];
    const node = makeNode({ images, reportedAtMs: startWallMs + 5_000 });
    expect(kinds(world.take({ kind: 'nodeSeen', node }))).toEqual(['inventoryDelta', 'deletePod']);
  });

  test('deletes an acknowledged pod after the status lag when the node shows nothing', () => {
    const world = follow();
    world.acknowledge(pod);
    expect(kinds(world.pass(89_999))).not.toContain('deletePod');
    expect(kinds(world.pass(1))).toContain('deletePod');
  });

  test('reports a failing pull first and deletes its pod after the acknowledgement', () => {
    const world = new World();
    world.connect();
    const seen = world.take({ kind: 'podSeen', pod: { ...pod, reading: failing } });
    expect(updates(seen)).toMatchObject([
      { state: 'ended', outcome: 'Failed', reason: 'ImageNotFound', message: 'not found' },
    ]);
    expect(kinds(seen)).not.toContain('deletePod');
    expect(kinds(world.acknowledge(pod))).toEqual(['deletePod']);
  });

  test('says Succeeded when a pull that failed comes through after all', () => {
    const world = follow(failing);
    const actions = world.take({ kind: 'podSeen', pod: { ...pod, reading: pulled } });
    expect(updates(actions)).toMatchObject([{ state: 'ended', outcome: 'Succeeded' }]);
  });

  test('deletes a pod that pulled but cannot be created, after the acknowledgement', () => {
    const world = follow({ kind: 'pulled', terminal: false, digest, message: '' });
    world.acknowledge(pod);
    expect(kinds(world.pass(2_000))).toEqual(['deletePod']);
  });

  test('reports a pull over its timeout and deletes the pod without waiting', () => {
    const world = new World();
    world.connect();
    world.take({ kind: 'podSeen', pod });
    world.pass(1_799_999);
    const actions = world.pass(1);
    expect(updates(actions)).toMatchObject([
      {
        state: 'ended',
        outcome: 'Failed',
        reason: 'PullTimeout',
        message: 'the pull took longer than 30m',
      },
    ]);
    expect(kinds(actions).slice(-2)).toEqual(['leaseUpdate', 'deletePod']);
  });

  test('counts pullTimeout from the creation of a pod that it finds', () => {
    const world = new World();
    world.connect();
    world.take({ kind: 'podSeen', pod: { ...pod, createdAtMs: startWallMs - 1_799_000 } });
    expect(updates(world.pass(1_000))).toMatchObject([{ reason: 'PullTimeout' }]);
  });

  test('says Cancelled when a revoked pod is gone, and not before', () => {
    const world = new World();
    world.connect();
    world.take({ kind: 'podSeen', pod });
    const revoke = { kind: 'revoke', leaseId: '1-1', podUid: pod.uid } as const;
    const asked = world.take({
      kind: 'messageReceived',
      message: { ...revoke, reason: 'NoLongerDesired' },
    });
    expect(kinds(asked)).toEqual(['deletePod']);
    world.take({ kind: 'podSeen', pod: { ...pod, deleting: true } });
    const killed = { ...pod, deleting: true, reading: removed };
    expect(updates(world.take({ kind: 'podSeen', pod: killed }))).toEqual([]);
    const gone = world.take({ kind: 'podGone', pod: killed });
    expect(updates(gone)).toMatchObject([{ outcome: 'Cancelled', reason: 'NoLongerDesired' }]);
  });

  test('says Failed of a pull that failed, also when the coordinator saw that first', () => {
    const world = new World();
    world.connect();
    world.take({ kind: 'podSeen', pod });
    const revoke = { kind: 'revoke', leaseId: '1-1', podUid: pod.uid } as const;
    world.take({ kind: 'messageReceived', message: { ...revoke, reason: 'ImageNotFound' } });
    const seen = world.take({ kind: 'podSeen', pod: { ...pod, deleting: true, reading: failing } });
    expect(updates(seen)).toMatchObject([
      { outcome: 'Failed', reason: 'ImageNotFound', message: 'not found' },
    ]);
  });

  test('says Succeeded when the pull of a revoked pod came to its end', () => {
    const world = new World();
    world.connect();
    world.take({ kind: 'podSeen', pod });
    const revoke = { kind: 'revoke', leaseId: '1-1', podUid: pod.uid } as const;
    world.take({ kind: 'messageReceived', message: { ...revoke, reason: 'NoLongerDesired' } });
    const gone = world.take({ kind: 'podGone', pod: { ...pod, deleting: true, reading: pulled } });
    expect(updates(gone)).toMatchObject([{ outcome: 'Succeeded' }]);
  });

  test('does not know the outcome of a pod that somebody else removed', () => {
    const world = new World();
    world.connect();
    world.take({ kind: 'podSeen', pod });
    const killed = { ...pod, deleting: true, reading: removed };
    const gone = world.take({ kind: 'podGone', pod: killed });
    expect(updates(gone)).toMatchObject([{ outcome: 'Unknown', reason: 'PodVanished' }]);
  });

  test('does not believe a list that may be older than a pod just created', () => {
    const world = new World();
    world.connect();
    world.offer(offer);
    world.take({ kind: 'createAnswered', leaseId: '1-1', answer: { kind: 'created', pod } });
    const { monotonicMs } = world.now;
    const list = { kind: 'podsListed', pods: [] } as const;
    world.pass(60_000);
    expect(updates(world.take({ ...list, askedAtMs: monotonicMs }))).toEqual([]);
    expect(updates(world.take({ ...list, askedAtMs: monotonicMs + 1 }))).toMatchObject([
      { state: 'accepted', unseen: true },
    ]);
    expect(world.core.hello()).toMatchObject({ unseenPulls: [{ leaseId: '1-1' }] });
  });

  test('tells a new coordinator of the pods it found and repeats what was not acknowledged', () => {
    const world = new World();
    world.take({ kind: 'nodeSeen', node: makeNode() });
    const done = makePod(makeOffer(2), { reading: pulled });
    world.take({ kind: 'podsListed', pods: [pod, done], askedAtMs: 0 });
    world.core.hello();
    const expected = [
      { leaseId: '1-1', state: 'accepted' },
      { leaseId: '1-2', state: 'ended', outcome: 'Succeeded' },
    ];
    const welcome = makeWelcome();
    expect(updates(world.take({ kind: 'sessionOpened', welcome }))).toMatchObject(expected);
    world.take({ kind: 'sessionEnded' });
    const next = makeWelcome({ sessionId: 's2', epoch: 2 });
    expect(updates(world.take({ kind: 'sessionOpened', welcome: next }))).toMatchObject(expected);
    world.acknowledge(done);
    world.take({ kind: 'sessionEnded' });
    expect(updates(world.take({ kind: 'sessionOpened', welcome: next }))).toMatchObject([
      { leaseId: '1-1', state: 'accepted' },
    ]);
  });

  test('keeps the outcome of a pod that is gone until it is acknowledged', () => {
    const world = follow();
    world.take({ kind: 'podGone', pod: { ...pod, reading: pulled } });
    world.take({ kind: 'sessionEnded' });
    const welcome = makeWelcome({ sessionId: 's2' });
    expect(updates(world.take({ kind: 'sessionOpened', welcome }))).toMatchObject([
      { leaseId: '1-1', outcome: 'Succeeded' },
    ]);
    world.acknowledge(pod);
    world.take({ kind: 'sessionEnded' });
    expect(updates(world.take({ kind: 'sessionOpened', welcome }))).toEqual([]);
  });

  test('has nobody to report a pod to whose lease it cannot read, and removes it when it is done', () => {
    const world = new World();
    world.connect();
    const strange = { ...pod, lease: undefined, reading: pulled };
    expect(updates(world.take({ kind: 'podSeen', pod: strange }))).toEqual([]);
    expect(kinds(world.pass(90_000))).toContain('deletePod');
  });

  test('leaves alone what carries the label and is no pull pod', () => {
    const world = new World();
    world.connect();
    const foreign = { ...pod, name: 'somebody', lease: undefined, reading: pulled };
    world.take({ kind: 'podSeen', pod: foreign });
    expect(kinds(world.pass(3_600_000))).not.toContain('deletePod');
  });

  test('does not report pods of a former node object of its name', () => {
    const world = new World();
    world.connect();
    const former = makePod(makeOffer(3, { pair: 'other-node-uid|registry.example/app3:1|' }));
    expect(updates(world.take({ kind: 'podSeen', pod: former }))).toEqual([]);
  });

  test('asks again for a deletion that failed, later each time', () => {
    const world = follow(failing);
    expect(kinds(world.acknowledge(pod))).toEqual(['deletePod']);
    const answer = { kind: 'deleteAnswered', podUid: pod.uid, answer: 'failed' } as const;
    world.take(answer);
    expect(kinds(world.pass(1_000))).toEqual(['deletePod']);
    world.take(answer);
    expect(kinds(world.pass(1_999))).toEqual([]);
    expect(kinds(world.pass(1))).toEqual(['deletePod']);
  });

  test('counts outcomes', () => {
    const world = follow();
    expect(world.core.view().outcomes).toMatchObject({ Succeeded: 1, Failed: 0 });
  });

  test('is due exactly when something has to be done', () => {
    const world = follow();
    world.acknowledge(pod);
    world.take({ kind: 'sessionEnded' });
    expect(world.core.nextDeadlineMs()).toBe(world.now.monotonicMs + 90_000);
    world.take({ kind: 'podGone', pod: { ...pod, reading: pulled } });
    expect(world.core.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('knows a moved tag from what its list still shows', () => {
    const world = new World();
    world.connect();
    const names = [`registry.example/app1@${otherDigest}`, offer.image];
    world.take({ kind: 'nodeSeen', node: makeNode({ images: [{ names }] }) });
    const seen = world.take({ kind: 'podSeen', pod: { ...pod, reading: pulled } });
    expect(sent(seen)[0]).toMatchObject({
      kind: 'inventoryDelta',
      added: [
        { reference: offer.image, digest },
        { reference: `registry.example/app1@${digest}`, digest },
      ],
    });
  });
});
