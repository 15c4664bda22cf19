// Original file: proto/forehold/v1/session.proto

import type { InventoryEntryInput as _forehold_v1_InventoryEntryInput, InventoryEntry as _forehold_v1_InventoryEntry } from '../../forehold/v1/InventoryEntry.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What changed since the last chunk or delta. When Welcome did not want the inventory, the first delta has
 * sequence 0.
 */
export interface InventoryDeltaInput {
  'sequence'?: (number | string | Long);
  /**
   * New entries and entries whose digest, provenance or observation changed.
   */
  'added'?: (_forehold_v1_InventoryEntryInput)[];
  /**
   * References that the node no longer has, or of which nobody can say so any more.
   */
  'removed'?: (string)[];
}

/**
 * What changed since the last chunk or delta. When Welcome did not want the inventory, the first delta has
 * sequence 0.
 */
export interface InventoryDelta {
  'sequence': (number);
  /**
   * New entries and entries whose digest, provenance or observation changed.
   */
  'added': (_forehold_v1_InventoryEntry)[];
  /**
   * References that the node no longer has, or of which nobody can say so any more.
   */
  'removed': (string)[];
}
