// Which kind of pull failure a kubelet's message tells of. Runtimes pass the registry's answer on as text, so this
// matches sentences of that text, never bare numbers or single words: digests, ports and image names may contain any
// of those. What is not known for certain stays PullFailed, with the message for a person to read. Every sentence that is
// known, with where it was seen, stands in test/shared/recorded-failures.ts.

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

/**
 * The kubelet has not even asked the registry: it holds itself to so many pulls a second (registryPullQPS). It tries again
 * by itself within seconds, so that the pull merely goes on.
 */
export function isLocalLimit(message: string): boolean {
  return /pull QPS exceeded$/.test(message);
}

interface Rule {
  readonly reason: Reason;
  readonly pattern: RegExp;
}

// In this order: Docker Hub says "pull access denied, repository does not exist or may require authorization" of both
// cases and asks for credentials; an image that exists for other platforms only, and a token service at a wrong address,
// end in "not found" as well; a name server may time out as a registry does.
const rules: readonly Rule[] = [
  { reason: 'PullFailed', pattern: /fetch \w+ token: .*404 Not Found/i },
  {
    reason: 'PlatformMismatch',
    pattern:
      /no match for platform in manifest|no image found in (manifest list|image index) for architecture/i,
  },
  { reason: 'RegistryRateLimited', pattern: /too ?many ?requests|pull rate limit/i },
  { reason: 'InsufficientDisk', pattern: /no space left on device|disk quota exceeded/i },
  {
    reason: 'SignatureRejected',
    pattern:
      /signature validation failed|signature was required|Source image rejected|image verifier \S+ blocked pull/i,
  },
  {
    reason: 'TlsError',
    pattern: /\bx509: |\btls: |server gave HTTP response to HTTPS client/,
  },
  {
    reason: 'DnsError',
    pattern: /dial (tcp|udp): lookup |no such host|failure in name resolution/i,
  },
  {
    reason: 'Unauthorized',
    pattern:
      /pull access denied|authorization failed|authentication required|access to the resource is denied|\b401 Unauthorized\b|\b403 Forbidden\b|no basic auth credentials|code = (Unauthenticated|PermissionDenied)\b/i,
  },
  {
    reason: 'RegistryUnavailable',
    pattern:
      /\b50[0234] (Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)|connection (refused|reset by peer)|no route to host|network is unreachable|i\/o timeout|TLS handshake timeout|context (deadline exceeded|canceled)|\bEOF$|registry is unavailable/i,
  },
  {
    reason: 'ImageNotFound',
    pattern:
      /manifest unknown|name unknown|repository does not exist|\b404 Not Found\b|code = NotFound\b|: not found$/i,
  },
];

// What a runtime tells by the waiting reason itself, where its words tell no more.
const byWaitingReason: Readonly<Record<string, Reason>> = {
  RegistryUnavailable: 'RegistryUnavailable',
  SignatureValidationFailed: 'SignatureRejected',
};

/** One of the reasons above, or PullFailed. */
export function classifyPullFailure(waitingReason: string, message: string): Reason {
  // No registry was asked: Never found no image, and an invalid name is the admitted image's (a webhook's), since
  // Forehold's own was parsed before it was offered.
  if (waitingReason === 'ErrImageNeverPull' || waitingReason === 'InvalidImageName')
    return 'PullFailed';
  const sentence = withoutNames(message).trim();
  const rule = rules.find(({ pattern }) => pattern.test(sentence));
  return rule?.reason ?? byWaitingReason[waitingReason] ?? 'PullFailed';
}

const unitMs: Readonly<Record<string, number>> = {
  µs: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
// No registry means more than this; it would stop all pulls from it.
const maxRetryAfterMs = 3_600_000;

/** When the registry asks to be left alone until, as a span; undefined when it does not say. At most an hour. */
export function readRetryAfterMs(message: string): number | undefined {
  const found = /retry[- ]after:? ?(\d+(?:\.\d+)?) ?(µs|ms|s|m|h)?\b/i.exec(message);
  if (found === null) return undefined;
  const spanMs = Number(found[1]) * (unitMs[found[2] ?? 's'] ?? 1_000);
  return Math.min(spanMs, maxRetryAfterMs);
}

// Quoted names and URLs are what was asked for, not what was answered.
function withoutNames(message: string): string {
  return message.replaceAll(/"[^"]*"/g, '""').replaceAll(/\bhttps?:\/\/[^\s"]+/g, 'url');
}
