// Original file: proto/forehold/v1/inspector.proto

import type { PauseScopeInput as _forehold_v1_PauseScopeInput, PauseScope as _forehold_v1_PauseScope } from '../../forehold/v1/PauseScope.ts';

export interface PauseRequestInput {
  'scope'?: (_forehold_v1_PauseScopeInput);
  /**
   * Empty with PAUSE_SCOPE_ALL. Neither policy nor image has to exist (yet).
   */
  'name'?: (string);
  'why'?: (string);
  'by'?: (string);
}

export interface PauseRequest {
  'scope': (_forehold_v1_PauseScope);
  /**
   * Empty with PAUSE_SCOPE_ALL. Neither policy nor image has to exist (yet).
   */
  'name': (string);
  'why': (string);
  'by': (string);
}
