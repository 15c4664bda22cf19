// Original file: proto/forehold/v1/session.proto

import type { HelloInput as _forehold_v1_HelloInput, Hello as _forehold_v1_Hello } from '../../forehold/v1/Hello.ts';
import type { InventoryChunkInput as _forehold_v1_InventoryChunkInput, InventoryChunk as _forehold_v1_InventoryChunk } from '../../forehold/v1/InventoryChunk.ts';
import type { InventoryDeltaInput as _forehold_v1_InventoryDeltaInput, InventoryDelta as _forehold_v1_InventoryDelta } from '../../forehold/v1/InventoryDelta.ts';
import type { HeartbeatInput as _forehold_v1_HeartbeatInput, Heartbeat as _forehold_v1_Heartbeat } from '../../forehold/v1/Heartbeat.ts';
import type { LeaseUpdateInput as _forehold_v1_LeaseUpdateInput, LeaseUpdate as _forehold_v1_LeaseUpdate } from '../../forehold/v1/LeaseUpdate.ts';

/**
 * At most 64 KiB serialised, else RESOURCE_EXHAUSTED.
 */
export interface AgentMessageInput {
  /**
   * Empty in Hello; afterwards the session id of Welcome. A message with another id ends the stream.
   */
  'sessionId'?: (string);
  'hello'?: (_forehold_v1_HelloInput | null);
  'inventoryChunk'?: (_forehold_v1_InventoryChunkInput | null);
  'inventoryDelta'?: (_forehold_v1_InventoryDeltaInput | null);
  'heartbeat'?: (_forehold_v1_HeartbeatInput | null);
  'leaseUpdate'?: (_forehold_v1_LeaseUpdateInput | null);
  'body'?: "hello"|"inventoryChunk"|"inventoryDelta"|"heartbeat"|"leaseUpdate";
}

/**
 * At most 64 KiB serialised, else RESOURCE_EXHAUSTED.
 */
export interface AgentMessage {
  /**
   * Empty in Hello; afterwards the session id of Welcome. A message with another id ends the stream.
   */
  'sessionId': (string);
  'hello'?: (_forehold_v1_Hello | null);
  'inventoryChunk'?: (_forehold_v1_InventoryChunk | null);
  'inventoryDelta'?: (_forehold_v1_InventoryDelta | null);
  'heartbeat'?: (_forehold_v1_Heartbeat | null);
  'leaseUpdate'?: (_forehold_v1_LeaseUpdate | null);
  'body'?: "hello"|"inventoryChunk"|"inventoryDelta"|"heartbeat"|"leaseUpdate";
}
