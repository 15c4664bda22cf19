import { describe, expect, test } from 'vitest';
import { findMilestones, renderProgress } from '../../../sim/start/milestones.ts';
import type { Snapshot } from '../../../sim/start/snapshot.ts';
import { row, snapshot } from './builders.ts';

const connected = 'agents of all 4 nodes are connected, their inventories complete';

describe('findMilestones', () => {
  test.for<[fact: string, before: Snapshot | undefined, now: Snapshot, lines: string[]]>([
    ['nothing has changed', snapshot([row('a')]), snapshot([row('a')]), []],
    ['all agents are there', snapshot([], { nodesConnected: 3 }), snapshot([]), [connected]],
    ['all agents are there at the first look', undefined, snapshot([]), [connected]],
    ['the cluster has no nodes yet', undefined, snapshot([], { nodes: 0, nodesConnected: 0 }), []],
    [
      'an image is complete',
      snapshot([row('a', { ready: 3 })]),
      snapshot([row('a', { ready: 4 })]),
      ['a is on all 4 nodes'],
    ],
    [
      'an image was complete already',
      snapshot([row('a', { ready: 4 })]),
      snapshot([row('a', { ready: 4 })]),
      [],
    ],
    [
      'an image begins to fail',
      snapshot([row('a')]),
      snapshot([row('a', { failed: 2, failure: 'Unauthorized: no' })]),
      ['a fails on 2 nodes: Unauthorized: no'],
    ],
    [
      'an image goes on failing',
      snapshot([row('a', { failed: 1 })]),
      snapshot([row('a', { failed: 2 })]),
      [],
    ],
  ])('%s', ([, before, now, lines]) => {
    expect(findMilestones(before, now)).toEqual(lines);
  });
});

describe('renderProgress', () => {
  test('says where the run stands', () => {
    const images = [row('a', { ready: 1, meanPullMs: 10_000, bindingLimit: 'image' })];
    const now = snapshot(images, { leasesLive: 1 });
    expect(renderProgress({ snapshot: now, elapsedMs: 12_000, pullsFailed: 2 })).toBe(
      '12s: 1/4 pairs warm, nodes warm 0/4, leases live 1, failed 2, ETA 30s, limit image',
    );
    expect(renderProgress({ snapshot: snapshot([]), elapsedMs: undefined, pullsFailed: 0 })).toBe(
      'waiting for agents: 0/0 pairs warm, nodes warm 0/4, leases live 0, failed 0',
    );
  });
});
