// Original file: proto/forehold/v1/session.proto

export const LeaseUpdateState = {
  LEASE_UPDATE_STATE_UNSPECIFIED: 'LEASE_UPDATE_STATE_UNSPECIFIED',
  /**
   * The pull pod exists: created now, or found at the agent's start.
   */
  LEASE_UPDATE_STATE_ACCEPTED: 'LEASE_UPDATE_STATE_ACCEPTED',
  /**
   * The offer was not used: it came too late, or the API server refused the pod.
   */
  LEASE_UPDATE_STATE_DECLINED: 'LEASE_UPDATE_STATE_DECLINED',
  /**
   * The pod is terminal, is about to be deleted because its pull failed or timed out, or has vanished. Repeated
   * after every new Welcome until OutcomeAck.
   */
  LEASE_UPDATE_STATE_ENDED: 'LEASE_UPDATE_STATE_ENDED',
} as const;

export type LeaseUpdateStateInput =
  | 'LEASE_UPDATE_STATE_UNSPECIFIED'
  | 0
  /**
   * The pull pod exists: created now, or found at the agent's start.
   */
  | 'LEASE_UPDATE_STATE_ACCEPTED'
  | 1
  /**
   * The offer was not used: it came too late, or the API server refused the pod.
   */
  | 'LEASE_UPDATE_STATE_DECLINED'
  | 2
  /**
   * The pod is terminal, is about to be deleted because its pull failed or timed out, or has vanished. Repeated
   * after every new Welcome until OutcomeAck.
   */
  | 'LEASE_UPDATE_STATE_ENDED'
  | 3

export type LeaseUpdateState = typeof LeaseUpdateState[keyof typeof LeaseUpdateState]
