// Original file: proto/forehold/v1/inspector.proto

import type { PauseInput as _forehold_v1_PauseInput, Pause as _forehold_v1_Pause } from '../../forehold/v1/Pause.ts';

export interface ResumeResponseInput {
  /**
   * What is still paused.
   */
  'pauses'?: (_forehold_v1_PauseInput)[];
}

export interface ResumeResponse {
  /**
   * What is still paused.
   */
  'pauses': (_forehold_v1_Pause)[];
}
