// Original file: proto/forehold/v1/inspector.proto

import type { PauseScopeInput as _forehold_v1_PauseScopeInput, PauseScope as _forehold_v1_PauseScope } from '../../forehold/v1/PauseScope.ts';

export interface ResumeRequestInput {
  'scope'?: (_forehold_v1_PauseScopeInput);
  'name'?: (string);
}

export interface ResumeRequest {
  'scope': (_forehold_v1_PauseScope);
  'name': (string);
}
