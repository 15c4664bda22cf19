// Original file: proto/forehold/v1/session.proto

import type { Long } from '@grpc/proto-loader';

/**
 * As in a pod's spec.
 */
export interface TolerationInput {
  'key'?: (string);
  'operator'?: (string);
  'value'?: (string);
  'effect'?: (string);
  'tolerationSeconds'?: (number | string | Long);
  '_tolerationSeconds'?: "tolerationSeconds";
}

/**
 * As in a pod's spec.
 */
export interface Toleration {
  'key': (string);
  'operator': (string);
  'value': (string);
  'effect': (string);
  'tolerationSeconds'?: (number);
  '_tolerationSeconds'?: "tolerationSeconds";
}
