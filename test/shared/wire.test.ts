import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentMessage as WireAgentMessage } from '../../shared/gen/forehold/v1/AgentMessage.ts';
import type { CoordinatorMessage as WireCoordinatorMessage } from '../../shared/gen/forehold/v1/CoordinatorMessage.ts';
import { loadContract } from '../../shared/proto.ts';
import type {
  AgentMessage,
  CoordinatorMessage,
  FailedPull,
  InventoryEntry,
  LeaseUpdate,
  Offer,
  UnseenPull,
} from '../../shared/protocol.ts';
import {
  fromAgentMessage,
  fromCoordinatorMessage,
  toAgentMessage,
  toCoordinatorMessage,
} from '../../shared/wire.ts';
import { WireError } from '../../shared/wire-parts.ts';

const { Session } = loadContract().SessionService.service;

/** Through the bytes that travel. */
function overTheWire(message: AgentMessage): AgentMessage {
  const bytes = Session.requestSerialize(toAgentMessage('s', message));
  const { sessionId, message: arrived } = fromAgentMessage(Session.requestDeserialize(bytes));
  expect(sessionId).toBe('s');
  return arrived;
}

function backOverTheWire(message: CoordinatorMessage): CoordinatorMessage | undefined {
  const bytes = Session.responseSerialize(toCoordinatorMessage('s', message));
  return fromCoordinatorMessage(Session.responseDeserialize(bytes)).message;
}

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const filled = fc.string({ minLength: 1, maxLength: 20 });
const count = fc.maxSafeNat();
const wallMs = fc.integer({ min: 0, max: 253_402_300_799_999 });
const optional = fc.option(filled, { nil: undefined });

const entry: fc.Arbitrary<InventoryEntry> = fc.record({
  reference: text,
  digest: optional,
  sizeBytes: count,
  provenance: fc.constantFrom('nodeStatus', 'pullPod'),
  observedAtMs: wallMs,
});

const update: fc.Arbitrary<LeaseUpdate> = fc.record({
  kind: fc.constant('leaseUpdate'),
  leaseId: text,
  podUid: optional,
  state: fc.constantFrom('accepted', 'declined', 'ended'),
  outcome: fc.constantFrom('Succeeded', 'Failed', 'Cancelled', 'Unknown'),
  reason: fc.constantFrom('', 'Cached', 'PullFailed', 'NodeGone'),
  message: text,
  digest: optional,
  admittedImage: optional,
  unseen: fc.boolean(),
});

const unseenPull: fc.Arbitrary<UnseenPull> = fc.record({
  leaseId: text,
  pair: text,
  podName: text,
  podUid: text,
  admittedImage: optional,
  limits: fc.array(text),
  createdAtMs: wallMs,
  pullTimeoutMs: count.map((ms) => ms % 100_000_000),
});

const failedPull: fc.Arbitrary<FailedPull> = fc.record({
  image: text,
  pullSecrets: fc.array(text),
  failures: fc.nat(),
  failedAtMs: wallMs,
  reason: fc.constantFrom('', 'PullFailed', 'ImageNotFound'),
});

const agentMessage: fc.Arbitrary<AgentMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('hello' as const),
    protocolVersion: fc.nat(),
    nodeName: text,
    nodeUid: text,
    agentInstance: text,
    platform: fc.record({ os: text, architecture: text }),
    kubeletVersion: text,
    containerRuntimeVersion: text,
    inventoryHash: text,
    unseenPulls: fc.array(unseenPull),
    failedPulls: fc.array(failedPull),
    newestEpoch: count,
  }),
  fc.record({
    kind: fc.constant('inventoryChunk' as const),
    sequence: count,
    last: fc.boolean(),
    entries: fc.array(entry, { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('inventoryDelta' as const),
    sequence: count,
    added: fc.array(entry, { maxLength: 5 }),
    removed: fc.array(text, { maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('heartbeat' as const), sequence: count }),
  update,
);

const offer: fc.Arbitrary<Offer> = fc.record({
  kind: fc.constant('offer'),
  leaseId: text,
  epoch: count,
  heartbeatSequence: count,
  notAfterMs: wallMs,
  pair: text,
  podName: text,
  image: text,
  imagePullPolicy: fc.constantFrom('IfNotPresent', 'Never', 'Always'),
  pullSecrets: fc.array(text, { maxLength: 3 }),
  tolerations: fc.array(
    fc.record(
      { key: filled, operator: filled, value: filled, effect: filled, tolerationSeconds: fc.nat() },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
  limits: fc.array(text, { maxLength: 3 }),
  pullTimeoutMs: fc.nat(),
});

const coordinatorMessage: fc.Arbitrary<CoordinatorMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('welcome' as const),
    sessionId: text,
    epoch: count,
    inventoryWanted: fc.boolean(),
    heartbeatIntervalMs: fc.nat(),
    offerTtlMs: fc.nat(),
    acknowledged: fc.array(entry, { maxLength: 5 }),
  }),
  offer,
  fc.record({ kind: fc.constant('outcomeAck' as const), leaseId: text, podUid: text }),
  fc.record({
    kind: fc.constant('revoke' as const),
    leaseId: text,
    podUid: text,
    reason: fc.constantFrom('NoLongerDesired' as const, 'PullTimeout' as const),
  }),
  fc.constant({ kind: 'resync' as const }),
  fc.constant({ kind: 'drain' as const }),
);

describe('fromAgentMessage', () => {
  test('reads what toAgentMessage wrote', () => {
    fc.assert(
      fc.property(agentMessage, (message) => {
        expect(overTheWire(message)).toEqual(message);
      }),
    );
  });

  const empty = { sessionId: '' };
  test.for<[string, WireAgentMessage, string]>([
    ['no body', empty, 'the message has no body that this coordinator knows'],
    [
      'a state nobody knows',
      Session.requestDeserialize(
        Session.requestSerialize({ leaseUpdate: { leaseId: '1-1', outcome: 'OUTCOME_FAILED' } }),
      ),
      'lease_update.state is not set or unknown',
    ],
    [
      'an end without an outcome',
      Session.requestDeserialize(
        Session.requestSerialize({ leaseUpdate: { state: 'LEASE_UPDATE_STATE_ENDED' } }),
      ),
      'lease_update.outcome is not set or unknown',
    ],
    [
      'a number that cannot be counted with',
      { ...empty, heartbeat: { sequence: 2 ** 60, token: '' } },
      'heartbeat.sequence is not a whole number that can be counted with',
    ],
    [
      'an entry never observed',
      Session.requestDeserialize(
        Session.requestSerialize({
          inventoryDelta: { added: [{ reference: 'a', provenance: 'PROVENANCE_PULL_POD' }] },
        }),
      ),
      'inventory_entry.observed_at is not set or unknown',
    ],
    [
      'a Hello without platform',
      Session.requestDeserialize(Session.requestSerialize({ hello: { nodeName: 'n' } })),
      'hello.platform is not set',
    ],
  ])('refuses %s', ([, wire, message]) => {
    expect(() => fromAgentMessage(wire)).toThrow(new WireError(message));
  });
});

describe('fromCoordinatorMessage', () => {
  test('reads what toCoordinatorMessage wrote', () => {
    fc.assert(
      fc.property(coordinatorMessage, (message) => {
        expect(backOverTheWire(message)).toEqual(message);
      }),
    );
  });

  test('a body that is not known yet is undefined', () => {
    const wire: WireCoordinatorMessage = { sessionId: 's' };
    expect(fromCoordinatorMessage(wire)).toEqual({ sessionId: 's', message: undefined });
  });
});
