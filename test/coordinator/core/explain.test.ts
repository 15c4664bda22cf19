// What Explain says, and that it says something for every reason of the closed list.

import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../coordinator/core/limits.ts';
import type { ExplanationView } from '../../../coordinator/core/views.ts';
import { listReasons, type Reason } from '../../../shared/reason.ts';
import { cachedImage, nodeRecord, startWallMs } from '../../../sim/core-records.ts';
import { appImage, Driver } from './driver.ts';
import { cases } from './explain-cases.ts';
import { failing, listed } from './explain-stands.ts';

function ask(driver: Driver, node = 'n1'): ExplanationView {
  const [explanation] = driver.core.inquiry.explainPair(appImage, node, driver.now);
  if (explanation === undefined) throw new Error(`no explanation of ${node}`);
  return explanation;
}

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
