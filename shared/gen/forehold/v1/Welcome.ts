// Original file: proto/forehold/v1/session.proto

import type { DurationInput as _google_protobuf_DurationInput, Duration as _google_protobuf_Duration } from '../../google/protobuf/Duration.ts';
import type { InventoryEntryInput as _forehold_v1_InventoryEntryInput, InventoryEntry as _forehold_v1_InventoryEntry } from '../../forehold/v1/InventoryEntry.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Answer to Hello.
 */
export interface WelcomeInput {
  'sessionId'?: (string);
  'epoch'?: (number | string | Long);
  /**
   * False when the coordinator holds this node's inventory with the Hello's hash.
   */
  'inventoryWanted'?: (boolean);
  'heartbeatInterval'?: (_google_protobuf_DurationInput | null);
  /**
   * Span of an offer, from the sending of the heartbeat that it echoes.
   */
  'offerTtl'?: (_google_protobuf_DurationInput | null);
  /**
   * Images that pull pods of this node uid brought and that its node status may not show yet.
   */
  'acknowledged'?: (_forehold_v1_InventoryEntryInput)[];
}

/**
 * Answer to Hello.
 */
export interface Welcome {
  'sessionId': (string);
  'epoch': (number);
  /**
   * False when the coordinator holds this node's inventory with the Hello's hash.
   */
  'inventoryWanted': (boolean);
  'heartbeatInterval': (_google_protobuf_Duration | null);
  /**
   * Span of an offer, from the sending of the heartbeat that it echoes.
   */
  'offerTtl': (_google_protobuf_Duration | null);
  /**
   * Images that pull pods of this node uid brought and that its node status may not show yet.
   */
  'acknowledged': (_forehold_v1_InventoryEntry)[];
}
