// Original file: proto/forehold/v1/inspector.proto


export interface RevokeLeaseRequestInput {
  'leaseId'?: (string);
  /**
   * For those who read about it later, at most 256 characters, without control characters; as in all requests below.
   */
  'why'?: (string);
  /**
   * Who asks, in their own words, at most 128 characters; kept beside the name that the token proves.
   */
  'by'?: (string);
}

export interface RevokeLeaseRequest {
  'leaseId': (string);
  /**
   * For those who read about it later, at most 256 characters, without control characters; as in all requests below.
   */
  'why': (string);
  /**
   * Who asks, in their own words, at most 128 characters; kept beside the name that the token proves.
   */
  'by': (string);
}
