import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InventoryTeller } from '../../../agent/core/inventory-messages.ts';
import { loadContract } from '../../../shared/proto.ts';
import {
  type AgentMessage,
  bounds,
  type InventoryDelta,
  type InventoryEntry,
} from '../../../shared/protocol.ts';
import { toAgentMessage } from '../../../shared/wire.ts';
import { digest, otherDigest, startWallMs } from './world.ts';

function entry(reference: string, part: Partial<InventoryEntry> = {}): InventoryEntry {
  return {
    reference,
    digest,
    sizeBytes: 1_000_000_000,
    provenance: 'nodeStatus',
    observedAtMs: startWallMs,
    ...part,
  };
}

const listed = (): boolean => true;

function sizeBytes(message: AgentMessage): number {
  const { requestSerialize } = loadContract().SessionService.service.Session;
  return requestSerialize(toAgentMessage('123e4567-e89b-12d3-a456-426614174000', message)).length;
}

describe('InventoryTeller', () => {
  test('tells an empty inventory in one empty last chunk', () => {
    expect(new InventoryTeller().tellAll([])).toEqual([
      { kind: 'inventoryChunk', sequence: 0, last: true, entries: [] },
    ]);
  });

  test('tells a large inventory in chunks below the bound, only the last one marked', () => {
    const entries = Array.from({ length: 5_000 }, (_, index) =>
      entry(`registry.example/${'long-name/'.repeat(10)}app${index}@${digest}`),
    );
    const chunks = new InventoryTeller().tellAll(entries);
    expect(chunks.flatMap((chunk) => chunk.entries)).toEqual(entries);
    expect(chunks.map((chunk) => chunk.sequence)).toEqual([...chunks.keys()]);
    expect(chunks.map((chunk) => chunk.last).lastIndexOf(false)).toBe(chunks.length - 2);
    expect(Math.max(...chunks.map(sizeBytes))).toBeLessThanOrEqual(bounds.maxAgentMessageBytes);
  });

  test('numbers deltas after the chunks', () => {
    const teller = new InventoryTeller();
    teller.tellAll([entry('a.example/a:1')]);
    const [delta] = teller.tellChanges([entry('a.example/b:1')], listed);
    expect(delta).toEqual({
      kind: 'inventoryDelta',
      sequence: 1,
      added: [entry('a.example/b:1')],
      removed: [],
    });
  });

  test('does not repeat an observation that is merely newer', () => {
    const teller = new InventoryTeller();
    teller.tellAll([entry('a.example/a:1')]);
    const newer = entry('a.example/a:1', { observedAtMs: startWallMs + 600_000 });
    expect(teller.tellChanges([newer], listed)).toEqual([]);
  });

  test('tells the date of the last sight when the list shows the entry no more', () => {
    const teller = new InventoryTeller();
    teller.tellAll([entry('a.example/a:1')]);
    const last = entry('a.example/a:1', { observedAtMs: startWallMs + 600_000 });
    expect(teller.tellChanges([last], () => false)).toMatchObject([{ added: [last] }]);
    expect(teller.tellChanges([last], () => false)).toEqual([]);
  });

  test.for([
    ['digest', { digest: otherDigest }],
    ['provenance', { provenance: 'pullPod' }],
  ] as const)('tells another %s', ([, part]) => {
    const teller = new InventoryTeller();
    teller.tellAll([entry('a.example/a:1')]);
    expect(teller.tellChanges([entry('a.example/a:1', part)], listed)).toHaveLength(1);
  });

  test('a coordinator that applies the deltas holds the inventory, whatever happens', () => {
    const names = fc.uniqueArray(fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 10 }), (steps) => {
        const teller = new InventoryTeller();
        const held = new Map<string, InventoryEntry>();
        let next = teller.tellAll([]).length;
        for (const step of steps) {
          const entries = step.map((number) => entry(`a.example/i${number}:1`));
          for (const delta of teller.tellChanges(entries, listed)) {
            expect(delta.sequence).toBe(next++);
            apply(held, delta);
          }
          expect([...held.keys()].sort()).toEqual(entries.map((one) => one.reference).sort());
        }
      }),
    );
  });
});

function apply(held: Map<string, InventoryEntry>, delta: InventoryDelta): void {
  for (const one of delta.added) held.set(one.reference, one);
  for (const reference of delta.removed) held.delete(reference);
}
