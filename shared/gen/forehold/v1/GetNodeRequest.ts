// Original file: proto/forehold/v1/inspector.proto


export interface GetNodeRequestInput {
  'name'?: (string);
}

export interface GetNodeRequest {
  'name': (string);
}
