// Original file: proto/forehold/v1/session.proto


/**
 * The outcome of this pod is recorded: the agent may delete it once the node's status shows the image, at latest
 * after 90 seconds.
 */
export interface OutcomeAckInput {
  'leaseId'?: (string);
  'podUid'?: (string);
}

/**
 * The outcome of this pod is recorded: the agent may delete it once the node's status shows the image, at latest
 * after 90 seconds.
 */
export interface OutcomeAck {
  'leaseId': (string);
  'podUid': (string);
}
