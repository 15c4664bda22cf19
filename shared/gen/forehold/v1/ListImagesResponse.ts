// Original file: proto/forehold/v1/inspector.proto

import type { DesiredImageInput as _forehold_v1_DesiredImageInput, DesiredImage as _forehold_v1_DesiredImage } from '../../forehold/v1/DesiredImage.ts';

export interface ListImagesResponseInput {
  'images'?: (_forehold_v1_DesiredImageInput)[];
  'nextPageToken'?: (string);
}

export interface ListImagesResponse {
  'images': (_forehold_v1_DesiredImage)[];
  'nextPageToken': (string);
}
