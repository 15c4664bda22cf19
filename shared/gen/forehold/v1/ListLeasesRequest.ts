// Original file: proto/forehold/v1/inspector.proto


export interface ListLeasesRequestInput {
  'pageSize'?: (number);
  'pageToken'?: (string);
  /**
   * Only leases of this node name; empty means all.
   */
  'nodeName'?: (string);
  /**
   * Only leases of this image, given in any spelling that normalises to the same reference; empty means all.
   */
  'image'?: (string);
  'includeEnded'?: (boolean);
}

export interface ListLeasesRequest {
  'pageSize': (number);
  'pageToken': (string);
  /**
   * Only leases of this node name; empty means all.
   */
  'nodeName': (string);
  /**
   * Only leases of this image, given in any spelling that normalises to the same reference; empty means all.
   */
  'image': (string);
  'includeEnded': (boolean);
}
