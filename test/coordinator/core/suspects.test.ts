// Nodes that fall silent with pulls under way: what may still be running counts, but no more than a fifth of a limit.

import { beforeEach, describe, expect, test } from 'vitest';
import type { PullPodRecord } from '../../../coordinator/core/events.ts';
import { shareOf } from '../../../coordinator/core/suspects.ts';
import { formatPair, formatPodName } from '../../../shared/pair.ts';
import type { Offer } from '../../../shared/protocol.ts';
import { nodeRecord, podOf, startWallMs } from '../../../sim/core-records.ts';
import { appImage, Driver, offersIn } from './driver.ts';

const fiveMinutesMs = 5 * 60_000;
const names = Array.from({ length: 12 }, (_, index) => `n${index + 1}`);

let driver: Driver;
let pods: Map<string, PullPodRecord>;

function limit(count: number): void {
  driver.apply({
    kind: 'limitsConfigured',
    limits: [
      { name: 'cluster', per: 'cluster', slots: { count, percent: 0 }, match: {} },
      { name: 'image', per: 'image', slots: { count: 50, percent: 0 }, match: {} },
    ],
  });
}

function use(name: string): number | undefined {
  return driver.core.limits().find((one) => one.name === name)?.inUse;
}

function phases(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { phase } of driver.core.leases()) counts[phase] = (counts[phase] ?? 0) + 1;
  return counts;
}

/** Every offer becomes a pod, a second after the one before. */
function hold(offers: readonly Offer[]): void {
  for (const offer of offers) {
    const node = offer.pair.slice('uid-'.length, offer.pair.indexOf('|'));
    const pod = podOf(offer, node, startWallMs);
    pods.set(node, pod);
    driver.apply({ kind: 'podSeen', pod });
  }
}

function silence(nodes: readonly string[]): void {
  for (const name of nodes)
    driver.apply({ kind: 'nodeSeen', node: nodeRecord(name, { ready: false }) });
}

beforeEach(() => {
  driver = new Driver();
  pods = new Map();
  limit(10);
  driver.list({ nodes: names });
  for (const name of names) hold(offersIn(driver.connect(name)));
});

describe('shareOf', () => {
  test.for([
    [1, 1],
    [4, 1],
    [5, 1],
    [9, 1],
    [10, 2],
    [50, 10],
  ] as const)('%i slots: %i', ([slots, share]) => {
    expect(shareOf(slots)).toBe(share);
  });
});

describe('leases of silent nodes', () => {
  test('count in full for five minutes, then as a fifth of the limit', () => {
    expect(use('cluster')).toBe(10);
    silence(names.slice(0, 8));
    driver.pass(fiveMinutesMs - 1);
    expect(use('cluster')).toBe(10);
    const offers = offersIn([
      ...driver.pass(1),
      ...driver.beat('n11', 2),
      ...driver.beat('n12', 2),
    ]);
    expect(phases()).toMatchObject({ Suspect: 2, Lost: 6 });
    // Two suspects and two that were held go on counting.
    expect(offers).toHaveLength(2);
    expect(use('cluster')).toBe(6);
  });

  test('are written off with a reason', () => {
    silence(names.slice(0, 8));
    driver.pass(fiveMinutesMs);
    const lost = [...driver.core.leases()].filter(({ phase }) => phase === 'Lost');
    expect(lost).toHaveLength(6);
    for (const lease of lost)
      expect(lease).toMatchObject({ outcome: 'Unknown', reason: 'NodeNotReady' });
  });

  test('are written off oldest first', () => {
    driver = new Driver();
    limit(5);
    driver.list({ nodes: ['n1', 'n2', 'n3'] });
    for (const name of ['n2', 'n3', 'n1']) {
      hold(offersIn(driver.connect(name)));
      driver.pass(1_000);
    }
    silence(['n1', 'n2', 'n3']);
    driver.pass(fiveMinutesMs);
    const kept = [...driver.core.leases()].filter(({ phase }) => phase === 'Suspect');
    expect(kept.map(({ nodeName }) => nodeName)).toEqual(['n1']);
  });

  test('stay when they are no more than their share', () => {
    silence(names.slice(0, 2));
    driver.pass(fiveMinutesMs);
    expect(phases()).toMatchObject({ Suspect: 2, Held: 8 });
    expect(use('cluster')).toBe(10);
  });

  test('are written off when the limit becomes lower', () => {
    silence(names.slice(0, 2));
    driver.pass(fiveMinutesMs);
    limit(5);
    expect(phases()).toMatchObject({ Suspect: 1, Lost: 1 });
  });

  test('count all again when the nodes are back, and nothing is pulled twice', () => {
    silence(names.slice(0, 8));
    driver.pass(fiveMinutesMs);
    for (const name of names.slice(0, 8))
      driver.apply({ kind: 'nodeSeen', node: nodeRecord(name) });
    expect(phases()).toMatchObject({ Held: 10 });
    expect(use('cluster')).toBe(10);
    for (const name of names.slice(0, 8)) expect(offersIn(driver.beat(name, 2))).toEqual([]);
  });

  test('are as suspect when their pods are on the way out, or seen again', () => {
    silence(['n1', 'n2', 'n3']);
    const first = pods.get('n1');
    if (first === undefined) throw new Error('n1 has no pod');
    driver.apply({ kind: 'podSeen', pod: { ...first, deleting: true } });
    driver.pass(fiveMinutesMs);
    expect(phases()).toMatchObject({ Suspect: 2, Lost: 1 });
    driver.pass(31 * 60_000);
    expect(phases()['Suspect']).toBe(2);
  });

  test('are as suspect when their pods come into sight only then', () => {
    silence(['n12']);
    driver.pass(fiveMinutesMs);
    const held = pods.get('n1');
    if (held?.lease === undefined) throw new Error('n1 holds no lease');
    const pair = { nodeUid: 'uid-n12', image: appImage, pullSecrets: [] };
    const of = { name: formatPodName(pair), uid: 'late', nodeName: 'n12' };
    const lease = { ...held.lease, leaseId: '0-1', pair: formatPair(pair) };
    driver.apply({ kind: 'podSeen', pod: { ...held, ...of, lease } });
    expect(phases()).toMatchObject({ Held: 10, Suspect: 1 });
  });

  test('are over when the pod turns out to have ended', () => {
    silence(['n1']);
    driver.pass(fiveMinutesMs);
    const pod = pods.get('n1');
    if (pod === undefined) throw new Error('n1 has no pod');
    const reading = { kind: 'pulled', terminal: true, digest: 'sha256:d', message: '' } as const;
    driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
    expect(phases()).toMatchObject({ Held: 9, Ended: 1 });
  });

  test('do not keep their pair from the node that comes back under the same name', () => {
    silence(names.slice(0, 8));
    driver.pass(fiveMinutesMs);
    const reborn = nodeRecord('n1', { uid: 'uid-reborn' });
    driver.apply({ kind: 'nodeSeen', node: reborn });
    const lost = [...driver.core.leases()].filter(({ nodeUid }) => nodeUid === 'uid-n1');
    expect(lost).toMatchObject([{ phase: 'Lost' }]);
  });
});

describe('a pod whose annotations are destroyed', () => {
  test('counts beside the lease of its pair, which stays the only one that is offered', () => {
    const other = new Driver();
    other.list({ nodes: ['n1', 'n2'] });
    const [offer] = offersIn(other.connect('n1'));
    if (offer === undefined) throw new Error('no offer');
    const pod = podOf(offer, 'n1', startWallMs);
    other.apply({ kind: 'podSeen', pod });
    const broken = { ...pod, name: 'pull-broken', uid: 'broken', lease: undefined };
    other.apply({ kind: 'podSeen', pod: broken });
    expect(other.core.limits()).toContainEqual({ name: 'cluster', slots: 20, inUse: 2 });
    const end = { kind: 'failed', terminal: true, reason: 'PullFailed', message: '' } as const;
    other.apply({ kind: 'podSeen', pod: { ...pod, reading: end } });
    other.apply({ kind: 'podGone', pod: { ...pod, reading: end } });
    other.pass(60_000);
    expect(offersIn(other.beat('n1', 2))).toEqual([]);
    other.apply({ kind: 'podSeen', pod: { ...broken, reading: end } });
    other.apply({ kind: 'podGone', pod: { ...broken, reading: end } });
    other.pass(120_000);
    expect(offersIn(other.beat('n1', 3))).toHaveLength(1);
  });
});
