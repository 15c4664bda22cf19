// Original file: proto/forehold/v1/inspector.proto

import type { LeaseInput as _forehold_v1_LeaseInput, Lease as _forehold_v1_Lease } from '../../forehold/v1/Lease.ts';

export interface ListLeasesResponseInput {
  'leases'?: (_forehold_v1_LeaseInput)[];
  'nextPageToken'?: (string);
}

export interface ListLeasesResponse {
  'leases': (_forehold_v1_Lease)[];
  'nextPageToken': (string);
}
