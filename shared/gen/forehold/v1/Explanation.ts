// Original file: proto/forehold/v1/inspector.proto

import type { ReasonInput as _forehold_v1_ReasonInput, Reason as _forehold_v1_Reason } from '../../forehold/v1/Reason.ts';
import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';
import type { LimitScopeUseInput as _forehold_v1_LimitScopeUseInput, LimitScopeUse as _forehold_v1_LimitScopeUse } from '../../forehold/v1/LimitScopeUse.ts';
import type { HolderInput as _forehold_v1_HolderInput, Holder as _forehold_v1_Holder } from '../../forehold/v1/Holder.ts';

/**
 * Where one image stands on one node, and why.
 */
export interface ExplanationInput {
  'image'?: (string);
  'pullSecrets'?: (string)[];
  'nodeName'?: (string);
  'nodeUid'?: (string);
  'reason'?: (_forehold_v1_ReasonInput);
  /**
   * What that is here, in one sentence without full stop, at most 1,024 bytes. It may quote the kubelet.
   */
  'message'?: (string);
  /**
   * Since when, as far as this coordinator knows; unset when it does not.
   */
  'since'?: (_google_protobuf_TimestampInput | null);
  /**
   * What happens next, and what a person can do, in one sentence without full stop.
   */
  'nextAction'?: (string);
  /**
   * When that happens; unset when it waits for something else than time.
   */
  'nextAt'?: (_google_protobuf_TimestampInput | null);
  /**
   * The limit that binds and its use; unset when none does.
   */
  'limit'?: (_forehold_v1_LimitScopeUseInput | null);
  /**
   * Live leases that hold the limit's slots, oldest first, at most 20 of limit.in_use; or the pair's own lease.
   */
  'holders'?: (_forehold_v1_HolderInput)[];
  /**
   * Failed attempts in a row.
   */
  'attempts'?: (number);
  /**
   * How the last one failed; unspecified when attempts is 0.
   */
  'lastFailure'?: (_forehold_v1_ReasonInput);
}

/**
 * Where one image stands on one node, and why.
 */
export interface Explanation {
  'image': (string);
  'pullSecrets': (string)[];
  'nodeName': (string);
  'nodeUid': (string);
  'reason': (_forehold_v1_Reason);
  /**
   * What that is here, in one sentence without full stop, at most 1,024 bytes. It may quote the kubelet.
   */
  'message': (string);
  /**
   * Since when, as far as this coordinator knows; unset when it does not.
   */
  'since': (_google_protobuf_Timestamp | null);
  /**
   * What happens next, and what a person can do, in one sentence without full stop.
   */
  'nextAction': (string);
  /**
   * When that happens; unset when it waits for something else than time.
   */
  'nextAt': (_google_protobuf_Timestamp | null);
  /**
   * The limit that binds and its use; unset when none does.
   */
  'limit': (_forehold_v1_LimitScopeUse | null);
  /**
   * Live leases that hold the limit's slots, oldest first, at most 20 of limit.in_use; or the pair's own lease.
   */
  'holders': (_forehold_v1_Holder)[];
  /**
   * Failed attempts in a row.
   */
  'attempts': (number);
  /**
   * How the last one failed; unspecified when attempts is 0.
   */
  'lastFailure': (_forehold_v1_Reason);
}
