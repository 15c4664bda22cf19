import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InventorySequence } from '../../../coordinator/session/inventory-sequence.ts';
import {
  SessionProtocol,
  type SessionStep,
} from '../../../coordinator/session/session-protocol.ts';
import {
  type AgentMessage,
  bounds,
  type FailedPull,
  type Hello,
  type InventoryEntry,
  type LeaseUpdate,
  type UnseenPull,
} from '../../../shared/protocol.ts';
import type { Addressed } from '../../../shared/wire.ts';

const hello: Hello = {
  kind: 'hello',
  protocolVersion: 1,
  nodeName: 'node-1.example',
  nodeUid: 'uid-1',
  agentInstance: 'instance-1',
  platform: { os: 'linux', architecture: 'amd64' },
  kubeletVersion: 'v1.36.3',
  containerRuntimeVersion: 'containerd://2.4.2',
  inventoryHash: 'hash',
  unseenPulls: [],
  failedPulls: [],
  newestEpoch: 0,
};

const update: LeaseUpdate = {
  kind: 'leaseUpdate',
  leaseId: '1-1',
  podUid: 'pod-uid',
  state: 'ended',
  outcome: 'Succeeded',
  reason: 'Cached',
  message: '',
  digest: undefined,
  admittedImage: undefined,
  unseen: false,
};

function entry(reference: string): InventoryEntry {
  return { reference, digest: undefined, sizeBytes: 1, provenance: 'nodeStatus', observedAtMs: 1 };
}

function unseenPull(change: Partial<UnseenPull> = {}): UnseenPull {
  return {
    leaseId: '1-1',
    pair: 'uid-1|r.example/app:1|',
    podName: 'pull-1',
    podUid: 'pod-uid',
    admittedImage: undefined,
    limits: ['cluster'],
    createdAtMs: 1,
    pullTimeoutMs: 1,
    ...change,
  };
}

function failedPull(change: Partial<FailedPull> = {}): FailedPull {
  const failure = { failures: 1, failedAtMs: 1, reason: 'PullFailed' } as const;
  return { image: 'r.example/app:1', pullSecrets: [], ...failure, ...change };
}

function chunk(sequence: number, last: boolean, ...references: string[]): AgentMessage {
  return { kind: 'inventoryChunk', sequence, last, entries: references.map(entry) };
}

function delta(sequence: number, ...references: string[]): AgentMessage {
  return { kind: 'inventoryDelta', sequence, added: references.map(entry), removed: [] };
}

function heartbeat(sequence: number): AgentMessage {
  return { kind: 'heartbeat', sequence };
}

/** A protocol that has said Hello and been welcomed. */
function welcomed(inventoryWanted = true): SessionProtocol {
  const protocol = new SessionProtocol('s1');
  protocol.receive({ sessionId: '', message: hello });
  protocol.noteSent({
    kind: 'welcome',
    sessionId: 's1',
    epoch: 1,
    inventoryWanted,
    heartbeatIntervalMs: 1,
    offerTtlMs: 1,
    acknowledged: [],
  });
  return protocol;
}

function receiveAll(protocol: SessionProtocol, ...messages: AgentMessage[]): SessionStep[] {
  return messages.map((message) => {
    const step = protocol.receive({ sessionId: 's1', message });
    if (step.kind === 'resync') protocol.noteSent({ kind: 'resync' });
    return step;
  });
}

describe('SessionProtocol', () => {
  test('a whole session becomes events', () => {
    const protocol = new SessionProtocol('s1');
    expect(protocol.hello).toBeUndefined();
    expect(protocol.receive({ sessionId: '', message: hello })).toEqual({
      kind: 'event',
      event: { kind: 'helloReceived', sessionId: 's1', hello },
    });
    expect(protocol.hello).toEqual(hello);
    const steps = receiveAll(
      welcomed(),
      chunk(0, false, 'a'),
      chunk(1, true, 'b'),
      heartbeat(1),
      delta(2, 'c'),
      update,
      heartbeat(2),
    );
    expect(steps.map((step) => (step.kind === 'event' ? step.event : step.kind))).toEqual([
      'noted',
      { kind: 'inventoryReceived', sessionId: 's1', entries: [entry('a'), entry('b')] },
      { kind: 'heartbeatReceived', sessionId: 's1', sequence: 1 },
      { kind: 'inventoryChanged', sessionId: 's1', added: [entry('c')], removed: [] },
      { kind: 'leaseUpdateReceived', sessionId: 's1', update },
      { kind: 'heartbeatReceived', sessionId: 's1', sequence: 2 },
    ]);
  });

  test.for<[string, Partial<Hello>, string]>([
    ['an empty node name', { nodeName: '' }, 'hello.node_name is not the name of a node'],
    [
      'a node name with capitals',
      { nodeName: 'Node' },
      'hello.node_name is not the name of a node',
    ],
    [
      'a long node name',
      { nodeName: 'n'.repeat(254) },
      'hello.node_name is not the name of a node',
    ],
    ['a uid with the separator of pairs', { nodeUid: 'a|b' }, 'hello.node_uid is not a uid'],
    ['no instance', { agentInstance: '' }, 'hello.agent_instance is not an identifier'],
    [
      'an unseen pull of a strange lease',
      { unseenPulls: [unseenPull({ leaseId: 'x' })] },
      'unseen_pull.lease_id is not a lease id',
    ],
    [
      'an unseen pull of a strange pod',
      { unseenPulls: [unseenPull({ podUid: '' })] },
      'unseen_pull.pod_uid is not a uid',
    ],
    [
      'an unseen pull with a long pair',
      { unseenPulls: [unseenPull({ pair: 'p'.repeat(4_097) })] },
      'unseen_pull.pair has 4097 bytes, more than the 4096 allowed',
    ],
    [
      'too many unseen pulls',
      { unseenPulls: Array.from({ length: 17 }, () => unseenPull()) },
      'hello.unseen_pulls has more than 16 entries',
    ],
    [
      'a failed pull of nothing',
      { failedPulls: [failedPull({ image: '' })] },
      'failed_pull.image is empty',
    ],
    [
      'too many failed pulls',
      { failedPulls: Array.from({ length: 49 }, () => failedPull()) },
      'hello.failed_pulls has more than 48 entries',
    ],
    ['no platform', { platform: { os: '', architecture: '' } }, 'hello.platform is not complete'],
    [
      'a long version',
      { kubeletVersion: 'v'.repeat(129) },
      'hello.kubelet_version has 129 bytes, more than the 128 allowed',
    ],
  ])('refuses a Hello with %s', ([, change, why]) => {
    const step = new SessionProtocol('s1').receive({
      sessionId: '',
      message: { ...hello, ...change },
    });
    expect(step).toEqual({ kind: 'refuse', code: 'INVALID_ARGUMENT', why });
  });

  test('another version of the protocol is UNAVAILABLE, for the agent will be upgraded', () => {
    const message = { ...hello, protocolVersion: 2 };
    expect(new SessionProtocol('s1').receive({ sessionId: '', message })).toEqual({
      kind: 'refuse',
      code: 'UNAVAILABLE',
      why: 'ProtocolUnsupported: the agent speaks version 2, this coordinator 1',
    });
  });

  test.for<[string, string, AgentMessage, string]>([
    ['before Hello', '', heartbeat(1), 'the first message must be Hello, not Heartbeat'],
    ['of a Hello', 's1', hello, 'Hello carries a session id before any was given'],
  ])('refuses what comes too early: %s', ([, sessionId, message, why]) => {
    const step = new SessionProtocol('s1').receive({ sessionId, message });
    expect(step).toEqual({ kind: 'refuse', code: 'INVALID_ARGUMENT', why });
  });

  test.for<[string, AgentMessage[], string]>([
    [
      'a second Hello',
      [hello],
      'a second Hello came on this stream; open another stream for another session',
    ],
    ['a heartbeat left out', [heartbeat(2)], 'Heartbeat 2 came where 1 was due'],
    ['a heartbeat twice', [heartbeat(1), heartbeat(1)], 'Heartbeat 1 came where 2 was due'],
    [
      'a delta before the inventory',
      [delta(0, 'a')],
      'an InventoryDelta came before the complete inventory',
    ],
    [
      'a delta among the chunks',
      [chunk(0, false, 'a'), delta(1, 'b')],
      'an InventoryDelta came before the complete inventory',
    ],
    [
      'a chunk that nobody asked for',
      [chunk(0, true, 'a'), chunk(1, true, 'b')],
      'an InventoryChunk came, but the inventory was not asked for',
    ],
    [
      'a lease id that is none',
      [{ ...update, leaseId: 'x' }],
      'lease_update.lease_id is not a lease id',
    ],
    [
      'too many words',
      [{ ...update, message: 'ü'.repeat(513) }],
      'lease_update.message has 1026 bytes, more than the 1024 allowed',
    ],
    ['an empty reference', [chunk(0, true, '')], 'inventory_entry.reference is empty'],
    [
      'an empty removal',
      [chunk(0, true), { kind: 'inventoryDelta', sequence: 1, added: [], removed: [''] }],
      'inventory_delta.removed is empty',
    ],
  ])('refuses %s', ([, messages, why]) => {
    expect(receiveAll(welcomed(), ...messages).at(-1)).toEqual({
      kind: 'refuse',
      code: 'INVALID_ARGUMENT',
      why,
    });
  });

  test('a message of another session ends the stream', () => {
    const step = welcomed().receive({ sessionId: 's2', message: heartbeat(1) });
    expect(step).toEqual({
      kind: 'refuse',
      code: 'INVALID_ARGUMENT',
      why: "Heartbeat carries another session id than this one's",
    });
  });

  test('without a wish for the inventory deltas begin at 0', () => {
    const [first] = receiveAll(welcomed(false), delta(0, 'a'));
    expect(first).toMatchObject({ kind: 'event', event: { kind: 'inventoryChanged' } });
  });

  test('a gap asks again; what was under way is dropped until the new inventory begins', () => {
    const steps = receiveAll(
      welcomed(),
      chunk(0, false, 'a'),
      chunk(2, false, 'c'),
      chunk(3, true, 'd'),
      delta(4, 'e'),
      chunk(0, true, 'z'),
      delta(1, 'y'),
    );
    expect(steps.map(({ kind }) => kind)).toEqual([
      'noted',
      'resync',
      'noted',
      'noted',
      'event',
      'event',
    ]);
    expect(steps[1]).toMatchObject({ event: { kind: 'inventoryInvalidated', sessionId: 's1' } });
    expect(steps[4]).toMatchObject({ event: { entries: [entry('z')] } });
  });

  test('an agent that cannot count is given up', () => {
    const protocol = welcomed();
    const kinds: string[] = [];
    for (let round = 0; round < 6; round += 1)
      kinds.push(...receiveAll(protocol, chunk(0, false), chunk(5, true)).map(({ kind }) => kind));
    expect(kinds.filter((kind) => kind === 'resync')).toHaveLength(5);
    expect(kinds.at(-1)).toBe('refuse');
  });

  test('an inventory with too many entries is refused', () => {
    const protocol = welcomed();
    const entries = Array.from({ length: bounds.maxInventoryEntries / 4 }, (_, i) => `r${i}`);
    const steps = [0, 1, 2, 3, 4].map((sequence) =>
      receiveAll(protocol, chunk(sequence, false, ...entries)).at(0),
    );
    expect(steps.map((step) => step?.kind)).toEqual(['noted', 'noted', 'noted', 'noted', 'refuse']);
    expect(steps.at(-1)).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  });

  test('deltas that seem to add too much ask for the truth', () => {
    const protocol = welcomed(false);
    const added = Array.from({ length: bounds.maxInventoryEntries / 2 }, (_, i) => `r${i}`);
    const steps = receiveAll(protocol, delta(0, ...added), delta(1, ...added), delta(2, 'x'));
    expect(steps.map(({ kind }) => kind)).toEqual(['event', 'event', 'resync']);
  });
});

const anyEntry = fc.record({
  reference: fc.string({ maxLength: 600 }),
  digest: fc.option(fc.string(), { nil: undefined }),
  sizeBytes: fc.nat(),
  provenance: fc.constantFrom('nodeStatus' as const, 'pullPod' as const),
  observedAtMs: fc.nat(),
});

const anyMessage: fc.Arbitrary<AgentMessage> = fc.oneof(
  fc.record({ nodeName: fc.string(), nodeUid: fc.string() }).map((name) => ({ ...hello, ...name })),
  fc.constant(hello),
  fc.record({
    kind: fc.constant('inventoryChunk' as const),
    sequence: fc.nat({ max: 3 }),
    last: fc.boolean(),
    entries: fc.array(anyEntry, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('inventoryDelta' as const),
    sequence: fc.nat({ max: 3 }),
    added: fc.array(anyEntry, { maxLength: 2 }),
    removed: fc.array(fc.string(), { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('heartbeat' as const), sequence: fc.nat({ max: 3 }) }),
  fc
    .record({ leaseId: fc.string(), message: fc.string() })
    .map((change) => ({ ...update, ...change })),
);

/** The first thing that is let through, whatever comes. */
function firstStep(inputs: readonly Addressed<AgentMessage>[]): SessionStep | undefined {
  const protocol = new SessionProtocol('s1');
  const steps = inputs.map((input) => protocol.receive(input));
  return steps.find(({ kind }) => kind !== 'refuse');
}

describe('SessionProtocol under any input', () => {
  test('answers every message with a step, and lets nothing pass before Hello', () => {
    const input = fc.record({ sessionId: fc.constantFrom('', 's1', 'x'), message: anyMessage });
    fc.assert(
      fc.property(fc.array(input), (inputs) => {
        const first = firstStep(inputs);
        expect(first ?? { kind: 'event', event: { kind: 'helloReceived' } }).toMatchObject({
          kind: 'event',
          event: { kind: 'helloReceived' },
        });
      }),
    );
  });
});

describe('InventorySequence', () => {
  test('whatever comes, a complete inventory has its parts in order and none left out', () => {
    const part = fc.record({ sequence: fc.nat({ max: 4 }), last: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const sequence = new InventorySequence();
        sequence.welcomed(true);
        for (const { sequence: number, last } of parts) {
          const entries = [entry(String(number))];
          const chunk = { kind: 'inventoryChunk', sequence: number, last, entries } as const;
          const step = sequence.takeChunk(chunk);
          if (step.kind === 'gap' || step.kind === 'complete') sequence.resynced();
          if (step.kind !== 'complete') continue;
          const names = step.entries.map(({ reference }) => reference);
          expect(names).toEqual(names.map((_, index) => String(index)));
          expect(names.at(-1)).toBe(String(number));
        }
      }),
    );
  });
});
