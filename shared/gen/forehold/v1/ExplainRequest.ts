// Original file: proto/forehold/v1/inspector.proto


export interface ExplainRequestInput {
  /**
   * In any spelling that normalises to the reference of a desired image.
   */
  'image'?: (string);
  /**
   * Empty means all nodes: counts, and the nodes that need attention most.
   */
  'nodeName'?: (string);
}

export interface ExplainRequest {
  /**
   * In any spelling that normalises to the reference of a desired image.
   */
  'image': (string);
  /**
   * Empty means all nodes: counts, and the nodes that need attention most.
   */
  'nodeName': (string);
}
