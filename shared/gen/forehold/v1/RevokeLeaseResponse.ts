// Original file: proto/forehold/v1/inspector.proto

import type { LeaseInput as _forehold_v1_LeaseInput, Lease as _forehold_v1_Lease } from '../../forehold/v1/Lease.ts';

export interface RevokeLeaseResponseInput {
  'lease'?: (_forehold_v1_LeaseInput | null);
  /**
   * What this does and what it cannot do, for people.
   */
  'note'?: (string);
}

export interface RevokeLeaseResponse {
  'lease': (_forehold_v1_Lease | null);
  /**
   * What this does and what it cannot do, for people.
   */
  'note': (string);
}
