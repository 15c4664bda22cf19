// Original file: proto/forehold/v1/inspector.proto

import type { ReasonInput as _forehold_v1_ReasonInput, Reason as _forehold_v1_Reason } from '../../forehold/v1/Reason.ts';

export interface ReasonCountInput {
  'reason'?: (_forehold_v1_ReasonInput);
  'nodes'?: (number);
}

export interface ReasonCount {
  'reason': (_forehold_v1_Reason);
  'nodes': (number);
}
