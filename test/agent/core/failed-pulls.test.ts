import { describe, expect, test } from 'vitest';
import { FailedPulls } from '../../../agent/core/failed-pulls.ts';
import type { Outcome } from '../../../shared/protocol.ts';
import { failing, makeNode, makeOffer, makePod, nodeUid, World } from './world.ts';

const pair = `${nodeUid}|r.example/app:1|a,b`;

function ended(outcome: Outcome) {
  return { outcome, reason: 'PullFailed', message: '', digest: undefined, sinceMs: 0 } as const;
}

function at(wallMs: number) {
  return { wallMs, monotonicMs: wallMs };
}

describe('FailedPulls', () => {
  test('counts failures in a row, and forgets them with a success', () => {
    const failed = new FailedPulls();
    failed.ended(pair, ended('Failed'), at(1));
    failed.ended(pair, ended('Cancelled'), at(2));
    failed.ended(pair, ended('Unknown'), at(3));
    expect(failed.list()).toEqual([
      {
        image: 'r.example/app:1',
        pullSecrets: ['a', 'b'],
        failures: 2,
        failedAtMs: 3,
        reason: 'PullFailed',
      },
    ]);
    failed.ended(pair, ended('Succeeded'), at(4));
    expect(failed.list()).toEqual([]);
  });

  test('forgets what the node holds, what is an hour old, and what cannot be read', () => {
    const failed = new FailedPulls();
    failed.ended('nonsense', ended('Failed'), at(1));
    expect(failed.list()).toEqual([]);
    failed.ended(pair, ended('Failed'), at(1));
    failed.settle(() => false, at(3_600_001));
    expect(failed.list()).toHaveLength(1);
    failed.settle(() => false, at(3_600_002));
    expect(failed.list()).toEqual([]);
    failed.ended(pair, ended('Failed'), at(1));
    failed.settle((reference) => reference === 'r.example/app:1', at(2));
    expect(failed.list()).toEqual([]);
  });

  test('keeps the newest 48', () => {
    const failed = new FailedPulls();
    for (let number = 0; number < 60; number += 1)
      failed.ended(`${nodeUid}|r.example/app:${number}|`, ended('Failed'), at(number));
    expect(failed.list()).toHaveLength(48);
    expect(failed.list().at(-1)?.image).toBe('r.example/app:59');
  });
});

describe('AgentCore: failed pulls', () => {
  test('are in every Hello, until another node object has the name', () => {
    const world = new World();
    world.connect();
    const offer = makeOffer(1);
    world.take({ kind: 'podSeen', pod: makePod(offer, { reading: failing }) });
    expect(world.core.hello()?.failedPulls).toMatchObject([
      { image: offer.image, failures: 1, reason: 'ImageNotFound' },
    ]);
    world.take({ kind: 'nodeSeen', node: makeNode({ uid: `${nodeUid}-2` }) });
    expect(world.core.hello()?.failedPulls).toEqual([]);
  });
});
