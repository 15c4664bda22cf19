// Original file: proto/forehold/v1/inspector.proto

import type { PlatformInput as _forehold_v1_PlatformInput, Platform as _forehold_v1_Platform } from '../../forehold/v1/Platform.ts';
import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';

export interface NodeInput {
  'name'?: (string);
  'uid'?: (string);
  'platform'?: (_forehold_v1_PlatformInput | null);
  /**
   * Condition Ready of the node object.
   */
  'ready'?: (boolean);
  /**
   * Nothing new is pulled on a cordoned node.
   */
  'cordoned'?: (boolean);
  /**
   * An agent's session is open and its inventory complete.
   */
  'connected'?: (boolean);
  /**
   * Empty when not connected.
   */
  'sessionId'?: (string);
  'lastHeartbeatAt'?: (_google_protobuf_TimestampInput | null);
  /**
   * Names in the node's inventory.
   */
  'inventoryEntries'?: (number);
  /**
   * Desired images of which this node is a target node, and how many of them it has.
   */
  'imagesDesired'?: (number);
  'imagesCached'?: (number);
  'liveLeases'?: (number);
  /**
   * All desired images are on the node.
   */
  'warm'?: (boolean);
  'kubeletVersion'?: (string);
  'containerRuntimeVersion'?: (string);
}

export interface Node {
  'name': (string);
  'uid': (string);
  'platform': (_forehold_v1_Platform | null);
  /**
   * Condition Ready of the node object.
   */
  'ready': (boolean);
  /**
   * Nothing new is pulled on a cordoned node.
   */
  'cordoned': (boolean);
  /**
   * An agent's session is open and its inventory complete.
   */
  'connected': (boolean);
  /**
   * Empty when not connected.
   */
  'sessionId': (string);
  'lastHeartbeatAt': (_google_protobuf_Timestamp | null);
  /**
   * Names in the node's inventory.
   */
  'inventoryEntries': (number);
  /**
   * Desired images of which this node is a target node, and how many of them it has.
   */
  'imagesDesired': (number);
  'imagesCached': (number);
  'liveLeases': (number);
  /**
   * All desired images are on the node.
   */
  'warm': (boolean);
  'kubeletVersion': (string);
  'containerRuntimeVersion': (string);
}
