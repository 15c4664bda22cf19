// One case for each reason that Explain gives, and what it says beside the reason.

import { describe, expect, test } from 'vitest';
import type { Limit, LimitScope } from '../../../coordinator/core/limits.ts';
import type { Pause } from '../../../coordinator/core/pauses.ts';
import type { ExplanationView } from '../../../coordinator/core/views.ts';
import type { Reason } from '../../../shared/reason.ts';
import { cachedImage, nodeRecord, podOf, startWallMs } from './bench.ts';
import { appImage, Driver, firstOffer } from './driver.ts';

function ask(driver: Driver, node = 'n1'): ExplanationView {
  const [explanation] = driver.core.inquiry.explainPair(appImage, node, driver.now);
  if (explanation === undefined) throw new Error(`no explanation of ${node}`);
  return explanation;
}

/** Lists are in and nobody is connected. */
function listed(settings: ConstructorParameters<typeof Driver>[0] = {}): Driver {
  const driver = new Driver(settings);
  driver.list();
  return driver;
}

/** Node n1 was offered its pull and has created the pod. */
function pulling() {
  const driver = listed();
  const offer = firstOffer(driver.connect('n1'));
  const pod = podOf(offer, 'n1', driver.now.wallMs);
  driver.apply({ kind: 'podSeen', pod });
  return { driver, pod };
}

function failing() {
  const { driver, pod } = pulling();
  const reading = {
    kind: 'failed',
    terminal: true,
    reason: 'ImageNotFound',
    message: 'no such tag',
  } as const;
  driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
  return { driver, pod };
}

/** One limit of one slot, which node n2 holds; n1 waits for it. */
function waiting(per: LimitScope, change: Partial<Limit> = {}): Driver {
  const driver = new Driver();
  const limits: Limit[] = [
    { name: 'tight', per, slots: { count: 1, percent: 0 }, match: {}, ...change },
  ];
  driver.apply({ kind: 'limitsConfigured', limits });
  const labels = { 'topology.kubernetes.io/zone': 'z1' };
  driver.list();
  for (const name of ['n1', 'n2'])
    driver.apply({ kind: 'nodeSeen', node: nodeRecord(name, { labels }) });
  driver.connect('n2');
  driver.connect('n1');
  return driver;
}

const pause: Pause = {
  scope: 'all',
  name: '',
  why: 'storm',
  by: 'ada',
  authenticatedAs: '',
  sinceMs: startWallMs - 5_000,
};

function see(change: Parameters<typeof nodeRecord>[1]): Driver {
  const driver = listed();
  driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', change) });
  return driver;
}

interface Case {
  readonly reason: Reason;
  readonly arrange: () => Driver;
  readonly says: Partial<Record<keyof ExplanationView, unknown>>;
}

const cases: readonly Case[] = [
  {
    reason: 'LeaseOffered',
    arrange: () => {
      const driver = listed();
      driver.connect('n1');
      return driver;
    },
    says: {
      sinceMs: startWallMs,
      nextAtMs: startWallMs + 15_000,
      holders: [{ leaseId: '1-1', phase: 'Offered', nodeName: 'n1' }],
    },
  },
  {
    reason: 'Pulling',
    arrange: () => pulling().driver,
    says: {
      message: expect.stringContaining('of lease 1-1'),
      sinceMs: startWallMs,
      nextAtMs: startWallMs + 30 * 60_000,
      holders: [{ leaseId: '1-1', phase: 'Held' }],
    },
  },
  {
    reason: 'Pulling',
    arrange: () => {
      const { driver } = pulling();
      driver.apply({ kind: 'leaseRevoked', leaseId: '1-1', message: 'taken back by ada' });
      return driver;
    },
    says: {
      message: expect.stringMatching(/being given up \(Revoked\).*counts until it is gone$/),
      nextAction: expect.stringContaining('cannot be stopped'),
      holders: [{ phase: 'Revoking' }],
    },
  },
  {
    reason: 'NodeNotReady',
    arrange: () => {
      const { driver } = pulling();
      driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', { ready: false }) });
      driver.pass(5 * 60_000);
      return driver;
    },
    says: { message: expect.stringContaining('suspect'), holders: [{ phase: 'Suspect' }] },
  },
  {
    reason: 'Cached',
    arrange: () => {
      const { driver, pod } = pulling();
      const reading = { kind: 'pulled', terminal: true, digest: 'sha256:d', message: '' } as const;
      driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
      return driver;
    },
    says: { message: 'a pull pod on the node has run from it', sinceMs: startWallMs },
  },
  {
    reason: 'NotTargeted',
    arrange: () => {
      const driver = listed();
      const spec = { image: 'r.example/app', tag: '1', nodeSelector: { pool: 'gpu' } };
      const image = cachedImage('app', spec);
      const metadata = { ...image.metadata, generation: 2 };
      driver.apply({ kind: 'imageSeen', image: { ...image, metadata } });
      return driver;
    },
    says: { sinceMs: undefined, holders: [] },
  },
  { reason: 'NodeCordoned', arrange: () => see({ unschedulable: true }), says: {} },
  { reason: 'NodeDeleting', arrange: () => see({ deleting: true }), says: {} },
  {
    reason: 'NodeTainted',
    arrange: () => see({ taints: [{ key: 'gpu', value: 'a', effect: 'NoSchedule' }] }),
    says: { message: expect.stringContaining('gpu=a:NoSchedule') },
  },
  {
    reason: 'NodeNotReady',
    arrange: () => see({ ready: false }),
    says: { sinceMs: startWallMs, holders: [] },
  },
  { reason: 'AgentMissing', arrange: () => listed(), says: { sinceMs: startWallMs } },
  {
    reason: 'AgentDisconnected',
    arrange: () => {
      const { driver } = failing();
      driver.pass(7_000);
      driver.apply({ kind: 'sessionEnded', sessionId: 's-n1' });
      return driver;
    },
    says: { message: "the agent's session has ended", sinceMs: startWallMs + 7_000 },
  },
  {
    reason: 'AgentDisconnected',
    arrange: () => {
      const { driver } = failing();
      driver.apply({ kind: 'inventoryInvalidated', sessionId: 's-n1' });
      return driver;
    },
    says: { message: 'the agent has not told its whole inventory yet' },
  },
  {
    reason: 'AgentDisconnected',
    arrange: () => {
      const { driver } = failing();
      driver.pass(14_000);
      return driver;
    },
    says: { message: "the agent's heartbeats do not come", sinceMs: startWallMs },
  },
  {
    reason: 'Paused',
    arrange: () => {
      const driver = listed();
      driver.apply({ kind: 'pausesChanged', pauses: [pause] });
      driver.connect('n1');
      return driver;
    },
    says: { message: 'everything is paused by ada: storm', sinceMs: startWallMs - 5_000 },
  },
  {
    reason: 'Recovering',
    arrange: () => listed({ epoch: 2, firstEpoch: false }),
    says: {
      message: expect.stringMatching(/^epoch 2 has just begun: offers of its predecessor/),
      nextAtMs: startWallMs + 17_000,
    },
  },
  {
    reason: 'Backoff',
    arrange: () => {
      const { driver, pod } = failing();
      driver.apply({ kind: 'podGone', pod });
      return driver;
    },
    says: {
      message: 'the last attempt ended with ImageNotFound: no such tag',
      attempts: 1,
      lastFailure: 'ImageNotFound',
      sinceMs: startWallMs,
      nextAtMs: startWallMs + 30_000,
    },
  },
  { reason: 'LeftoverPod', arrange: () => failing().driver, says: { attempts: 1 } },
  {
    reason: 'ClusterLimit',
    arrange: () => waiting('cluster'),
    says: {
      message: 'limit tight allows 1 at once, and 1 are under way',
      limit: { limit: 'tight', per: 'cluster', scope: '', inUse: 1, slots: 1 },
      holders: [{ leaseId: '1-1', nodeName: 'n2', image: appImage }],
      sinceMs: startWallMs,
    },
  },
  {
    reason: 'ImageLimit',
    arrange: () => waiting('image'),
    says: { limit: { scope: appImage }, holders: [{ nodeName: 'n2' }] },
  },
  {
    reason: 'RegistryLimit',
    arrange: () => waiting('registry', { match: { registry: 'r.*' } }),
    says: { message: 'limit tight allows 1 at once for registry r.example, and 1 are under way' },
  },
  {
    reason: 'ZoneLimit',
    arrange: () => waiting('zone'),
    says: { limit: { scope: 'z1', inUse: 1 } },
  },
  {
    reason: 'NodeLimit',
    arrange: () => {
      const driver = new Driver();
      driver.list({ nodes: ['n1'] });
      const other = cachedImage('other', { image: 'r.example/a', priority: -1 });
      driver.apply({ kind: 'imageSeen', image: other });
      driver.connect('n1');
      return driver;
    },
    says: {
      limit: { limit: 'node', scope: 'n1', inUse: 1, slots: 1 },
      holders: [{ image: 'r.example/a:latest' }],
    },
  },
];

describe('explainPair', () => {
  test.for(cases)('$reason', ({ reason, arrange, says }) => {
    expect(ask(arrange())).toMatchObject({ nodeName: 'n1', image: appImage, reason, ...says });
  });

  test('nothing is said in empty words', () => {
    for (const { arrange } of cases) {
      const { message, nextAction } = ask(arrange());
      expect(message).toMatch(/^.{5,}[^.]$/);
      expect(nextAction).toMatch(/^.{5,}[^.]$/);
    }
  });

  test('a limit names at most twenty holders and how many there are', () => {
    const driver = new Driver();
    const names = Array.from({ length: 30 }, (_, index) => `n${index + 1}`);
    const slots = { count: 25, percent: 0 };
    const limits: Limit[] = [
      { name: 'cluster', per: 'cluster', slots, match: {} },
      { name: 'image', per: 'image', slots: { count: 99, percent: 0 }, match: {} },
    ];
    driver.apply({ kind: 'limitsConfigured', limits });
    driver.list({ nodes: names });
    for (const name of names) driver.connect(name);
    const explanation = ask(driver, 'n30');
    expect(explanation).toMatchObject({ reason: 'ClusterLimit', limit: { inUse: 25, slots: 25 } });
    expect(explanation.holders).toHaveLength(20);
  });
});

describe('explainImage', () => {
  test('counts every node once and shows those that need attention first', () => {
    const { driver, pod } = failing();
    driver.apply({ kind: 'podGone', pod });
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n3', { ready: false }) });
    driver.apply({ kind: 'nodeSeen', node: nodeRecord('n4', { unschedulable: true }) });
    const { counts, worst } = driver.core.inquiry.explainImage(appImage, driver.now);
    expect(Object.fromEntries(counts)).toEqual({
      Backoff: 1,
      AgentMissing: 1,
      NodeNotReady: 1,
      NodeCordoned: 1,
    });
    expect(worst.map(({ nodeName, reason }) => `${nodeName} ${reason}`)).toEqual([
      'n1 Backoff',
      'n2 AgentMissing',
      'n3 NodeNotReady',
      'n4 NodeCordoned',
    ]);
  });
});

describe('Inquiry', () => {
  test('knows nothing of what is not there', () => {
    const { inquiry } = listed().core;
    expect(inquiry.explainPair('r.example/other:1', 'n1', { wallMs: 0, monotonicMs: 0 })).toEqual(
      [],
    );
    expect(inquiry.explainPair(appImage, 'n9', { wallMs: 0, monotonicMs: 0 })).toEqual([]);
    expect(inquiry.isDesired('r.example/other:1')).toBe(false);
    expect(inquiry.isDesired(appImage)).toBe(true);
    expect(inquiry.node('n9')).toBeUndefined();
  });

  test('explains a node image by image', () => {
    const driver = listed();
    driver.apply({ kind: 'imageSeen', image: cachedImage('b', { image: 'r.example/b' }) });
    const explanations = driver.core.inquiry.explainNode('n1', driver.now);
    expect(explanations.map(({ image, reason }) => `${image} ${reason}`)).toEqual([
      `${appImage} AgentMissing`,
      'r.example/b:latest AgentMissing',
    ]);
  });
});
