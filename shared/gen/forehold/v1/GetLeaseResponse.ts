// Original file: proto/forehold/v1/inspector.proto

import type { LeaseInput as _forehold_v1_LeaseInput, Lease as _forehold_v1_Lease } from '../../forehold/v1/Lease.ts';

export interface GetLeaseResponseInput {
  'lease'?: (_forehold_v1_LeaseInput | null);
}

export interface GetLeaseResponse {
  'lease': (_forehold_v1_Lease | null);
}
