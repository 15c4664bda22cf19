// Original file: proto/forehold/v1/session.proto


/**
 * Accept no more offers on this stream; it will end with UNAVAILABLE.
 */
export interface DrainInput {
}

/**
 * Accept no more offers on this stream; it will end with UNAVAILABLE.
 */
export interface Drain {
}
