import { describe, expect, test } from 'vitest';
import { tellsOfSandboxes } from '../../../agent/core/sandbox.ts';
import { kinds, makeNode, makeOffer, makePod, updates, World } from './world.ts';

const pod = makePod(makeOffer(1), { sandboxReady: false });

function waiting(kubeletVersion: string): World {
  const world = new World();
  world.connect();
  world.take({ kind: 'nodeSeen', node: makeNode({ kubeletVersion }) });
  world.take({ kind: 'podSeen', pod });
  return world;
}

describe('tellsOfSandboxes', () => {
  test.for([
    ['v1.36.3', true],
    ['v1.40.0-eks-1', true],
    ['v2.0.0', true],
    ['v1.35.9', false],
    ['', false],
  ] as const)('%s: %s', ([version, tells]) => {
    expect(tellsOfSandboxes(version)).toBe(tells);
  });
});

describe('AgentCore: a pod without a sandbox', () => {
  test('is given up after two minutes, because it pulls nothing', () => {
    const world = waiting('v1.36.3');
    expect(updates(world.pass(119_999))).toEqual([]);
    const actions = world.pass(1);
    expect(updates(actions)).toMatchObject([{ outcome: 'Failed', reason: 'SandboxFailed' }]);
    expect(kinds(actions)).toContain('deletePod');
  });

  test('is waited for when the kubelet is too old to tell', () => {
    const world = waiting('v1.35.4');
    expect(updates(world.pass(600_000))).toEqual([]);
  });

  test('has its time once it has a sandbox', () => {
    const world = waiting('v1.36.3');
    world.pass(100_000);
    world.take({ kind: 'podSeen', pod: { ...pod, sandboxReady: true } });
    expect(updates(world.pass(600_000))).toEqual([]);
  });
});
