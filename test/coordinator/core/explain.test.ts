// One case for each reason that Explain gives, and what it says beside the reason.

import { describe, expect, test } from 'vitest';
import type { Limit, LimitScope } from '../../../coordinator/core/limits.ts';
import type { Pause } from '../../../coordinator/core/pauses.ts';
import type { ExplanationView } from '../../../coordinator/core/views.ts';
import { listReasons, type Reason } from '../../../shared/reason.ts';
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

function failing(reason: Reason = 'ImageNotFound', message = 'no such tag') {
  const { driver, pod } = pulling();
  const reading = { kind: 'failed', terminal: true, reason, message } as const;
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

/** The image has a policy of this spec; n2 has just been offered its pull, n1 waits. */
function governed(spec: Record<string, unknown>): Driver {
  const driver = new Driver();
  driver.list();
  const policy = { metadata: { name: 'slow', uid: 'p', generation: 1 }, spec };
  driver.apply({ kind: 'policySeen', policy });
  const image = cachedImage('app', {
    image: 'r.example/app',
    tag: '1',
    policyRef: { name: 'slow' },
  });
  const metadata = { ...image.metadata, generation: 2 };
  driver.apply({ kind: 'imageSeen', image: { ...image, metadata } });
  const offer = firstOffer(driver.connect('n2'));
  driver.apply({ kind: 'podSeen', pod: podOf(offer, 'n2', driver.now.wallMs) });
  driver.connect('n1');
  return driver;
}

/** Pulls of these pairs have failed this way; n1 and the image `app` are among those concerned. */
function afterFailures(reason: Reason, pairs: readonly (readonly [string, string])[]): Driver {
  const driver = new Driver();
  driver.list({ nodes: ['n1', 'n2', 'n3', 'n4'] });
  driver.apply({ kind: 'imageGone', name: 'app' });
  const fails: (() => void)[] = [];
  for (const [node, name] of pairs) {
    if (driver.core.inquiry.node(node)?.connected !== true) driver.connect(node);
    const image = cachedImage(name, { image: `r.example/${name}`, nodeSelector: { node } });
    driver.apply({ kind: 'nodeSeen', node: nodeRecord(node, { labels: { node } }) });
    const offer = firstOffer(driver.apply({ kind: 'imageSeen', image }));
    const pod = podOf(offer, node, driver.now.wallMs);
    driver.apply({ kind: 'podSeen', pod });
    const reading = { kind: 'failed', terminal: true, reason, message: 'no' } as const;
    fails.push(() => {
      driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
      driver.apply({ kind: 'podGone', pod: { ...pod, reading } });
    });
    // One after the other on one node, which pulls one at a time.
    if (pairs.every(([other]) => other === node)) fails.pop()?.();
  }
  for (const fail of fails) fail();
  driver.connect('n1');
  const app = cachedImage('app', { image: 'r.example/app', tag: '1' });
  driver.apply({ kind: 'imageSeen', image: app });
  return driver;
}

const wide = { maxConcurrentNodes: 9, minDelayBetweenPulls: '0s' };

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
  {
    reason: 'PolicyLimit',
    arrange: () => governed({ ...wide, maxConcurrentPulls: 1 }),
    says: { limit: { per: 'policy', inUse: 1, slots: 1 }, holders: [{ nodeName: 'n2' }] },
  },
  {
    reason: 'RateLimit',
    arrange: () => governed({ ...wide, maxPullsPerMinute: 1 }),
    says: { nextAtMs: startWallMs + 60_000 },
  },
  {
    reason: 'MinDelay',
    arrange: () => governed({ ...wide, minDelayBetweenPulls: '10s' }),
    says: { nextAtMs: startWallMs + 10_000 },
  },
  {
    reason: 'CanaryWait',
    arrange: () => governed({ ...wide, canary: { nodes: 1 } }),
    says: { message: expect.stringMatching(/^slow: the policy lets a few nodes/) },
  },
  {
    reason: 'SeedWait',
    arrange: () => governed({ ...wide, seedFirst: true }),
    says: { message: expect.stringMatching(/^slow: the policy lets one node of each zone/) },
  },
  {
    reason: 'LowerPriority',
    arrange: () => {
      const driver = waiting('cluster');
      const first = cachedImage('first', { image: 'r.example/first', priority: -1 });
      driver.apply({ kind: 'imageSeen', image: first });
      return driver;
    },
    says: {
      message: expect.stringMatching(/r\.example\/first:latest goes before this image$/),
      holders: [{ nodeName: 'n2' }],
    },
  },
  {
    reason: 'Backoff',
    arrange: () => {
      const driver = listed();
      const pods = ['n1', 'n2'].map((node) =>
        podOf(firstOffer(driver.connect(node)), node, driver.now.wallMs),
      );
      for (const pod of pods) driver.apply({ kind: 'podSeen', pod });
      // The pull of n1 vanishes with its node, which comes back when the image rests.
      driver.apply({ kind: 'nodeGone', name: 'n1', uid: 'uid-n1' });
      for (const pod of pods.slice(1)) {
        const words = { reason: 'ImageNotFound', message: 'no such tag' } as const;
        const reading = { kind: 'failed', terminal: true, ...words } as const;
        driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
        driver.apply({ kind: 'podGone', pod: { ...pod, reading } });
      }
      driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1') });
      driver.connect('n1');
      return driver;
    },
    says: {
      message: `${appImage}: no node can pull it; on n2 the last attempt ended with ImageNotFound: no such tag`,
      nextAtMs: expect.any(Number),
    },
  },
  {
    reason: 'Recovering',
    arrange: () => {
      const driver = new Driver({ tenureUntilMs: 10_000 });
      driver.list();
      driver.pass(10_000);
      driver.connect('n1');
      return driver;
    },
    says: { message: expect.stringMatching(/^epoch 1 may be over/), nextAtMs: undefined },
  },
  {
    reason: 'RegistryCircuitOpen',
    arrange: () =>
      afterFailures('RegistryUnavailable', [
        ['n2', 'a'],
        ['n3', 'b'],
        ['n4', 'c'],
      ]),
    says: {
      message: expect.stringMatching(/^r\.example: the registry fails/),
      nextAtMs: expect.any(Number),
    },
  },
  {
    reason: 'NodeCircuitOpen',
    arrange: () =>
      afterFailures('SandboxFailed', [
        ['n1', 'a'],
        ['n1', 'b'],
        ['n1', 'c'],
      ]),
    says: { message: expect.stringMatching(/^n1: several images/), nextAtMs: expect.any(Number) },
  },
];

/** How a pull can end; Explain names them as the last failure. */
const failures: readonly Reason[] = [
  'ImageNotFound',
  'Unauthorized',
  'RegistryRateLimited',
  'RegistryUnavailable',
  'DnsError',
  'TlsError',
  'InsufficientDisk',
  'NodePressure',
  'PodRejected',
  'PlatformMismatch',
  'SandboxFailed',
  'NoPodIP',
  'SignatureRejected',
  'PullTimeout',
  'PodVanished',
  'AdmissionDenied',
  'WebhookUnavailable',
  'QuotaExceeded',
  'PullFailed',
];

/** Of conditions and of ended leases; Explain has nothing to do with them. */
const elsewhere: readonly Reason[] = [
  'InProgress',
  'Complete',
  'Stalled',
  'Idle',
  'NoTargetNodes',
  'InvalidSpec',
  'NoLongerDesired',
  'OfferLapsed',
  'NodeGone',
  'PolicyNotFound',
  'Revoked',
];

describe('explainPair', () => {
  test.for(cases)('$reason', ({ reason, arrange, says }) => {
    expect(ask(arrange())).toMatchObject({ nodeName: 'n1', image: appImage, reason, ...says });
  });

  test.for(failures)('a pull that ended with %s says so', (reason) => {
    const { driver, pod } = failing(reason, 'its own words');
    driver.apply({ kind: 'podGone', pod });
    const explanation = ask(driver);
    expect(explanation).toMatchObject({ lastFailure: reason, attempts: 1 });
    expect(explanation.reason).toMatch(/^(Backoff|RegistryCircuitOpen|NodeCircuitOpen)$/);
    expect(explanation.nextAtMs).toBeGreaterThan(startWallMs);
  });

  test('every reason of the closed list has a case, or its place elsewhere', () => {
    const known = new Set<Reason>([
      ...cases.map(({ reason }) => reason),
      ...failures,
      ...elsewhere,
    ]);
    expect(listReasons().filter((reason) => !known.has(reason))).toEqual([]);
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
