// Original file: proto/forehold/v1/inspector.proto

import type { LeaseInput as _forehold_v1_LeaseInput, Lease as _forehold_v1_Lease } from '../../forehold/v1/Lease.ts';

export interface WatchLeasesResponseInput {
  /**
   * As it is now. A lease that left the live phases is sent once more, with its outcome.
   */
  'lease'?: (_forehold_v1_LeaseInput | null);
}

export interface WatchLeasesResponse {
  /**
   * As it is now. A lease that left the live phases is sent once more, with its outcome.
   */
  'lease': (_forehold_v1_Lease | null);
}
