// How the inventory travels: whole, in chunks, or as what changed since the coordinator was last told. An observation
// that is merely repeated is not sent again: a coordinator that holds a session knows that its agent would have said
// so, and re-sending 150 entries of 5,000 nodes for a newer date would be most of the traffic. The date does travel
// when it stops advancing, because from then on it is the entry's age.

import {
  bounds,
  type InventoryChunk,
  type InventoryDelta,
  type InventoryEntry,
} from '../../shared/protocol.ts';

// Estimates stay below the bound with room for the envelope: names and digests are ASCII, one byte a character.
const maxBodyBytes = bounds.maxAgentMessageBytes - 4 * 1024;
const entryOverheadBytes = 48;

export class InventoryTeller {
  #sequence = 0;
  #told = new Map<string, InventoryEntry>();

  /** The coordinator holds exactly these entries already; the first delta has sequence 0. */
  assume(entries: readonly InventoryEntry[]): void {
    this.#sequence = 0;
    this.#told = new Map(entries.map((entry) => [entry.reference, entry]));
  }

  /** The complete inventory, from sequence 0. */
  tellAll(entries: readonly InventoryEntry[]): readonly InventoryChunk[] {
    this.assume(entries);
    const groups = group(entries, entryBytes);
    if (groups.length === 0) groups.push([]);
    return groups.map((part, index) => ({
      kind: 'inventoryChunk',
      sequence: this.#sequence++,
      last: index === groups.length - 1,
      entries: part,
    }));
  }

  /**
   * What differs from what was told.
   * @param isListed false when the observation of an entry has ended and its date stands still
   */
  tellChanges(
    entries: readonly InventoryEntry[],
    isListed: (reference: string) => boolean,
  ): readonly InventoryDelta[] {
    const added = entries.filter((entry) => this.#isNews(entry, isListed));
    const present = new Set(entries.map((entry) => entry.reference));
    const removed = [...this.#told.keys()].filter((reference) => !present.has(reference));
    for (const entry of added) this.#told.set(entry.reference, entry);
    for (const reference of removed) this.#told.delete(reference);
    return [
      ...group(added, entryBytes).map((part) => this.#delta(part, [])),
      ...group(removed, (reference) => reference.length + entryOverheadBytes).map((part) =>
        this.#delta([], part),
      ),
    ];
  }

  #isNews(entry: InventoryEntry, isListed: (reference: string) => boolean): boolean {
    const told = this.#told.get(entry.reference);
    if (told === undefined || told.digest !== entry.digest) return true;
    if (told.provenance !== entry.provenance) return true;
    return told.observedAtMs !== entry.observedAtMs && !isListed(entry.reference);
  }

  #delta(added: readonly InventoryEntry[], removed: readonly string[]): InventoryDelta {
    return { kind: 'inventoryDelta', sequence: this.#sequence++, added, removed };
  }
}

function entryBytes({ reference, digest = '' }: InventoryEntry): number {
  return reference.length + digest.length + entryOverheadBytes;
}

/** Consecutive groups, each at most one message's body. */
function group<T>(items: readonly T[], sizeOf: (item: T) => number): T[][] {
  const groups: T[][] = [];
  let sizeBytes = maxBodyBytes;
  for (const item of items) {
    sizeBytes += sizeOf(item);
    if (sizeBytes > maxBodyBytes) {
      groups.push([]);
      sizeBytes = sizeOf(item);
    }
    groups.at(-1)?.push(item);
  }
  return groups;
}
