// Original file: proto/forehold/v1/session.proto

export const ImagePullPolicy = {
  IMAGE_PULL_POLICY_UNSPECIFIED: 'IMAGE_PULL_POLICY_UNSPECIFIED',
  IMAGE_PULL_POLICY_IF_NOT_PRESENT: 'IMAGE_PULL_POLICY_IF_NOT_PRESENT',
  /**
   * Verifies only: the kubelet never goes to the registry.
   */
  IMAGE_PULL_POLICY_NEVER: 'IMAGE_PULL_POLICY_NEVER',
  IMAGE_PULL_POLICY_ALWAYS: 'IMAGE_PULL_POLICY_ALWAYS',
} as const;

export type ImagePullPolicyInput =
  | 'IMAGE_PULL_POLICY_UNSPECIFIED'
  | 0
  | 'IMAGE_PULL_POLICY_IF_NOT_PRESENT'
  | 1
  /**
   * Verifies only: the kubelet never goes to the registry.
   */
  | 'IMAGE_PULL_POLICY_NEVER'
  | 2
  | 'IMAGE_PULL_POLICY_ALWAYS'
  | 3

export type ImagePullPolicy = typeof ImagePullPolicy[keyof typeof ImagePullPolicy]
