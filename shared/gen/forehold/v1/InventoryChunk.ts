// Original file: proto/forehold/v1/session.proto

import type { InventoryEntryInput as _forehold_v1_InventoryEntryInput, InventoryEntry as _forehold_v1_InventoryEntry } from '../../forehold/v1/InventoryEntry.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Part of a complete inventory. Sequences begin at 0 for every complete inventory and rise by one, chunk after
 * chunk and then delta after delta; a gap is answered by Resync. At most 64 KiB.
 */
export interface InventoryChunkInput {
  'sequence'?: (number | string | Long);
  /**
   * True in the last chunk: the inventory is complete. An empty inventory is one empty last chunk.
   */
  'last'?: (boolean);
  'entries'?: (_forehold_v1_InventoryEntryInput)[];
}

/**
 * Part of a complete inventory. Sequences begin at 0 for every complete inventory and rise by one, chunk after
 * chunk and then delta after delta; a gap is answered by Resync. At most 64 KiB.
 */
export interface InventoryChunk {
  'sequence': (number);
  /**
   * True in the last chunk: the inventory is complete. An empty inventory is one empty last chunk.
   */
  'last': (boolean);
  'entries': (_forehold_v1_InventoryEntry)[];
}
