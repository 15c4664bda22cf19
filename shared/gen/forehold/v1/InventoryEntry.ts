// Original file: proto/forehold/v1/session.proto

import type { ProvenanceInput as _forehold_v1_ProvenanceInput, Provenance as _forehold_v1_Provenance } from '../../forehold/v1/Provenance.ts';
import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One name of one image on the node.
 */
export interface InventoryEntryInput {
  /**
   * Normalised image reference by tag or by digest.
   */
  'reference'?: (string);
  /**
   * Digest of what the reference names, when it is known.
   */
  'digest'?: (string);
  /**
   * Size on disk as the kubelet reports it; 0 when unknown.
   */
  'sizeBytes'?: (number | string | Long);
  'provenance'?: (_forehold_v1_ProvenanceInput);
  /**
   * When it was last seen by that provenance.
   */
  'observedAt'?: (_google_protobuf_TimestampInput | null);
}

/**
 * One name of one image on the node.
 */
export interface InventoryEntry {
  /**
   * Normalised image reference by tag or by digest.
   */
  'reference': (string);
  /**
   * Digest of what the reference names, when it is known.
   */
  'digest': (string);
  /**
   * Size on disk as the kubelet reports it; 0 when unknown.
   */
  'sizeBytes': (number);
  'provenance': (_forehold_v1_Provenance);
  /**
   * When it was last seen by that provenance.
   */
  'observedAt': (_google_protobuf_Timestamp | null);
}
