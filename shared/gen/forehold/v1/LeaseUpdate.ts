// Original file: proto/forehold/v1/session.proto

import type { LeaseUpdateStateInput as _forehold_v1_LeaseUpdateStateInput, LeaseUpdateState as _forehold_v1_LeaseUpdateState } from '../../forehold/v1/LeaseUpdateState.ts';
import type { OutcomeInput as _forehold_v1_OutcomeInput, Outcome as _forehold_v1_Outcome } from '../../forehold/v1/Outcome.ts';
import type { ReasonInput as _forehold_v1_ReasonInput, Reason as _forehold_v1_Reason } from '../../forehold/v1/Reason.ts';

/**
 * What the agent learned about a lease. Only the coordinator's own watch of pull pods begins and ends a hold;
 * this adds reason, message and digest.
 */
export interface LeaseUpdateInput {
  'leaseId'?: (string);
  /**
   * Empty when no pod was created.
   */
  'podUid'?: (string);
  'state'?: (_forehold_v1_LeaseUpdateStateInput);
  /**
   * Set in Ended and Declined.
   */
  'outcome'?: (_forehold_v1_OutcomeInput);
  'reason'?: (_forehold_v1_ReasonInput);
  /**
   * At most 1,024 bytes: the kubelet's or the API server's own words.
   */
  'message'?: (string);
  /**
   * Digest of the pulled image when known.
   */
  'digest'?: (string);
  /**
   * The image in the pod as the API server admitted it; differs from the offer's when a webhook rewrote it.
   */
  'admittedImage'?: (string);
  /**
   * With state Accepted: the pod is gone and the pull goes on (see UnseenPull); Ended follows when that is over. A
   * coordinator that never saw the pod, and did not find the pull in the Hello, ends the stream to be greeted anew.
   */
  'unseen'?: (boolean);
}

/**
 * What the agent learned about a lease. Only the coordinator's own watch of pull pods begins and ends a hold;
 * this adds reason, message and digest.
 */
export interface LeaseUpdate {
  'leaseId': (string);
  /**
   * Empty when no pod was created.
   */
  'podUid': (string);
  'state': (_forehold_v1_LeaseUpdateState);
  /**
   * Set in Ended and Declined.
   */
  'outcome': (_forehold_v1_Outcome);
  'reason': (_forehold_v1_Reason);
  /**
   * At most 1,024 bytes: the kubelet's or the API server's own words.
   */
  'message': (string);
  /**
   * Digest of the pulled image when known.
   */
  'digest': (string);
  /**
   * The image in the pod as the API server admitted it; differs from the offer's when a webhook rewrote it.
   */
  'admittedImage': (string);
  /**
   * With state Accepted: the pod is gone and the pull goes on (see UnseenPull); Ended follows when that is over. A
   * coordinator that never saw the pod, and did not find the pull in the Hello, ends the stream to be greeted anew.
   */
  'unseen': (boolean);
}
