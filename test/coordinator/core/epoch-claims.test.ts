import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { helloOf, nodeRecord } from './bench.ts';
import { Driver } from './driver.ts';

/** A driver in which so many nodes are listed, in epoch 10. */
function open(nodes: number): Driver {
  const driver = new Driver({ epoch: 10, firstEpoch: false });
  const names = Array.from({ length: nodes }, (_, index) => `n${index}`);
  driver.apply({ kind: 'nodesListed', nodes: names.map((name) => nodeRecord(name)) });
  return driver;
}

/** What the core asks for when the agent of this node says Hello. */
function claim(driver: Driver, node: number, newestEpoch: number): readonly number[] {
  const hello = { ...helloOf(`n${node}`), newestEpoch };
  return driver
    .apply({ kind: 'helloReceived', sessionId: `s${node}`, hello })
    .flatMap((effect) => (effect.kind === 'epochSurpassed' ? [effect.epoch] : []));
}

describe('weighEpochClaims', () => {
  test('one node of five is enough, and is heard once', () => {
    const driver = open(5);
    expect(claim(driver, 0, 40)).toEqual([40]);
    expect(claim(driver, 1, 50)).toEqual([]);
  });

  test('of six nodes two must agree, and the lower of their claims counts', () => {
    const driver = open(6);
    expect(claim(driver, 0, 900_000)).toEqual([]);
    expect(claim(driver, 1, 12)).toEqual([12]);
  });

  test('older and equal epochs claim nothing', () => {
    const driver = open(1);
    expect(claim(driver, 0, 10)).toEqual([]);
    expect(claim(driver, 0, 3)).toEqual([]);
  });

  test('claims wait for the list of nodes, and nodes outside it have no voice', () => {
    const driver = new Driver({ epoch: 10, firstEpoch: false });
    expect(claim(driver, 0, 40)).toEqual([]);
    expect(claim(driver, 7, 90)).toEqual([]);
    const effects = driver.apply({ kind: 'nodesListed', nodes: [nodeRecord('n0')] });
    expect(effects).toContainEqual({ kind: 'epochSurpassed', epoch: 40 });
  });

  test('a node that claims again and again has one voice', () => {
    const driver = open(10);
    for (let again = 0; again < 20; again += 1) expect(claim(driver, 3, 1_000 + again)).toEqual([]);
  });

  test('less than a fifth of the nodes moves nothing, and nobody more than a million', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 60 }),
        fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 30 }),
        (nodes, lies, honestEpoch) => {
          const driver = open(nodes);
          const liars = lies.slice(0, Math.ceil(nodes / 5) - 1);
          const said = liars.flatMap((lie, index) => claim(driver, index, lie));
          for (let node = liars.length; node < nodes; node += 1)
            said.push(...claim(driver, node, honestEpoch));
          expect(said).toEqual(honestEpoch > 10 ? [honestEpoch] : []);
        },
      ),
    );
    const driver = open(1);
    expect(claim(driver, 0, Number.MAX_SAFE_INTEGER)).toEqual([1_000_010]);
  });
});
