// Original file: proto/forehold/v1/session.proto

import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';
import type { ImagePullPolicyInput as _forehold_v1_ImagePullPolicyInput, ImagePullPolicy as _forehold_v1_ImagePullPolicy } from '../../forehold/v1/ImagePullPolicy.ts';
import type { TolerationInput as _forehold_v1_TolerationInput, Toleration as _forehold_v1_Toleration } from '../../forehold/v1/Toleration.ts';
import type { DurationInput as _google_protobuf_DurationInput, Duration as _google_protobuf_Duration } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Permission to create exactly one pull pod.
 */
export interface OfferInput {
  'leaseId'?: (string);
  'epoch'?: (number | string | Long);
  /**
   * The heartbeat that anchors the offer. The agent creates the pod before sending time + offer_ttl, by its
   * monotonic clock, or declines.
   */
  'heartbeatSequence'?: (number | string | Long);
  /**
   * The same fence in the coordinator's wall clock, for the pod's annotation; enforced by admission.
   */
  'notAfter'?: (_google_protobuf_TimestampInput | null);
  /**
   * Pair key: node uid, normalised reference and credential set, as the pod's annotation carries it.
   */
  'pair'?: (string);
  /**
   * `pull-`, the node's uid and a hash of the pair.
   */
  'podName'?: (string);
  /**
   * The image to put into the pod: normalised reference.
   */
  'image'?: (string);
  'imagePullPolicy'?: (_forehold_v1_ImagePullPolicyInput);
  'pullSecrets'?: (string)[];
  'tolerations'?: (_forehold_v1_TolerationInput)[];
  /**
   * Names of the limits that count this lease, for the pod's annotation.
   */
  'limits'?: (string)[];
  /**
   * Pulling longer than this deletes the pod gracefully.
   */
  'pullTimeout'?: (_google_protobuf_DurationInput | null);
}

/**
 * Permission to create exactly one pull pod.
 */
export interface Offer {
  'leaseId': (string);
  'epoch': (number);
  /**
   * The heartbeat that anchors the offer. The agent creates the pod before sending time + offer_ttl, by its
   * monotonic clock, or declines.
   */
  'heartbeatSequence': (number);
  /**
   * The same fence in the coordinator's wall clock, for the pod's annotation; enforced by admission.
   */
  'notAfter': (_google_protobuf_Timestamp | null);
  /**
   * Pair key: node uid, normalised reference and credential set, as the pod's annotation carries it.
   */
  'pair': (string);
  /**
   * `pull-`, the node's uid and a hash of the pair.
   */
  'podName': (string);
  /**
   * The image to put into the pod: normalised reference.
   */
  'image': (string);
  'imagePullPolicy': (_forehold_v1_ImagePullPolicy);
  'pullSecrets': (string)[];
  'tolerations': (_forehold_v1_Toleration)[];
  /**
   * Names of the limits that count this lease, for the pod's annotation.
   */
  'limits': (string)[];
  /**
   * Pulling longer than this deletes the pod gracefully.
   */
  'pullTimeout': (_google_protobuf_Duration | null);
}
