import { describe, expect, test } from 'vitest';
import type { ImageView, LeaseView, NodeView } from '../../../coordinator/core/views.ts';
import {
  countPairs,
  estimateRemainingMs,
  findBindingLimit,
  findBlocking,
  findUnknown,
  isWarm,
  type Snapshot,
  takeSnapshot,
} from '../../../sim/start/snapshot.ts';
import { row, snapshot } from './builders.ts';

function lease(phase: LeaseView['phase'], rest: Partial<LeaseView> = {}): LeaseView {
  return {
    id: '1-1',
    epoch: 1,
    phase,
    nodeName: 'n1',
    nodeUid: 'u1',
    image: 'r/a:1',
    pullSecrets: [],
    cachedImages: ['a'],
    podName: 'pull-1',
    podUid: undefined,
    limits: [],
    offeredAtMs: 0,
    notAfterMs: 0,
    heldAtMs: undefined,
    endedAtMs: undefined,
    outcome: undefined,
    reason: '',
    message: '',
    digest: undefined,
    ...rest,
  };
}

function node(connected: boolean, warm: boolean, liveLeases = 0): NodeView {
  return {
    name: 'n',
    uid: 'u',
    platform: { os: 'linux', architecture: 'amd64' },
    ready: true,
    cordoned: false,
    connected,
    sessionId: undefined,
    lastHeartbeatAtMs: undefined,
    inventoryEntries: 0,
    imagesDesired: 1,
    imagesCached: 0,
    liveLeases,
    warm,
    kubeletVersion: '',
    containerRuntimeVersion: '',
  };
}

const image: ImageView = {
  image: 'r/a:1',
  pullSecrets: [],
  cachedImages: ['a'],
  priority: 0,
  nodesTargeted: 3,
  nodesReady: 1,
  nodesPulling: 1,
  nodesFailed: 1,
  resting: false,
  bindingLimit: 'image',
  meanPullMs: 10_000,
};

describe('takeSnapshot', () => {
  test('counts connected and warm nodes, live leases, and keeps the last failure of an image', () => {
    const ended = { outcome: 'Failed', endedAtMs: 2 } as const;
    const taken = takeSnapshot({
      nodes: () => [node(true, true), node(true, false, 3), node(false, false, 1)],
      images: () => [image],
      leases: () => [
        lease('Held'),
        lease('Ended', { ...ended, reason: 'ImageNotFound', message: 'no such tag' }),
        lease('Ended', { ...ended, endedAtMs: 1, reason: 'PullFailed', message: 'older' }),
        lease('Ended', { outcome: 'Succeeded', endedAtMs: 3 }),
      ],
    });
    expect(taken).toMatchObject({
      nodes: 3,
      nodesTargeted: 3,
      nodesConnected: 2,
      nodesWarm: 1,
      leasesLive: 4,
    });
    expect(taken.images).toEqual([
      {
        image: 'r/a:1',
        cachedImages: ['a'],
        targeted: 3,
        ready: 1,
        pulling: 1,
        failed: 1,
        bindingLimit: 'image',
        resting: false,
        meanPullMs: 10_000,
        failure: 'ImageNotFound: no such tag',
      },
    ]);
    expect(countPairs(taken)).toEqual({ all: 3, warm: 1 });
  });
});

describe('isWarm', () => {
  test.for<[fact: string, state: Snapshot, warm: boolean]>([
    ['every pair is ready', snapshot([row('a', { ready: 4 })]), true],
    ['a pair is missing', snapshot([row('a', { ready: 3 })]), false],
    [
      'an agent is missing, so that nobody knows its node',
      snapshot([row('a', { ready: 4 })], { nodesConnected: 3 }),
      false,
    ],
    ['no node is targeted', snapshot([row('a', { targeted: 0 })]), true],
  ])('%s', ([, state, warm]) => {
    expect(isWarm(state)).toBe(warm);
  });
});

describe('findUnknown', () => {
  test('names the CachedImages of which no desired image was made', () => {
    expect(findUnknown(snapshot([row('a')]), ['a', 'b'])).toEqual(['b']);
  });
});

describe('findBlocking', () => {
  const failing = row('a', { ready: 1, failed: 3 });
  test.for<[fact: string, state: Snapshot, blocking: number | undefined]>([
    ['every missing pair failed', snapshot([failing, row('b', { ready: 4 })]), 1],
    ['a lease is live', snapshot([failing], { leasesLive: 1 }), undefined],
    ['an image rests as a whole', snapshot([failing, row('b', { failed: 3, resting: true })]), 2],
    ['a pair was never tried', snapshot([failing, row('b', { failed: 3 })]), undefined],
    ['an agent is missing', snapshot([failing], { nodesConnected: 3 }), undefined],
    ['everything is warm', snapshot([row('a', { ready: 4 })]), undefined],
  ])('%s', ([, state, blocking]) => {
    expect(findBlocking(state)?.length).toBe(blocking);
  });
});

describe('findBindingLimit', () => {
  test('is the limit of most images that still miss nodes', () => {
    const images = [
      row('a', { bindingLimit: 'node' }),
      row('b', { bindingLimit: 'image' }),
      row('c', { bindingLimit: 'image' }),
      row('d', { bindingLimit: 'node', ready: 4 }),
      row('e', { bindingLimit: 'node', ready: 4 }),
    ];
    expect(findBindingLimit(snapshot(images))).toBe('image');
    expect(findBindingLimit(snapshot([row('a')]))).toBe('');
  });
});

describe('estimateRemainingMs', () => {
  test('is the remaining work over the leases that are live', () => {
    const images = [
      row('a', { ready: 2, pulling: 2, meanPullMs: 10_000 }),
      row('b', { ready: 1, meanPullMs: 20_000 }),
      row('never ended', { ready: 3 }),
    ];
    // 1 × 10 s + 3 × 20 s + 1 × 15 s (the mean of those known), by two at a time.
    expect(estimateRemainingMs(snapshot(images, { leasesLive: 2 }))).toBe(42_500);
  });

  test('is not known before a pull has ended, or while none is live', () => {
    expect(estimateRemainingMs(snapshot([row('a')], { leasesLive: 2 }))).toBeUndefined();
    expect(estimateRemainingMs(snapshot([row('a', { meanPullMs: 1 })]))).toBeUndefined();
  });
});
