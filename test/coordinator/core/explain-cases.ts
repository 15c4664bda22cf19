// One case for each reason that Explain gives: how it comes about, and what is said beside the reason.

import { expect } from 'vitest';
import { cachedImage, nodeRecord, podOf, startWallMs } from '../../../sim/core-records.ts';
import { appImage, Driver, firstOffer } from './driver.ts';
import {
  afterFailures,
  type Case,
  failing,
  governed,
  listed,
  pause,
  pulling,
  see,
  waiting,
  wide,
} from './explain-stands.ts';

export const cases: readonly Case[] = [
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
      driver.apply({ kind: 'nodeGone', uid: 'uid-n1' });
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
