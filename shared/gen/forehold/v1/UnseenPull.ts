// Original file: proto/forehold/v1/session.proto

import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';
import type { DurationInput as _google_protobuf_DurationInput, Duration as _google_protobuf_Duration } from '../../google/protobuf/Duration.ts';

/**
 * A pull whose pod was removed by force while the kubelet was pulling: by this agent, so that the drain of its node need
 * not wait, or by somebody else. It counts as a live lease until the node's status shows the image, its deadline has
 * passed, or the node is gone.
 */
export interface UnseenPullInput {
  'leaseId'?: (string);
  /**
   * As in the offer.
   */
  'pair'?: (string);
  'podName'?: (string);
  'podUid'?: (string);
  /**
   * The image of the pod as the API server admitted it.
   */
  'admittedImage'?: (string);
  /**
   * Names of the limits that count the lease.
   */
  'limits'?: (string)[];
  /**
   * When the pod was created, by the API server's clock.
   */
  'createdAt'?: (_google_protobuf_TimestampInput | null);
  /**
   * The pull's deadline is created_at and this.
   */
  'pullTimeout'?: (_google_protobuf_DurationInput | null);
}

/**
 * A pull whose pod was removed by force while the kubelet was pulling: by this agent, so that the drain of its node need
 * not wait, or by somebody else. It counts as a live lease until the node's status shows the image, its deadline has
 * passed, or the node is gone.
 */
export interface UnseenPull {
  'leaseId': (string);
  /**
   * As in the offer.
   */
  'pair': (string);
  'podName': (string);
  'podUid': (string);
  /**
   * The image of the pod as the API server admitted it.
   */
  'admittedImage': (string);
  /**
   * Names of the limits that count the lease.
   */
  'limits': (string)[];
  /**
   * When the pod was created, by the API server's clock.
   */
  'createdAt': (_google_protobuf_Timestamp | null);
  /**
   * The pull's deadline is created_at and this.
   */
  'pullTimeout': (_google_protobuf_Duration | null);
}
