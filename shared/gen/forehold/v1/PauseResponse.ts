// Original file: proto/forehold/v1/inspector.proto

import type { PauseInput as _forehold_v1_PauseInput, Pause as _forehold_v1_Pause } from '../../forehold/v1/Pause.ts';

export interface PauseResponseInput {
  'pause'?: (_forehold_v1_PauseInput | null);
  /**
   * Live leases of what is paused: it does not stop them, because a pull cannot be stopped.
   */
  'pullsUnderWay'?: (number);
}

export interface PauseResponse {
  'pause': (_forehold_v1_Pause | null);
  /**
   * Live leases of what is paused: it does not stop them, because a pull cannot be stopped.
   */
  'pullsUnderWay': (number);
}
