// Which kind of pull failure a kubelet's message tells of. Runtimes pass the registry's answer on as text, so this
// matches sentences of that text, never bare numbers or single words: digests, ports and image names may contain any
// of those. What is not known for certain stays PullFailed, with the message for a person to read.

import type { Reason } from './reason.ts';

// Waiting reasons that mean the image could not be had. The kubelet goes on trying after every one of them.
const pullFailures: readonly string[] = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];

/** Whether a container's waiting reason says that its image could not be pulled. */
export function isPullFailure(waitingReason: string): boolean {
  return pullFailures.includes(waitingReason);
}

// In this order: Docker Hub says "pull access denied, repository does not exist or may require authorization" of both
// cases and asks for credentials; an image that exists for other platforms only, and a token service at a wrong address,
// end in "not found" as well.
const rules: readonly { readonly reason: Reason; readonly pattern: RegExp }[] = [
  {
    reason: 'PullFailed',
    pattern:
      /no match for platform in manifest|too ?many ?requests|fetch \w+ token: .*404 Not Found/i,
  },
  {
    reason: 'Unauthorized',
    pattern:
      /pull access denied|authorization failed|authentication required|access to the resource is denied|\b401 Unauthorized\b|\b403 Forbidden\b|no basic auth credentials|code = (Unauthenticated|PermissionDenied)\b/i,
  },
  {
    reason: 'ImageNotFound',
    pattern:
      /manifest unknown|name unknown|repository does not exist|\b404 Not Found\b|code = NotFound\b|: not found$/i,
  },
];

/** ImageNotFound, Unauthorized or PullFailed. */
export function classifyPullFailure(waitingReason: string, message: string): Reason {
  // No registry was asked: Never found no image, and an invalid name is the admitted image's (a webhook's), since
  // Forehold's own was parsed before it was offered.
  if (waitingReason === 'ErrImageNeverPull' || waitingReason === 'InvalidImageName')
    return 'PullFailed';
  const sentence = withoutNames(message).trim();
  return rules.find(({ pattern }) => pattern.test(sentence))?.reason ?? 'PullFailed';
}

// Quoted names and URLs are what was asked for, not what was answered.
function withoutNames(message: string): string {
  return message.replaceAll(/"[^"]*"/g, '""').replaceAll(/\bhttps?:\/\/[^\s"]+/g, 'url');
}
