// The messages marked "seen" were recorded on kubelet 1.36.3 with containerd 2.4.2 (test bed, November 2026); the others
// are the wording of CRI-O and of older runtimes.

import { describe, expect, test } from 'vitest';
import { classifyPullFailure, isPullFailure } from '../../shared/pull-failure.ts';
import type { Reason } from '../../shared/reason.ts';

const resolve = (image: string): string =>
  `failed to pull and unpack image "${image}": failed to resolve image: `;
const digest = `sha256:404${'0'.repeat(58)}401`;

const messages: readonly (readonly [what: string, reason: Reason, message: string])[] = [
  [
    'seen: no such repository',
    'ImageNotFound',
    `rpc error: code = NotFound desc = ${resolve('10.77.0.254:5000/nope:1')}10.77.0.254:5000/nope:1: not found`,
  ],
  [
    'seen: no such repository, in back-off',
    'ImageNotFound',
    `Back-off pulling image "10.77.0.254:5000/nope:1": ErrImagePull: rpc error: code = NotFound desc = ${resolve('10.77.0.254:5000/nope:1')}10.77.0.254:5000/nope:1: not found`,
  ],
  [
    'seen: no such digest, which has 404 and 401 in it',
    'ImageNotFound',
    `rpc error: code = NotFound desc = ${resolve(`10.77.0.254:5000/busy@${digest}`)}10.77.0.254:5000/busy@${digest}: not found`,
  ],
  [
    'seen: 401 with Basic',
    'Unauthorized',
    `${resolve('10.77.0.253:5003/s401/x:1')}pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  ],
  [
    'seen: 403',
    'Unauthorized',
    `${resolve('10.77.0.253:5003/s403/x:1')}unexpected status from HEAD request to http://10.77.0.253:5003/v2/s403/x/manifests/1: 403 Forbidden\ndenied: sentence of the registry`,
  ],
  [
    'seen: 401 by the token service',
    'Unauthorized',
    `${resolve('10.77.0.253:5003/t/x:1')}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to http://10.77.0.253:5003/tok401?scope=repository%3Ax%3Apull&service=s: 401 Unauthorized`,
  ],
  [
    'a token service at a wrong address',
    'PullFailed',
    `${resolve('r.example/x:1')}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://r.example/token?service=s: 404 Not Found`,
  ],
  [
    'seen: 429',
    'PullFailed',
    `${resolve('10.77.0.253:5003/s429/x:1')}unexpected status from HEAD request to http://10.77.0.253:5003/v2/s429/x/manifests/1: 429 Too Many Requests`,
  ],
  [
    'Docker Hub without an account',
    'PullFailed',
    'toomanyrequests: You have reached your unauthenticated pull rate limit',
  ],
  [
    'seen: 500',
    'PullFailed',
    `${resolve('10.77.0.253:5003/s500/x:1')}unexpected status from HEAD request to http://10.77.0.253:5003/v2/s500/x/manifests/1: 500 Internal Server Error`,
  ],
  [
    'seen: no registry',
    'PullFailed',
    `${resolve('10.77.0.254:5999/x:1')}failed to do request: Head "https://10.77.0.254:5999/v2/x/manifests/1": dial tcp 10.77.0.254:5999: connect: connection refused`,
  ],
  [
    'a port that looks like a status',
    'PullFailed',
    `${resolve('r.example:404/x:1')}failed to do request: Head "https://r.example:404/v2/x/manifests/401": dial tcp 10.0.0.1:404: i/o timeout`,
  ],
  [
    'no such host',
    'PullFailed',
    `${resolve('nowhere.example/x:1')}failed to do request: Head "https://nowhere.example/v2/x/manifests/1": dial tcp: lookup nowhere.example on 10.96.0.10:53: no such host`,
  ],
  [
    'only for other platforms',
    'PullFailed',
    `rpc error: code = NotFound desc = ${resolve('r.example/x:1')}no match for platform in manifest: not found`,
  ],
  [
    'CRI-O: no such tag',
    'ImageNotFound',
    'reading manifest nope in docker.io/library/nginx: manifest unknown',
  ],
  [
    'CRI-O: private',
    'Unauthorized',
    'initializing source docker://r.example/x:1: reading manifest 1 in r.example/x: requested access to the resource is denied',
  ],
  [
    'CRI-O: credentials',
    'Unauthorized',
    'unable to retrieve auth token: invalid username/password: unauthorized: authentication required',
  ],
  [
    'a quoted name that says not found',
    'PullFailed',
    'failed to pull image "r.example/manifest unknown": EOF',
  ],
];

describe('classifyPullFailure', () => {
  test.for(messages)('%s is %s', ([, reason, message]) => {
    expect(classifyPullFailure('ErrImagePull', message)).toBe(reason);
  });

  test.for([
    [
      'ErrImageNeverPull',
      'Container image "r.example/x:1" is not present with pull policy of Never',
    ],
    [
      'InvalidImageName',
      'couldn\'t parse image name "r.example/UPPER:1": invalid reference format',
    ],
  ] as const)('%s asked no registry', ([waitingReason, message]) => {
    expect(classifyPullFailure(waitingReason, message)).toBe('PullFailed');
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
