// Original file: proto/forehold/v1/inspector.proto

/**
 * What a pause is about.
 */
export const PauseScope = {
  PAUSE_SCOPE_UNSPECIFIED: 'PAUSE_SCOPE_UNSPECIFIED',
  /**
   * Everything.
   */
  PAUSE_SCOPE_ALL: 'PAUSE_SCOPE_ALL',
  /**
   * Images that at least one CachedImage with this policyRef wants.
   */
  PAUSE_SCOPE_POLICY: 'PAUSE_SCOPE_POLICY',
  PAUSE_SCOPE_IMAGE: 'PAUSE_SCOPE_IMAGE',
} as const;

/**
 * What a pause is about.
 */
export type PauseScopeInput =
  | 'PAUSE_SCOPE_UNSPECIFIED'
  | 0
  /**
   * Everything.
   */
  | 'PAUSE_SCOPE_ALL'
  | 1
  /**
   * Images that at least one CachedImage with this policyRef wants.
   */
  | 'PAUSE_SCOPE_POLICY'
  | 2
  | 'PAUSE_SCOPE_IMAGE'
  | 3

/**
 * What a pause is about.
 */
export type PauseScope = typeof PauseScope[keyof typeof PauseScope]
