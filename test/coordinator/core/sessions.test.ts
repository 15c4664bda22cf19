import { beforeEach, describe, expect, test } from 'vitest';
import { Core } from '../../../coordinator/core/core.ts';
import type { Effect, Event } from '../../../coordinator/core/events.ts';
import { inventoryHash } from '../../../shared/inventory-hash.ts';
import type { Hello, InventoryEntry, Welcome } from '../../../shared/protocol.ts';
import { cachedImage, helloOf, nodeRecord, startWallMs } from '../../../sim/core-records.ts';

const now = { wallMs: startWallMs, monotonicMs: 0 };
const entry: InventoryEntry = {
  reference: 'r.example/app:1',
  digest: 'sha256:d',
  sizeBytes: 7,
  provenance: 'nodeStatus',
  observedAtMs: startWallMs,
};
let core: Core;

beforeEach(() => {
  core = new Core({ epoch: 1, firstEpoch: true, startedAt: now, random: () => 0 });
  apply({ kind: 'nodesListed', nodes: [nodeRecord('n1')] });
  apply({ kind: 'podsListed', pods: [] });
  apply({ kind: 'policiesListed', policies: [] });
  apply({
    kind: 'imagesListed',
    images: [cachedImage('app', { image: 'r.example/app', tag: '1' })],
  });
});

function apply(event: Event, at = now): readonly Effect[] {
  return core.apply(event, at);
}

function hello(change: Partial<Hello> = {}): Hello {
  return helloOf('n1', change);
}

function welcomeIn(effects: readonly Effect[]): Welcome {
  for (const effect of effects) {
    if (effect.kind === 'send' && effect.message.kind === 'welcome') return effect.message;
  }
  throw new Error('no welcome');
}

function isConnected(): boolean | undefined {
  return [...core.nodes()][0]?.connected;
}

describe('a session', () => {
  test('is welcomed with its id, the epoch and the timing', () => {
    const welcome = welcomeIn(apply({ kind: 'helloReceived', sessionId: 's1', hello: hello() }));
    expect(welcome).toEqual({
      kind: 'welcome',
      sessionId: 's1',
      epoch: 1,
      inventoryWanted: true,
      heartbeatIntervalMs: 10_000,
      offerTtlMs: 15_000,
      acknowledged: [],
    });
  });

  test('need not tell again an inventory that the coordinator still holds', () => {
    apply({ kind: 'helloReceived', sessionId: 's1', hello: hello() });
    apply({ kind: 'inventoryReceived', sessionId: 's1', entries: [entry] });
    apply({ kind: 'sessionEnded', sessionId: 's1' });
    const known = hello({ inventoryHash: inventoryHash([entry]) });
    expect(
      welcomeIn(apply({ kind: 'helloReceived', sessionId: 's2', hello: known })).inventoryWanted,
    ).toBe(false);
    expect(isConnected()).toBe(true);
    const other = hello({ inventoryHash: inventoryHash([]) });
    expect(
      welcomeIn(apply({ kind: 'helloReceived', sessionId: 's3', hello: other })).inventoryWanted,
    ).toBe(true);
    expect(isConnected()).toBe(false);
  });

  test('is superseded by a newer one of its node, and its messages mean nothing any more', () => {
    apply({ kind: 'helloReceived', sessionId: 's1', hello: hello() });
    const effects = apply({
      kind: 'helloReceived',
      sessionId: 's2',
      hello: hello({ agentInstance: 'b' }),
    });
    expect(effects).toContainEqual(
      expect.objectContaining({ kind: 'endSession', sessionId: 's1', code: 'ABORTED' }),
    );
    apply({ kind: 'inventoryReceived', sessionId: 's1', entries: [entry] });
    expect(isConnected()).toBe(false);
    expect(apply({ kind: 'heartbeatReceived', sessionId: 's1', sequence: 9 })).toEqual([]);
    apply({ kind: 'sessionEnded', sessionId: 's1' });
    apply({ kind: 'inventoryReceived', sessionId: 's2', entries: [] });
    expect(isConnected()).toBe(true);
  });

  test('gets no offer before its inventory is complete, nor after a gap', () => {
    apply({ kind: 'helloReceived', sessionId: 's1', hello: hello() });
    expect(apply({ kind: 'heartbeatReceived', sessionId: 's1', sequence: 1 })).toEqual([]);
    apply({ kind: 'inventoryInvalidated', sessionId: 's1' });
    expect(apply({ kind: 'heartbeatReceived', sessionId: 's1', sequence: 2 })).toEqual([]);
    const offered = apply({ kind: 'inventoryReceived', sessionId: 's1', entries: [] });
    expect(offered).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({ kind: 'offer', heartbeatSequence: 2 }),
      }),
    );
  });

  test('of a node that the watch has not shown waits for it', () => {
    const unknown = hello({ nodeName: 'n2', nodeUid: 'uid-n2' });
    apply({ kind: 'helloReceived', sessionId: 's9', hello: unknown });
    apply({ kind: 'inventoryReceived', sessionId: 's9', entries: [] });
    expect(apply({ kind: 'heartbeatReceived', sessionId: 's9', sequence: 1 })).toEqual([]);
    const effects = apply({ kind: 'nodeSeen', node: nodeRecord('n2') });
    expect(effects).toContainEqual(expect.objectContaining({ kind: 'send', sessionId: 's9' }));
  });

  test('that holds the image already gets no offer', () => {
    apply({ kind: 'helloReceived', sessionId: 's1', hello: hello() });
    apply({ kind: 'inventoryReceived', sessionId: 's1', entries: [entry] });
    const effects = apply({ kind: 'heartbeatReceived', sessionId: 's1', sequence: 1 });
    expect(effects.filter(({ kind }) => kind === 'send')).toEqual([]);
    expect([...core.nodes()][0]?.warm).toBe(true);
  });
});
