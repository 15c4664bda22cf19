// Original file: proto/forehold/v1/inspector.proto

import type { ExplanationInput as _forehold_v1_ExplanationInput, Explanation as _forehold_v1_Explanation } from '../../forehold/v1/Explanation.ts';
import type { ReasonCountInput as _forehold_v1_ReasonCountInput, ReasonCount as _forehold_v1_ReasonCount } from '../../forehold/v1/ReasonCount.ts';

export interface ExplainResponseInput {
  /**
   * Normalised image reference.
   */
  'image'?: (string);
  /**
   * With a node: one for each credential set with which the image is desired. Without: at most 20 of those nodes that do
   * not have the image, failing ones first, then those that something other than a limit holds back.
   */
  'explanations'?: (_forehold_v1_ExplanationInput)[];
  /**
   * Only without a node: every node and credential set counts once. Most frequent first.
   */
  'counts'?: (_forehold_v1_ReasonCountInput)[];
}

export interface ExplainResponse {
  /**
   * Normalised image reference.
   */
  'image': (string);
  /**
   * With a node: one for each credential set with which the image is desired. Without: at most 20 of those nodes that do
   * not have the image, failing ones first, then those that something other than a limit holds back.
   */
  'explanations': (_forehold_v1_Explanation)[];
  /**
   * Only without a node: every node and credential set counts once. Most frequent first.
   */
  'counts': (_forehold_v1_ReasonCount)[];
}
