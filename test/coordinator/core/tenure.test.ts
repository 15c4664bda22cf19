// What the core lets out is bounded by its tenure, whatever comes in and however late.

import { describe, expect, test } from 'vitest';
import { cachedImage, helloOf, nodeRecord } from '../../../sim/core-records.ts';
import { Driver } from './driver.ts';

function open(tenureUntilMs: number): Driver {
  const driver = new Driver({ tenureUntilMs });
  driver.apply({ kind: 'nodesListed', nodes: [nodeRecord('n0')] });
  driver.apply({ kind: 'podsListed', pods: [] });
  driver.apply({ kind: 'imagesListed', images: [] });
  driver.apply({ kind: 'policiesListed', policies: [] });
  driver.apply({ kind: 'helloReceived', sessionId: 's0', hello: helloOf('n0') });
  driver.apply({ kind: 'inventoryReceived', sessionId: 's0', entries: [] });
  driver.apply({ kind: 'heartbeatReceived', sessionId: 's0', sequence: 1 });
  return driver;
}

function want(driver: Driver): readonly string[] {
  return driver
    .apply({ kind: 'imageSeen', image: cachedImage('app', { image: 'r.example/app', tag: '1' }) })
    .flatMap((effect) => (effect.kind === 'send' ? [effect.message.kind] : []));
}

describe('Core', () => {
  test('offers until the last millisecond of its tenure', () => {
    const driver = open(6_000);
    driver.nowMs = 5_999;
    expect(want(driver)).toEqual(['offer']);
  });

  test('offers nothing after it, and goes on when the tenure does', () => {
    const driver = open(6_000);
    driver.nowMs = 6_000;
    expect(want(driver)).toEqual([]);
    expect(driver.apply({ kind: 'ticked' })).toEqual([]);
    const effects = driver.apply({ kind: 'tenureRenewed', untilMs: 12_000 });
    expect(effects).toMatchObject([{ kind: 'leaseChanged' }, { message: { kind: 'offer' } }]);
  });

  test('after a pause of a minute whatever waited in the queue offers nothing', () => {
    const driver = open(6_000);
    driver.nowMs = 60_000;
    expect(driver.apply({ kind: 'heartbeatReceived', sessionId: 's0', sequence: 2 })).toEqual([]);
    expect(want(driver)).toEqual([]);
    expect(driver.pass(60_000).filter(({ kind }) => kind === 'send')).toEqual([]);
  });
});
