// A machine that came back under the name of another one: what the former one's pods pulled is not here.

import { describe, expect, test } from 'vitest';
import { makeNode, makeOffer, makePod, pulled, World } from './world.ts';

const image = 'registry.example/app3:1';
const formerPod = makePod(makeOffer(3, { pair: `other-node-uid|${image}|` }), { reading: pulled });

function entries(world: World): number {
  return world.core.view().inventoryEntries;
}

function known(): World {
  const world = new World();
  world.connect();
  return world;
}

describe('AgentCore: a pull pod of a former node of the same name', () => {
  test('puts no image into the inventory', () => {
    const world = known();
    world.take({ kind: 'podSeen', pod: formerPod });
    expect(entries(world)).toBe(entries(known()));
  });

  test('puts none into it either when the pod is seen before the node', () => {
    const world = new World();
    world.take({ kind: 'podsListed', pods: [formerPod], askedAtMs: 0 });
    world.take({ kind: 'nodeSeen', node: makeNode() });
    expect(entries(world)).toBe(entries(known()));
  });

  test('is told apart from a pod of this node', () => {
    const world = known();
    world.take({ kind: 'podSeen', pod: makePod(makeOffer(3), { reading: pulled }) });
    expect(entries(world)).toBeGreaterThan(entries(known()));
  });
});
