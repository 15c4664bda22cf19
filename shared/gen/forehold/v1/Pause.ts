// Original file: proto/forehold/v1/inspector.proto

import type { PauseScopeInput as _forehold_v1_PauseScopeInput, PauseScope as _forehold_v1_PauseScope } from '../../forehold/v1/PauseScope.ts';
import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';

export interface PauseInput {
  'scope'?: (_forehold_v1_PauseScopeInput);
  /**
   * Name of the PullPolicy, or normalised image reference; empty for everything.
   */
  'name'?: (string);
  'why'?: (string);
  'by'?: (string);
  /**
   * The user that the token proved; empty when the coordinator runs without authentication.
   */
  'authenticatedAs'?: (string);
  'since'?: (_google_protobuf_TimestampInput | null);
}

export interface Pause {
  'scope': (_forehold_v1_PauseScope);
  /**
   * Name of the PullPolicy, or normalised image reference; empty for everything.
   */
  'name': (string);
  'why': (string);
  'by': (string);
  /**
   * The user that the token proved; empty when the coordinator runs without authentication.
   */
  'authenticatedAs': (string);
  'since': (_google_protobuf_Timestamp | null);
}
