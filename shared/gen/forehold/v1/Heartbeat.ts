// Original file: proto/forehold/v1/session.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Tells that the agent lives, and anchors offers: an offer that echoes this sequence is valid from the moment this
 * heartbeat was sent, so that delay anywhere can only shorten it.
 */
export interface HeartbeatInput {
  /**
   * Rises by one, from 1.
   */
  'sequence'?: (number | string | Long);
}

/**
 * Tells that the agent lives, and anchors offers: an offer that echoes this sequence is valid from the moment this
 * heartbeat was sent, so that delay anywhere can only shorten it.
 */
export interface Heartbeat {
  /**
   * Rises by one, from 1.
   */
  'sequence': (number);
}
