// Original file: proto/forehold/v1/session.proto

import type { ReasonInput as _forehold_v1_ReasonInput, Reason as _forehold_v1_Reason } from '../../forehold/v1/Reason.ts';

/**
 * Nobody wants the pull any more, somebody took it back, or it is overdue: delete its pod gracefully. It ends when the kubelet is done.
 */
export interface RevokeInput {
  'leaseId'?: (string);
  'podUid'?: (string);
  'reason'?: (_forehold_v1_ReasonInput);
}

/**
 * Nobody wants the pull any more, somebody took it back, or it is overdue: delete its pod gracefully. It ends when the kubelet is done.
 */
export interface Revoke {
  'leaseId': (string);
  'podUid': (string);
  'reason': (_forehold_v1_Reason);
}
