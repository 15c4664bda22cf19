// A fingerprint of a whole inventory, the same on both sides, so that a reconnecting agent need not tell again what the
// coordinator still knows. Times and provenance are left out: they say how one knows, not what is there.

import { createHash } from 'node:crypto';
import type { InventoryEntry } from './protocol.ts';

/** 128 bits in hexadecimal; independent of the order of entries. */
export function inventoryHash(entries: Iterable<InventoryEntry>): string {
  const lines = Array.from(entries, (entry) => `${entry.reference} ${entry.digest ?? ''}\n`).sort();
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line);
  return hash.digest('hex').slice(0, 32);
}
