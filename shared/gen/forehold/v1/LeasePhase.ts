// Original file: proto/forehold/v1/types.proto

/**
 * Where a lease stands. Offered, Held, Revoking and Suspect are live: they count against every limit.
 */
export const LeasePhase = {
  LEASE_PHASE_UNSPECIFIED: 'LEASE_PHASE_UNSPECIFIED',
  /**
   * The agent may create the pull pod until not_after; nothing was seen yet.
   */
  LEASE_PHASE_OFFERED: 'LEASE_PHASE_OFFERED',
  /**
   * The coordinator's own watch has seen the pull pod.
   */
  LEASE_PHASE_HELD: 'LEASE_PHASE_HELD',
  /**
   * The pull is no longer wanted or overdue: the pod is being deleted, its slot counts until it is gone.
   */
  LEASE_PHASE_REVOKING: 'LEASE_PHASE_REVOKING',
  /**
   * Held, but the node is not Ready for more than five minutes: nobody can tell what the pull does.
   */
  LEASE_PHASE_SUSPECT: 'LEASE_PHASE_SUSPECT',
  /**
   * The kubelet reported the pod terminal, or the pod is gone and its pull is over.
   */
  LEASE_PHASE_ENDED: 'LEASE_PHASE_ENDED',
  /**
   * The offer's time passed and the API server has no such pod.
   */
  LEASE_PHASE_LAPSED: 'LEASE_PHASE_LAPSED',
  /**
   * The node is gone, or was silent while suspects took more than a fifth of a limit: nobody waits for its pull any more.
   */
  LEASE_PHASE_LOST: 'LEASE_PHASE_LOST',
} as const;

/**
 * Where a lease stands. Offered, Held, Revoking and Suspect are live: they count against every limit.
 */
export type LeasePhaseInput =
  | 'LEASE_PHASE_UNSPECIFIED'
  | 0
  /**
   * The agent may create the pull pod until not_after; nothing was seen yet.
   */
  | 'LEASE_PHASE_OFFERED'
  | 1
  /**
   * The coordinator's own watch has seen the pull pod.
   */
  | 'LEASE_PHASE_HELD'
  | 2
  /**
   * The pull is no longer wanted or overdue: the pod is being deleted, its slot counts until it is gone.
   */
  | 'LEASE_PHASE_REVOKING'
  | 3
  /**
   * Held, but the node is not Ready for more than five minutes: nobody can tell what the pull does.
   */
  | 'LEASE_PHASE_SUSPECT'
  | 4
  /**
   * The kubelet reported the pod terminal, or the pod is gone and its pull is over.
   */
  | 'LEASE_PHASE_ENDED'
  | 5
  /**
   * The offer's time passed and the API server has no such pod.
   */
  | 'LEASE_PHASE_LAPSED'
  | 6
  /**
   * The node is gone, or was silent while suspects took more than a fifth of a limit: nobody waits for its pull any more.
   */
  | 'LEASE_PHASE_LOST'
  | 7

/**
 * Where a lease stands. Offered, Held, Revoking and Suspect are live: they count against every limit.
 */
export type LeasePhase = typeof LeasePhase[keyof typeof LeasePhase]
