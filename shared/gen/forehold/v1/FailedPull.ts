// Original file: proto/forehold/v1/session.proto

import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';
import type { ReasonInput as _forehold_v1_ReasonInput, Reason as _forehold_v1_Reason } from '../../forehold/v1/Reason.ts';

/**
 * What an agent remembers of an image that could not be pulled.
 */
export interface FailedPullInput {
  /**
   * Normalised image reference.
   */
  'image'?: (string);
  'pullSecrets'?: (string)[];
  /**
   * In a row, at least 1.
   */
  'failures'?: (number);
  /**
   * When the last one ended, by the node's clock.
   */
  'failedAt'?: (_google_protobuf_TimestampInput | null);
  'reason'?: (_forehold_v1_ReasonInput);
}

/**
 * What an agent remembers of an image that could not be pulled.
 */
export interface FailedPull {
  /**
   * Normalised image reference.
   */
  'image': (string);
  'pullSecrets': (string)[];
  /**
   * In a row, at least 1.
   */
  'failures': (number);
  /**
   * When the last one ended, by the node's clock.
   */
  'failedAt': (_google_protobuf_Timestamp | null);
  'reason': (_forehold_v1_Reason);
}
