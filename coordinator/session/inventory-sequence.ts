// Puts a node's inventory together: chunks into a complete one, then deltas upon it. Demand is computed from complete
// inventories only, so a gap does not guess, it asks again. What was under way when Resync was sent still arrives; it
// is dropped until the new inventory begins with sequence 0.

import {
  bounds,
  type InventoryChunk,
  type InventoryDelta,
  type InventoryEntry,
} from '../../shared/protocol.ts';

export type InventoryStep =
  | { readonly kind: 'complete'; readonly entries: readonly InventoryEntry[] }
  | { readonly kind: 'changed' }
  /** A part of something, or a left-over to drop. */
  | { readonly kind: 'noted' }
  | { readonly kind: 'gap' }
  | { readonly kind: 'tooMany' }
  /** Nothing that belongs here; the sentence says why. */
  | { readonly kind: 'misplaced'; readonly why: string };

// A sound agent needs one; an agent that cannot count would go on for ever.
const maxGapsInARow = 5;

type Expectation = 'nothing' | 'firstChunk' | 'firstChunkAgain' | 'nextChunk' | 'delta';

/** One stream's inventory. */
export class InventorySequence {
  #expected: Expectation = 'nothing';
  #nextSequence = 0;
  #entries: InventoryEntry[] = [];
  // Upper estimate: a changed entry is counted as a new one. When it passes the bound the truth is asked for.
  #size = 0;
  #gapsInARow = 0;

  /** Welcome was sent, and did or did not ask for the inventory. */
  welcomed(inventoryWanted: boolean): void {
    this.#nextSequence = 0;
    this.#expected = inventoryWanted ? 'firstChunk' : 'delta';
  }

  /** Resync was sent. */
  resynced(): void {
    this.#expected = 'firstChunkAgain';
    this.#nextSequence = 0;
    this.#entries = [];
  }

  takeChunk(chunk: InventoryChunk): InventoryStep {
    if (this.#expected === 'nothing') return misplaced('an InventoryChunk came before Welcome');
    if (this.#expected === 'delta')
      return misplaced('an InventoryChunk came, but the inventory was not asked for');
    if (this.#expected === 'firstChunkAgain' && chunk.sequence !== 0) return { kind: 'noted' };
    if (chunk.sequence !== this.#nextSequence) return this.#gap();
    this.#nextSequence += 1;
    this.#expected = 'nextChunk';
    if (this.#entries.length + chunk.entries.length > bounds.maxInventoryEntries)
      return { kind: 'tooMany' };
    for (const entry of chunk.entries) this.#entries.push(entry);
    return chunk.last ? this.#complete() : { kind: 'noted' };
  }

  takeDelta(delta: InventoryDelta): InventoryStep {
    if (this.#expected === 'firstChunkAgain') return { kind: 'noted' };
    if (this.#expected !== 'delta')
      return misplaced('an InventoryDelta came before the complete inventory');
    if (delta.sequence !== this.#nextSequence) return this.#gap();
    this.#nextSequence += 1;
    this.#size += delta.added.length - delta.removed.length;
    if (this.#size > bounds.maxInventoryEntries) return this.#gap();
    return { kind: 'changed' };
  }

  #complete(): InventoryStep {
    const entries = this.#entries;
    this.#entries = [];
    this.#size = entries.length;
    this.#gapsInARow = 0;
    this.#expected = 'delta';
    return { kind: 'complete', entries };
  }

  #gap(): InventoryStep {
    this.#gapsInARow += 1;
    return this.#gapsInARow > maxGapsInARow
      ? misplaced(`the inventory had ${this.#gapsInARow} gaps in a row`)
      : { kind: 'gap' };
  }
}

function misplaced(why: string): InventoryStep {
  return { kind: 'misplaced', why };
}
