// Original file: proto/forehold/v1/inspector.proto


export interface GetLeaseRequestInput {
  'leaseId'?: (string);
}

export interface GetLeaseRequest {
  'leaseId': (string);
}
