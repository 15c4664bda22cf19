// Original file: proto/forehold/v1/session.proto

import type { PlatformInput as _forehold_v1_PlatformInput, Platform as _forehold_v1_Platform } from '../../forehold/v1/Platform.ts';
import type { UnseenPullInput as _forehold_v1_UnseenPullInput, UnseenPull as _forehold_v1_UnseenPull } from '../../forehold/v1/UnseenPull.ts';

/**
 * First message of a stream, and only the first. Sent when the agent knows its inventory completely.
 */
export interface HelloInput {
  /**
   * 1. Outside the coordinator's range the stream ends with UNAVAILABLE and `ProtocolUnsupported` in its message.
   */
  'protocolVersion'?: (number);
  'nodeName'?: (string);
  'nodeUid'?: (string);
  /**
   * Made anew at every start of the agent.
   */
  'agentInstance'?: (string);
  'platform'?: (_forehold_v1_PlatformInput | null);
  'kubeletVersion'?: (string);
  /**
   * As the node reports it, such as `containerd://2.4.2`.
   */
  'containerRuntimeVersion'?: (string);
  /**
   * Hash of the whole inventory (references and digests). The coordinator that still holds an inventory with this
   * hash for this node uid does not ask for it again.
   */
  'inventoryHash'?: (string);
  /**
   * Pulls of this node that go on although their pods are gone, at most 64. A coordinator that knows nothing of one
   * counts it from now on.
   */
  'unseenPulls'?: (_forehold_v1_UnseenPullInput)[];
}

/**
 * First message of a stream, and only the first. Sent when the agent knows its inventory completely.
 */
export interface Hello {
  /**
   * 1. Outside the coordinator's range the stream ends with UNAVAILABLE and `ProtocolUnsupported` in its message.
   */
  'protocolVersion': (number);
  'nodeName': (string);
  'nodeUid': (string);
  /**
   * Made anew at every start of the agent.
   */
  'agentInstance': (string);
  'platform': (_forehold_v1_Platform | null);
  'kubeletVersion': (string);
  /**
   * As the node reports it, such as `containerd://2.4.2`.
   */
  'containerRuntimeVersion': (string);
  /**
   * Hash of the whole inventory (references and digests). The coordinator that still holds an inventory with this
   * hash for this node uid does not ask for it again.
   */
  'inventoryHash': (string);
  /**
   * Pulls of this node that go on although their pods are gone, at most 64. A coordinator that knows nothing of one
   * counts it from now on.
   */
  'unseenPulls': (_forehold_v1_UnseenPull)[];
}
