// Original file: proto/forehold/v1/inspector.proto

import type { NodeInput as _forehold_v1_NodeInput, Node as _forehold_v1_Node } from '../../forehold/v1/Node.ts';

export interface ListNodesResponseInput {
  'nodes'?: (_forehold_v1_NodeInput)[];
  'nextPageToken'?: (string);
}

export interface ListNodesResponse {
  'nodes': (_forehold_v1_Node)[];
  'nextPageToken': (string);
}
