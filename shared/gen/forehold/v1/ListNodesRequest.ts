// Original file: proto/forehold/v1/inspector.proto


export interface ListNodesRequestInput {
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListNodesRequest {
  'pageSize': (number);
  'pageToken': (string);
}
