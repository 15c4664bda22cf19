// Original file: proto/forehold/v1/inspector.proto


export interface WatchLeasesRequestInput {
  'nodeName'?: (string);
  'image'?: (string);
}

export interface WatchLeasesRequest {
  'nodeName': (string);
  'image': (string);
}
