// Original file: proto/forehold/v1/inspector.proto

import type { NodeInput as _forehold_v1_NodeInput, Node as _forehold_v1_Node } from '../../forehold/v1/Node.ts';
import type { LeaseInput as _forehold_v1_LeaseInput, Lease as _forehold_v1_Lease } from '../../forehold/v1/Lease.ts';
import type { ExplanationInput as _forehold_v1_ExplanationInput, Explanation as _forehold_v1_Explanation } from '../../forehold/v1/Explanation.ts';

export interface GetNodeResponseInput {
  'node'?: (_forehold_v1_NodeInput | null);
  /**
   * Live ones, sorted by id.
   */
  'leases'?: (_forehold_v1_LeaseInput)[];
  /**
   * One for each desired image that targets the node, sorted by image; at most 500.
   */
  'explanations'?: (_forehold_v1_ExplanationInput)[];
}

export interface GetNodeResponse {
  'node': (_forehold_v1_Node | null);
  /**
   * Live ones, sorted by id.
   */
  'leases': (_forehold_v1_Lease)[];
  /**
   * One for each desired image that targets the node, sorted by image; at most 500.
   */
  'explanations': (_forehold_v1_Explanation)[];
}
