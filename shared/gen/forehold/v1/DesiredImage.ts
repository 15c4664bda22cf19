// Original file: proto/forehold/v1/inspector.proto

import type { DurationInput as _google_protobuf_DurationInput, Duration as _google_protobuf_Duration } from '../../google/protobuf/Duration.ts';

/**
 * An image that at least one CachedImage wants. Several CachedImages with the same reference and credential set
 * are one desired image.
 */
export interface DesiredImageInput {
  /**
   * Normalised image reference.
   */
  'image'?: (string);
  'pullSecrets'?: (string)[];
  'cachedImages'?: (string)[];
  /**
   * Lowest of its CachedImages' priorities; lower goes first.
   */
  'priority'?: (number);
  'nodesTargeted'?: (number);
  'nodesReady'?: (number);
  'nodesPulling'?: (number);
  /**
   * Target nodes whose last pull failed.
   */
  'nodesFailed'?: (number);
  /**
   * The limit that holds the next pull back, such as `cluster`, `image`, `node`; empty when none does.
   */
  'bindingLimit'?: (string);
  /**
   * Mean time from a pull pod's creation to its end, over the pulls seen by this coordinator; unset when none.
   */
  'meanPullTime'?: (_google_protobuf_DurationInput | null);
}

/**
 * An image that at least one CachedImage wants. Several CachedImages with the same reference and credential set
 * are one desired image.
 */
export interface DesiredImage {
  /**
   * Normalised image reference.
   */
  'image': (string);
  'pullSecrets': (string)[];
  'cachedImages': (string)[];
  /**
   * Lowest of its CachedImages' priorities; lower goes first.
   */
  'priority': (number);
  'nodesTargeted': (number);
  'nodesReady': (number);
  'nodesPulling': (number);
  /**
   * Target nodes whose last pull failed.
   */
  'nodesFailed': (number);
  /**
   * The limit that holds the next pull back, such as `cluster`, `image`, `node`; empty when none does.
   */
  'bindingLimit': (string);
  /**
   * Mean time from a pull pod's creation to its end, over the pulls seen by this coordinator; unset when none.
   */
  'meanPullTime': (_google_protobuf_Duration | null);
}
