// Original file: proto/forehold/v1/types.proto

/**
 * Why. Conditions, logs and metrics show the same words in CamelCase: REASON_IMAGE_NOT_FOUND is ImageNotFound.
 */
export const Reason = {
  REASON_UNSPECIFIED: 'REASON_UNSPECIFIED',
  /**
   * Image cached on all target nodes. Nothing to do.
   */
  REASON_CACHED: 'REASON_CACHED',
  /**
   * Some target nodes do not have the image yet. Wait; ListImages says how far it is.
   */
  REASON_IN_PROGRESS: 'REASON_IN_PROGRESS',
  /**
   * At least one pull is under way.
   */
  REASON_PULLING: 'REASON_PULLING',
  /**
   * Every target node has the image.
   */
  REASON_COMPLETE: 'REASON_COMPLETE',
  /**
   * No pull is under way and the failing ones wait for their backoff. See condition Ready for the reason.
   */
  REASON_STALLED: 'REASON_STALLED',
  /**
   * No pull is under way yet. Wait; a limit may bind.
   */
  REASON_IDLE: 'REASON_IDLE',
  /**
   * No node matches nodeSelector and tolerations. Check both against the nodes' labels and taints.
   */
  REASON_NO_TARGET_NODES: 'REASON_NO_TARGET_NODES',
  /**
   * The object cannot be understood. Correct the field that the message names.
   */
  REASON_INVALID_SPEC: 'REASON_INVALID_SPEC',
  /**
   * The registry has no such image or tag. Correct image, tag or digest.
   */
  REASON_IMAGE_NOT_FOUND: 'REASON_IMAGE_NOT_FOUND',
  /**
   * The registry wants other credentials. Check imagePullSecrets and that the secret exists in the pull namespace.
   */
  REASON_UNAUTHORIZED: 'REASON_UNAUTHORIZED',
  /**
   * The kubelet refused to run the pod (resources, taints, node selection). Read the message.
   */
  REASON_POD_REJECTED: 'REASON_POD_REJECTED',
  /**
   * The pod was removed by somebody else, outcome unknown. It is tried again if the image does not show up.
   */
  REASON_POD_VANISHED: 'REASON_POD_VANISHED',
  /**
   * The API server or a policy refused the pull pod. Read the message; check policies and quota of the pull namespace.
   */
  REASON_ADMISSION_DENIED: 'REASON_ADMISSION_DENIED',
  /**
   * The pull took longer than pullTimeout. Raise it, or look at the node's network and disk.
   */
  REASON_PULL_TIMEOUT: 'REASON_PULL_TIMEOUT',
  /**
   * The pull failed for another reason, in the message.
   */
  REASON_PULL_FAILED: 'REASON_PULL_FAILED',
  /**
   * No CachedImage wants the pair any more.
   */
  REASON_NO_LONGER_DESIRED: 'REASON_NO_LONGER_DESIRED',
  /**
   * The agent could not create the pod before the offer ran out. It is offered again.
   */
  REASON_OFFER_LAPSED: 'REASON_OFFER_LAPSED',
  /**
   * The node object is gone.
   */
  REASON_NODE_GONE: 'REASON_NODE_GONE',
} as const;

/**
 * Why. Conditions, logs and metrics show the same words in CamelCase: REASON_IMAGE_NOT_FOUND is ImageNotFound.
 */
export type ReasonInput =
  | 'REASON_UNSPECIFIED'
  | 0
  /**
   * Image cached on all target nodes. Nothing to do.
   */
  | 'REASON_CACHED'
  | 1
  /**
   * Some target nodes do not have the image yet. Wait; ListImages says how far it is.
   */
  | 'REASON_IN_PROGRESS'
  | 2
  /**
   * At least one pull is under way.
   */
  | 'REASON_PULLING'
  | 3
  /**
   * Every target node has the image.
   */
  | 'REASON_COMPLETE'
  | 4
  /**
   * No pull is under way and the failing ones wait for their backoff. See condition Ready for the reason.
   */
  | 'REASON_STALLED'
  | 5
  /**
   * No pull is under way yet. Wait; a limit may bind.
   */
  | 'REASON_IDLE'
  | 6
  /**
   * No node matches nodeSelector and tolerations. Check both against the nodes' labels and taints.
   */
  | 'REASON_NO_TARGET_NODES'
  | 7
  /**
   * The object cannot be understood. Correct the field that the message names.
   */
  | 'REASON_INVALID_SPEC'
  | 8
  /**
   * The registry has no such image or tag. Correct image, tag or digest.
   */
  | 'REASON_IMAGE_NOT_FOUND'
  | 9
  /**
   * The registry wants other credentials. Check imagePullSecrets and that the secret exists in the pull namespace.
   */
  | 'REASON_UNAUTHORIZED'
  | 10
  /**
   * The kubelet refused to run the pod (resources, taints, node selection). Read the message.
   */
  | 'REASON_POD_REJECTED'
  | 11
  /**
   * The pod was removed by somebody else, outcome unknown. It is tried again if the image does not show up.
   */
  | 'REASON_POD_VANISHED'
  | 12
  /**
   * The API server or a policy refused the pull pod. Read the message; check policies and quota of the pull namespace.
   */
  | 'REASON_ADMISSION_DENIED'
  | 13
  /**
   * The pull took longer than pullTimeout. Raise it, or look at the node's network and disk.
   */
  | 'REASON_PULL_TIMEOUT'
  | 14
  /**
   * The pull failed for another reason, in the message.
   */
  | 'REASON_PULL_FAILED'
  | 15
  /**
   * No CachedImage wants the pair any more.
   */
  | 'REASON_NO_LONGER_DESIRED'
  | 16
  /**
   * The agent could not create the pod before the offer ran out. It is offered again.
   */
  | 'REASON_OFFER_LAPSED'
  | 17
  /**
   * The node object is gone.
   */
  | 'REASON_NODE_GONE'
  | 18

/**
 * Why. Conditions, logs and metrics show the same words in CamelCase: REASON_IMAGE_NOT_FOUND is ImageNotFound.
 */
export type Reason = typeof Reason[keyof typeof Reason]
