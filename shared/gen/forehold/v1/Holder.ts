// Original file: proto/forehold/v1/inspector.proto

import type { LeasePhaseInput as _forehold_v1_LeasePhaseInput, LeasePhase as _forehold_v1_LeasePhase } from '../../forehold/v1/LeasePhase.ts';

/**
 * A live lease, as short as possible.
 */
export interface HolderInput {
  'leaseId'?: (string);
  'phase'?: (_forehold_v1_LeasePhaseInput);
  'podName'?: (string);
  'nodeName'?: (string);
  'image'?: (string);
}

/**
 * A live lease, as short as possible.
 */
export interface Holder {
  'leaseId': (string);
  'phase': (_forehold_v1_LeasePhase);
  'podName': (string);
  'nodeName': (string);
  'image': (string);
}
