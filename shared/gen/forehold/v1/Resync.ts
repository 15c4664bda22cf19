// Original file: proto/forehold/v1/session.proto


/**
 * Send the whole inventory again, from sequence 0.
 */
export interface ResyncInput {
}

/**
 * Send the whole inventory again, from sequence 0.
 */
export interface Resync {
}
