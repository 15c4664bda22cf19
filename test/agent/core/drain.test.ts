// Pull pods that somebody else takes away: finished by force where a drain waits for them, and counted until the pull is
// over (kubernetes-facts D16).

import { describe, expect, test } from 'vitest';
import type { Action } from '../../../agent/core/events.ts';
import {
  failing,
  makeNode,
  makeOffer,
  makePod,
  makeWelcome,
  nodeUid,
  startWallMs,
  updates,
  World,
} from './world.ts';

const offer = makeOffer(1);
const pod = makePod(offer);
const deleting = { ...pod, deleting: true };
const image = offer.image;

function deletions(actions: readonly Action[]) {
  return actions.filter(({ kind }) => kind === 'deletePod');
}

const forced = [{ kind: 'deletePod', podName: pod.name, podUid: pod.uid, force: true }];

function connected(): World {
  const world = new World();
  world.connect();
  world.take({ kind: 'podSeen', pod });
  return world;
}

function drained(): World {
  const world = connected();
  world.take({ kind: 'nodeSeen', node: makeNode({ leaving: true }) });
  world.take({ kind: 'podSeen', pod: deleting });
  return world;
}

describe('AgentCore: a pod deleted by somebody else', () => {
  test('is finished by force on a leaving node', () => {
    const world = connected();
    expect(deletions(world.take({ kind: 'nodeSeen', node: makeNode({ leaving: true }) }))).toEqual(
      [],
    );
    expect(deletions(world.take({ kind: 'podSeen', pod: deleting }))).toEqual(forced);
  });

  test('is finished by force when its node turns out to be leaving', () => {
    const world = connected();
    expect(deletions(world.take({ kind: 'podSeen', pod: deleting }))).toEqual([]);
    const actions = world.take({ kind: 'nodeSeen', node: makeNode({ leaving: true }) });
    expect(deletions(actions)).toEqual(forced);
  });

  test('is left to the kubelet once it is not pulling any more', () => {
    const world = connected();
    world.take({ kind: 'nodeSeen', node: makeNode({ leaving: true }) });
    const seen = world.take({ kind: 'podSeen', pod: { ...deleting, reading: failing } });
    expect(deletions(seen)).toEqual([]);
  });

  test('is left alone when its name is not one of ours', () => {
    const world = connected();
    world.take({ kind: 'nodeSeen', node: makeNode({ leaving: true }) });
    const foreign = { ...deleting, name: 'somebody', uid: 'else' };
    expect(deletions(world.take({ kind: 'podSeen', pod: foreign }))).toEqual([]);
  });

  test('is asked for again after a refusal, and then each half minute', () => {
    const world = drained();
    const refused = { kind: 'deleteAnswered', podUid: pod.uid, answer: 'failed' } as const;
    expect(deletions(world.take(refused))).toEqual([]);
    expect(deletions(world.pass(1_000))).toEqual(forced);
    expect(deletions(world.pass(29_999))).toEqual([]);
    expect(deletions(world.pass(1))).toEqual(forced);
  });
});

describe('AgentCore: a pod deleted by us', () => {
  test('is never forced on a leaving node: its object tells when the pull is over', () => {
    const world = connected();
    const revoke = { kind: 'revoke', leaseId: '1-1', podUid: pod.uid } as const;
    const asked = world.take({
      kind: 'messageReceived',
      message: { ...revoke, reason: 'NoLongerDesired' },
    });
    expect(deletions(asked)).toMatchObject([{ force: false }]);
    world.take({ kind: 'podSeen', pod: deleting });
    const actions = world.take({ kind: 'nodeSeen', node: makeNode({ leaving: true }) });
    expect(deletions(actions)).toEqual([]);
    expect(deletions(world.pass(60_000))).toEqual([]);
  });

  test('is never forced when its kubelet tries again on the way out', () => {
    const world = connected();
    world.take({ kind: 'podSeen', pod: { ...pod, reading: failing } });
    expect(deletions(world.acknowledge(pod))).toMatchObject([{ force: false }]);
    world.take({ kind: 'podSeen', pod: deleting });
    world.take({ kind: 'nodeSeen', node: makeNode({ leaving: true }) });
    expect(deletions(world.pass(60_000))).toEqual([]);
  });
});

describe('AgentCore: an unseen pull', () => {
  const listed = makeNode({
    leaving: true,
    images: [{ names: [image], sizeBytes: 1 }],
    reportedAtMs: startWallMs + 20_000,
  });

  test('is told at once, in every Hello, and not twice in a session', () => {
    const world = drained();
    const gone = world.take({ kind: 'podGone', pod: deleting });
    expect(updates(gone)).toMatchObject([
      { leaseId: '1-1', podUid: pod.uid, state: 'accepted', unseen: true, outcome: undefined },
    ]);
    expect(updates(world.pass(1_000))).toEqual([]);
    expect(world.core.hello()?.unseenPulls).toEqual([
      {
        leaseId: '1-1',
        pair: offer.pair,
        podName: pod.name,
        podUid: pod.uid,
        admittedImage: image,
        limits: offer.limits,
        createdAtMs: startWallMs,
        pullTimeoutMs: offer.pullTimeoutMs,
      },
    ]);
    world.take({ kind: 'sessionEnded' });
    const again = world.take({ kind: 'sessionOpened', welcome: makeWelcome() });
    expect(updates(again)).toMatchObject([{ state: 'accepted', unseen: true }]);
  });

  test('has succeeded when the node lists the image', () => {
    const world = drained();
    world.take({ kind: 'podGone', pod: deleting });
    world.pass(20_000);
    const seen = world.take({ kind: 'nodeSeen', node: listed });
    expect(updates(seen)).toMatchObject([
      { state: 'ended', outcome: 'Succeeded', reason: 'Cached', unseen: false },
    ]);
    expect(world.core.hello()?.unseenPulls).toEqual([]);
    world.acknowledge(pod);
    expect(world.core.view()).toMatchObject({ pullPods: 0, outcomes: { Succeeded: 1 } });
  });

  test('is given up, outcome unknown, when its deadline has passed', () => {
    const world = drained();
    world.take({ kind: 'podGone', pod: deleting });
    expect(updates(world.pass(offer.pullTimeoutMs - 1))).toEqual([]);
    expect(updates(world.pass(1))).toMatchObject([
      { state: 'ended', outcome: 'Unknown', reason: 'PodVanished' },
    ]);
  });

  test('is forgotten with the node object that it was of', () => {
    const world = drained();
    world.take({ kind: 'podGone', pod: deleting });
    world.take({ kind: 'nodeSeen', node: makeNode({ uid: `${nodeUid}-2` }) });
    expect(world.core.hello()?.unseenPulls).toEqual([]);
  });

  test('is told of no more than 16 times', () => {
    const world = new World();
    world.connect();
    for (let number = 1; number <= 20; number += 1) {
      const one = makePod(makeOffer(number));
      world.take({ kind: 'podSeen', pod: one });
      world.take({ kind: 'podGone', pod: one });
    }
    const ids = world.core.hello()?.unseenPulls.map(({ leaseId }) => leaseId);
    expect(ids).toHaveLength(16);
    expect(ids?.at(-1)).toBe('1-20');
  });
});
