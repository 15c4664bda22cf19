// Original file: proto/forehold/v1/types.proto


/**
 * What image a node can run.
 */
export interface PlatformInput {
  /**
   * As in Go: `linux`, `windows`.
   */
  'os'?: (string);
  /**
   * As in Go: `amd64`, `arm64`.
   */
  'architecture'?: (string);
}

/**
 * What image a node can run.
 */
export interface Platform {
  /**
   * As in Go: `linux`, `windows`.
   */
  'os': (string);
  /**
   * As in Go: `amd64`, `arm64`.
   */
  'architecture': (string);
}
