// Parts that several messages have in common, and the checks of shape.

import type {
  InventoryEntryInput,
  InventoryEntry as WireEntry,
} from './gen/forehold/v1/InventoryEntry.ts';
import type { InventoryEntry } from './protocol.ts';
import { fromProvenance, toProvenance } from './wire-enums.ts';
import { fromTimestamp, toTimestamp } from './wire-time.ts';

/** A message whose shape is wrong; the text names the field. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export function toEntry(entry: InventoryEntry): InventoryEntryInput {
  return {
    reference: entry.reference,
    digest: entry.digest ?? '',
    sizeBytes: entry.sizeBytes,
    provenance: toProvenance(entry.provenance),
    observedAt: toTimestamp(entry.observedAtMs),
  };
}

export function fromEntry(wire: WireEntry): InventoryEntry {
  return {
    reference: wire.reference,
    digest: emptyIsUndefined(wire.digest),
    sizeBytes: requireCount('inventory_entry.size_bytes', wire.sizeBytes),
    provenance: requireSet('inventory_entry.provenance', fromProvenance(wire.provenance)),
    observedAtMs: requireSet('inventory_entry.observed_at', fromTimestamp(wire.observedAt)),
  };
}

export function emptyIsUndefined(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/**
 * @throws WireError
 */
export function requireSet<T>(field: string, value: T | undefined): T {
  if (value === undefined) throw new WireError(`${field} is not set or unknown`);
  return value;
}

/**
 * @throws WireError
 */
export function requireCount(field: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new WireError(`${field} is not a whole number that can be counted with`);
  return value;
}
