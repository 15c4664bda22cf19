// Drivers brought to where Explain has something to say.

import type { Limit, LimitScope } from '../../../coordinator/core/limits.ts';
import type { Pause } from '../../../coordinator/core/pauses.ts';
import type { ExplanationView } from '../../../coordinator/core/views.ts';
import type { Reason } from '../../../shared/reason.ts';
import { cachedImage, nodeRecord, podOf, startWallMs } from '../../../sim/core-records.ts';
import { Driver, firstOffer } from './driver.ts';

/** Lists are in and nobody is connected. */
export function listed(settings: ConstructorParameters<typeof Driver>[0] = {}): Driver {
  const driver = new Driver(settings);
  driver.list();
  return driver;
}

/** Node n1 was offered its pull and has created the pod. */
export function pulling() {
  const driver = listed();
  const offer = firstOffer(driver.connect('n1'));
  const pod = podOf(offer, 'n1', driver.now.wallMs);
  driver.apply({ kind: 'podSeen', pod });
  return { driver, pod };
}

export function failing(reason: Reason = 'ImageNotFound', message = 'no such tag') {
  const { driver, pod } = pulling();
  const reading = { kind: 'failed', terminal: true, reason, message } as const;
  driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
  return { driver, pod };
}

/** One limit of one slot, which node n2 holds; n1 waits for it. */
export function waiting(per: LimitScope, change: Partial<Limit> = {}): Driver {
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

export const pause: Pause = {
  scope: 'all',
  name: '',
  why: 'storm',
  by: 'ada',
  authenticatedAs: '',
  sinceMs: startWallMs - 5_000,
};

export function see(change: Parameters<typeof nodeRecord>[1]): Driver {
  const driver = listed();
  driver.apply({ kind: 'nodeSeen', node: nodeRecord('n1', change) });
  return driver;
}

/** The image has a policy of this spec; n2 has just been offered its pull, n1 waits. */
export function governed(spec: Record<string, unknown>): Driver {
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
export function afterFailures(
  reason: Reason,
  pairs: readonly (readonly [string, string])[],
): Driver {
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

export const wide = { maxConcurrentNodes: 9, minDelayBetweenPulls: '0s' };

export interface Case {
  readonly reason: Reason;
  readonly arrange: () => Driver;
  readonly says: Partial<Record<keyof ExplanationView, unknown>>;
}
