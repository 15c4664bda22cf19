import { describe, expect, test } from 'vitest';
import {
  classifyPullFailure,
  isLocalLimit,
  isPullFailure,
  readRetryAfterMs,
} from '../../shared/pull-failure.ts';
import { pullFailures } from './recorded-failures.ts';

describe('classifyPullFailure', () => {
  test.for(pullFailures)('$source: $what is $reason', ({ message, reason }) => {
    expect(classifyPullFailure('ErrImagePull', message)).toBe(reason);
  });

  test.for(pullFailures)('$source: $what is $reason in back-off, too', ({ message, reason }) => {
    const words = `Back-off pulling image "r.example/x:1": ErrImagePull: ${message}`;
    expect(classifyPullFailure('ImagePullBackOff', words)).toBe(reason);
  });

  test.for([
    [
      'ErrImageNeverPull',
      'Container image "r.example/x:1" is not present with pull policy of Never',
      'PullFailed',
    ],
    [
      'InvalidImageName',
      'couldn\'t parse image name "r.example/UPPER:1": invalid reference format',
      'PullFailed',
    ],
    [
      'RegistryUnavailable',
      'image pull failed for r.example/x:1 because the registry is unavailable.',
      'RegistryUnavailable',
    ],
    ['RegistryUnavailable', 'something else', 'RegistryUnavailable'],
    [
      'SignatureValidationFailed',
      'image pull failed for r.example/x:1 because the signature validation failed: wrong email',
      'SignatureRejected',
    ],
    ['SignatureValidationFailed', 'something else', 'SignatureRejected'],
  ] as const)('%s, %s: %s', ([waitingReason, message, reason]) => {
    expect(classifyPullFailure(waitingReason, message)).toBe(reason);
  });
});

describe('isLocalLimit', () => {
  test.for([
    ['pull QPS exceeded', true],
    ['Back-off pulling image "r.example/x:1": ErrImagePull: pull QPS exceeded', true],
    ['toomanyrequests: You have reached your pull rate limit', false],
  ] as const)('%s: %s', ([message, limited]) => {
    expect(isLocalLimit(message)).toBe(limited);
  });
});

describe('readRetryAfterMs', () => {
  test.for([
    ['toomanyrequests: retry-after: 805.022µs, allowed: 44000/minute', 0.805_022],
    ['toomanyrequests: retry-after: 7s, allowed: 10/minute', 7_000],
    ['429 Too Many Requests: retry after 30', 30_000],
    ['Retry-After: 2m', 120_000],
    ['retry-after: 100h', 3_600_000],
    ['retry later', undefined],
    ['toomanyrequests: You have reached your pull rate limit', undefined],
  ] as const)('%s: %s', ([message, spanMs]) => {
    expect(readRetryAfterMs(message)).toEqual(
      spanMs === undefined ? undefined : expect.closeTo(spanMs),
    );
  });
});

describe('isPullFailure', () => {
  test.for([
    ['ErrImagePull', true],
    ['ImagePullBackOff', true],
    ['RegistryUnavailable', true],
    ['SignatureValidationFailed', true],
    ['ContainerCreating', false],
    ['CreateContainerError', false],
  ] as const)('%s: %s', ([reason, failed]) => {
    expect(isPullFailure(reason)).toBe(failed);
  });
});
