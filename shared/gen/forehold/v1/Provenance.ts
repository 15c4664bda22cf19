// Original file: proto/forehold/v1/types.proto

/**
 * Where the knowledge that a node has an image comes from.
 */
export const Provenance = {
  PROVENANCE_UNSPECIFIED: 'PROVENANCE_UNSPECIFIED',
  /**
   * The kubelet lists it in node.status.images.
   */
  PROVENANCE_NODE_STATUS: 'PROVENANCE_NODE_STATUS',
  /**
   * A pull pod on this node ran from it; the node's list does not show it (it lags, and ends at 50 images).
   */
  PROVENANCE_PULL_POD: 'PROVENANCE_PULL_POD',
} as const;

/**
 * Where the knowledge that a node has an image comes from.
 */
export type ProvenanceInput =
  | 'PROVENANCE_UNSPECIFIED'
  | 0
  /**
   * The kubelet lists it in node.status.images.
   */
  | 'PROVENANCE_NODE_STATUS'
  | 1
  /**
   * A pull pod on this node ran from it; the node's list does not show it (it lags, and ends at 50 images).
   */
  | 'PROVENANCE_PULL_POD'
  | 2

/**
 * Where the knowledge that a node has an image comes from.
 */
export type Provenance = typeof Provenance[keyof typeof Provenance]
