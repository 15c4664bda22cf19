// Original file: proto/forehold/v1/session.proto

import type { PlatformInput as _forehold_v1_PlatformInput, Platform as _forehold_v1_Platform } from '../../forehold/v1/Platform.ts';
import type { UnseenPullInput as _forehold_v1_UnseenPullInput, UnseenPull as _forehold_v1_UnseenPull } from '../../forehold/v1/UnseenPull.ts';
import type { FailedPullInput as _forehold_v1_FailedPullInput, FailedPull as _forehold_v1_FailedPull } from '../../forehold/v1/FailedPull.ts';
import type { Long } from '@grpc/proto-loader';

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
   * Pulls of this node that go on although their pods are gone, at most 16. A coordinator that knows nothing of one
   * counts it from now on.
   */
  'unseenPulls'?: (_forehold_v1_UnseenPullInput)[];
  /**
   * The newest epoch that this agent has met and not forgotten (it forgets ten minutes after that coordinator fell
   * silent); 0 when it has met none. A coordinator of a lower epoch, which comes after the loss of the coordination
   * Lease, begins a new reign above what a fifth of the nodes claim, at most 1,000,000 higher than its own and at most
   * once in ten minutes; until then these agents decline its offers.
   */
  'newestEpoch'?: (number | string | Long);
  /**
   * Pulls of this node that failed in the last hour and have not succeeded since, at most 48: a coordinator that knows
   * nothing of one goes on with its backoff.
   */
  'failedPulls'?: (_forehold_v1_FailedPullInput)[];
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
   * Pulls of this node that go on although their pods are gone, at most 16. A coordinator that knows nothing of one
   * counts it from now on.
   */
  'unseenPulls': (_forehold_v1_UnseenPull)[];
  /**
   * The newest epoch that this agent has met and not forgotten (it forgets ten minutes after that coordinator fell
   * silent); 0 when it has met none. A coordinator of a lower epoch, which comes after the loss of the coordination
   * Lease, begins a new reign above what a fifth of the nodes claim, at most 1,000,000 higher than its own and at most
   * once in ten minutes; until then these agents decline its offers.
   */
  'newestEpoch': (number);
  /**
   * Pulls of this node that failed in the last hour and have not succeeded since, at most 48: a coordinator that knows
   * nothing of one goes on with its backoff.
   */
  'failedPulls': (_forehold_v1_FailedPull)[];
}
