// Original file: proto/forehold/v1/inspector.proto


export interface ListLimitsRequestInput {
  'pageSize'?: (number);
  'pageToken'?: (string);
  /**
   * Only this limit; empty means all.
   */
  'limit'?: (string);
}

export interface ListLimitsRequest {
  'pageSize': (number);
  'pageToken': (string);
  /**
   * Only this limit; empty means all.
   */
  'limit': (string);
}
