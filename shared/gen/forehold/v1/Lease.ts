// Original file: proto/forehold/v1/types.proto

import type { LeasePhaseInput as _forehold_v1_LeasePhaseInput, LeasePhase as _forehold_v1_LeasePhase } from '../../forehold/v1/LeasePhase.ts';
import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';
import type { DurationInput as _google_protobuf_DurationInput, Duration as _google_protobuf_Duration } from '../../google/protobuf/Duration.ts';
import type { OutcomeInput as _forehold_v1_OutcomeInput, Outcome as _forehold_v1_Outcome } from '../../forehold/v1/Outcome.ts';
import type { ReasonInput as _forehold_v1_ReasonInput, Reason as _forehold_v1_Reason } from '../../forehold/v1/Reason.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A lease: permission for one node to pull one image once. A pull cannot be stopped once the kubelet has begun it,
 * so a lease is no timer: it is an offer (short, fenced) and then a hold (as long as the pull pod lives).
 */
export interface LeaseInput {
  /**
   * EPOCH-NUMBER, unique for ever: the epoch is raised at every start of a coordinator.
   */
  'id'?: (string);
  /**
   * Number of the coordinator's reign that offered the lease.
   */
  'epoch'?: (number | string | Long);
  'phase'?: (_forehold_v1_LeasePhaseInput);
  /**
   * The holder: name and uid of the node. A node that comes back with another uid is another holder.
   */
  'nodeName'?: (string);
  'nodeUid'?: (string);
  /**
   * Normalised image reference, such as `docker.io/library/nginx:1.27`.
   */
  'image'?: (string);
  /**
   * The credential set: sorted names of the pull secrets; empty means the node's own credentials.
   */
  'pullSecrets'?: (string)[];
  /**
   * Names of the CachedImage objects that want this pair.
   */
  'cachedImages'?: (string)[];
  /**
   * The pull pod: its name is made from the pair, so the API server refuses a second one.
   */
  'podName'?: (string);
  /**
   * Empty until the coordinator has seen the pod.
   */
  'podUid'?: (string);
  /**
   * Limits that count this lease, such as `cluster`, `image`, `node`.
   */
  'limits'?: (string)[];
  'offeredAt'?: (_google_protobuf_TimestampInput | null);
  /**
   * The fence: the API server refuses a pull pod created later than this.
   */
  'notAfter'?: (_google_protobuf_TimestampInput | null);
  /**
   * Unset until the pod was seen.
   */
  'heldAt'?: (_google_protobuf_TimestampInput | null);
  /**
   * Unset while the lease is live.
   */
  'endedAt'?: (_google_protobuf_TimestampInput | null);
  /**
   * Time since the offer; of an ended lease, from offer to end.
   */
  'age'?: (_google_protobuf_DurationInput | null);
  /**
   * Unspecified while the lease is live and nothing is known.
   */
  'outcome'?: (_forehold_v1_OutcomeInput);
  'reason'?: (_forehold_v1_ReasonInput);
  /**
   * The kubelet's or the API server's own words, at most 1,024 bytes.
   */
  'message'?: (string);
  /**
   * Digest of the pulled image, such as `sha256:…`; empty until known.
   */
  'digest'?: (string);
}

/**
 * A lease: permission for one node to pull one image once. A pull cannot be stopped once the kubelet has begun it,
 * so a lease is no timer: it is an offer (short, fenced) and then a hold (as long as the pull pod lives).
 */
export interface Lease {
  /**
   * EPOCH-NUMBER, unique for ever: the epoch is raised at every start of a coordinator.
   */
  'id': (string);
  /**
   * Number of the coordinator's reign that offered the lease.
   */
  'epoch': (number);
  'phase': (_forehold_v1_LeasePhase);
  /**
   * The holder: name and uid of the node. A node that comes back with another uid is another holder.
   */
  'nodeName': (string);
  'nodeUid': (string);
  /**
   * Normalised image reference, such as `docker.io/library/nginx:1.27`.
   */
  'image': (string);
  /**
   * The credential set: sorted names of the pull secrets; empty means the node's own credentials.
   */
  'pullSecrets': (string)[];
  /**
   * Names of the CachedImage objects that want this pair.
   */
  'cachedImages': (string)[];
  /**
   * The pull pod: its name is made from the pair, so the API server refuses a second one.
   */
  'podName': (string);
  /**
   * Empty until the coordinator has seen the pod.
   */
  'podUid': (string);
  /**
   * Limits that count this lease, such as `cluster`, `image`, `node`.
   */
  'limits': (string)[];
  'offeredAt': (_google_protobuf_Timestamp | null);
  /**
   * The fence: the API server refuses a pull pod created later than this.
   */
  'notAfter': (_google_protobuf_Timestamp | null);
  /**
   * Unset until the pod was seen.
   */
  'heldAt': (_google_protobuf_Timestamp | null);
  /**
   * Unset while the lease is live.
   */
  'endedAt': (_google_protobuf_Timestamp | null);
  /**
   * Time since the offer; of an ended lease, from offer to end.
   */
  'age': (_google_protobuf_Duration | null);
  /**
   * Unspecified while the lease is live and nothing is known.
   */
  'outcome': (_forehold_v1_Outcome);
  'reason': (_forehold_v1_Reason);
  /**
   * The kubelet's or the API server's own words, at most 1,024 bytes.
   */
  'message': (string);
  /**
   * Digest of the pulled image, such as `sha256:…`; empty until known.
   */
  'digest': (string);
}
