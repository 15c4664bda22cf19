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
  /**
   * A token that the kubelet has put in the place of the one that the session last had; empty when there is none. At
   * most 8 KiB. It must be of the same agent: same node, same pod; the session then lasts until this token's end.
   * Otherwise the stream ends as it would with a first token of that kind.
   */
  'token'?: (string);
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
  /**
   * A token that the kubelet has put in the place of the one that the session last had; empty when there is none. At
   * most 8 KiB. It must be of the same agent: same node, same pod; the session then lasts until this token's end.
   * Otherwise the stream ends as it would with a first token of that kind.
   */
  'token': (string);
}
