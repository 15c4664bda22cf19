// Original file: proto/forehold/v1/inspector.proto


export interface ListImagesRequestInput {
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListImagesRequest {
  'pageSize': (number);
  'pageToken': (string);
}
