// Original file: proto/forehold/v1/types.proto

/**
 * How a pull ended.
 */
export const Outcome = {
  OUTCOME_UNSPECIFIED: 'OUTCOME_UNSPECIFIED',
  /**
   * The image is on the node.
   */
  OUTCOME_SUCCEEDED: 'OUTCOME_SUCCEEDED',
  OUTCOME_FAILED: 'OUTCOME_FAILED',
  /**
   * Given up because nobody wants it any more, or because somebody took its lease back.
   */
  OUTCOME_CANCELLED: 'OUTCOME_CANCELLED',
  /**
   * The pod vanished without a word.
   */
  OUTCOME_UNKNOWN: 'OUTCOME_UNKNOWN',
} as const;

/**
 * How a pull ended.
 */
export type OutcomeInput =
  | 'OUTCOME_UNSPECIFIED'
  | 0
  /**
   * The image is on the node.
   */
  | 'OUTCOME_SUCCEEDED'
  | 1
  | 'OUTCOME_FAILED'
  | 2
  /**
   * Given up because nobody wants it any more, or because somebody took its lease back.
   */
  | 'OUTCOME_CANCELLED'
  | 3
  /**
   * The pod vanished without a word.
   */
  | 'OUTCOME_UNKNOWN'
  | 4

/**
 * How a pull ended.
 */
export type Outcome = typeof Outcome[keyof typeof Outcome]
