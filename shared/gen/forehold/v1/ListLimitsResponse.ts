// Original file: proto/forehold/v1/inspector.proto

import type { LimitScopeUseInput as _forehold_v1_LimitScopeUseInput, LimitScopeUse as _forehold_v1_LimitScopeUse } from '../../forehold/v1/LimitScopeUse.ts';
import type { PauseInput as _forehold_v1_PauseInput, Pause as _forehold_v1_Pause } from '../../forehold/v1/Pause.ts';

export interface ListLimitsResponseInput {
  'limits'?: (_forehold_v1_LimitScopeUseInput)[];
  'nextPageToken'?: (string);
  /**
   * Sorted by scope and name; at most 100.
   */
  'pauses'?: (_forehold_v1_PauseInput)[];
}

export interface ListLimitsResponse {
  'limits': (_forehold_v1_LimitScopeUse)[];
  'nextPageToken': (string);
  /**
   * Sorted by scope and name; at most 100.
   */
  'pauses': (_forehold_v1_Pause)[];
}
