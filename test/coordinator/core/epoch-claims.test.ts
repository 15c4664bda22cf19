import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { helloOf, nodeRecord } from '../../../sim/core-records.ts';
import { Driver } from './driver.ts';

/** A driver in which so many nodes are listed, in epoch 10. */
function open(nodes: number): Driver {
  const driver = new Driver({ epoch: 10, firstEpoch: false });
  const names = Array.from({ length: nodes }, (_, index) => `n${index}`);
  driver.apply({ kind: 'nodesListed', nodes: names.map((name) => nodeRecord(name)) });
  return driver;
}

function claim(driver: Driver, node: number, newestEpoch: number): void {
  const hello = { ...helloOf(`n${node}`), newestEpoch };
  driver.apply({ kind: 'helloReceived', sessionId: `s${node}`, hello });
}

/** What the core asks for within a quarter of a minute. */
function gather(driver: Driver): readonly number[] {
  return driver
    .pass(15_000)
    .flatMap((effect) => (effect.kind === 'epochSurpassed' ? [effect.epoch] : []));
}

describe('EpochClaims', () => {
  test('one node of five is enough, and is heard once', () => {
    const driver = open(5);
    claim(driver, 0, 40);
    expect(gather(driver)).toEqual([40]);
    claim(driver, 1, 50);
    expect(gather(driver)).toEqual([]);
  });

  test('of six nodes two must agree, and the lower of their claims counts', () => {
    const driver = open(6);
    claim(driver, 0, 900_000);
    expect(gather(driver)).toEqual([]);
    claim(driver, 1, 12);
    expect(gather(driver)).toEqual([12]);
  });

  test('those who speak a little later are heard as well', () => {
    const driver = open(5);
    claim(driver, 0, 12);
    driver.pass(14_000);
    claim(driver, 1, 40);
    expect(gather(driver)).toEqual([40]);
  });

  test('older and equal epochs claim nothing', () => {
    const driver = open(1);
    claim(driver, 0, 10);
    claim(driver, 0, 3);
    expect(gather(driver)).toEqual([]);
  });

  test('claims wait for the list of nodes, and nodes outside it have no voice', () => {
    const driver = new Driver({ epoch: 10, firstEpoch: false });
    claim(driver, 0, 40);
    claim(driver, 7, 90);
    expect(gather(driver)).toEqual([]);
    driver.apply({ kind: 'nodesListed', nodes: [nodeRecord('n0')] });
    expect(gather(driver)).toEqual([40]);
  });

  test('a node that claims again and again has one voice', () => {
    const driver = open(10);
    for (let again = 0; again < 20; again += 1) claim(driver, 3, 1_000 + again);
    expect(gather(driver)).toEqual([]);
  });

  test('less than a fifth of the nodes moves nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 60 }),
        fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 30 }),
        (nodes, lies, honestEpoch) => {
          const driver = open(nodes);
          const liars = lies.slice(0, Math.ceil(nodes / 5) - 1);
          for (const [node, lie] of liars.entries()) claim(driver, node, lie);
          for (let node = liars.length; node < nodes; node += 1) claim(driver, node, honestEpoch);
          expect(gather(driver)).toEqual(honestEpoch > 10 ? [honestEpoch] : []);
        },
      ),
    );
  });

  test('nobody moves it by more than a million', () => {
    const driver = open(1);
    claim(driver, 0, Number.MAX_SAFE_INTEGER);
    expect(gather(driver)).toEqual([1_000_010]);
  });
});
