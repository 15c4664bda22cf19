// What kubelets, runtimes and API servers say when a pull pod fails, word for word, where each sentence comes from, and
// what Forehold makes of it. The one table that tests of the classification go over.
//
// `seen`: recorded on the test bed in November 2026 (Kubernetes 1.36.3, containerd 2.4.2, a registry front that refuses,
// limits, cuts and delays by rule). Otherwise the project whose source or issue has the sentence.

import type { Reason } from '../../shared/reason.ts';

type Source = 'seen' | 'kubelet' | 'containerd' | 'CRI-O' | 'Docker Hub' | 'API server' | 'CNI';

export interface RecordedFailure {
  readonly what: string;
  readonly source: Source;
  readonly reason: Reason;
  readonly message: string;
}

const resolve = (image: string): string =>
  `failed to pull and unpack image "${image}": failed to resolve image: `;
const head = (path: string): string =>
  `${resolve(`10.77.0.253:5002/${path}:1`)}unexpected status from HEAD request to http://10.77.0.253:5002/v2/${path}/manifests/1: `;
const dial = (host: string): string =>
  `${resolve(`${host}/x:1`)}failed to do request: Head "https://${host}/v2/x/manifests/1": `;
const digest = `sha256:404${'0'.repeat(58)}401`;

/** Messages of a container that waits with reason ErrImagePull or ImagePullBackOff. */
export const pullFailures: readonly RecordedFailure[] = [
  {
    what: 'no such repository',
    source: 'seen',
    reason: 'ImageNotFound',
    message: `rpc error: code = NotFound desc = ${resolve('10.77.0.254:5000/nope:1')}10.77.0.254:5000/nope:1: not found`,
  },
  {
    what: 'no such repository, in back-off',
    source: 'seen',
    reason: 'ImageNotFound',
    message: `Back-off pulling image "10.77.0.254:5000/nope:1": ErrImagePull: rpc error: code = NotFound desc = ${resolve('10.77.0.254:5000/nope:1')}10.77.0.254:5000/nope:1: not found`,
  },
  {
    what: 'no such digest, which has 404 and 401 in it',
    source: 'seen',
    reason: 'ImageNotFound',
    message: `rpc error: code = NotFound desc = ${resolve(`10.77.0.254:5000/busy@${digest}`)}10.77.0.254:5000/busy@${digest}: not found`,
  },
  {
    what: 'no such tag',
    source: 'CRI-O',
    reason: 'ImageNotFound',
    message: 'reading manifest nope in docker.io/library/nginx: manifest unknown',
  },
  {
    what: '401 with Basic',
    source: 'seen',
    reason: 'Unauthorized',
    message: `${resolve('10.77.0.253:5003/s401/x:1')}pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  },
  {
    what: '401 without a challenge',
    source: 'seen',
    reason: 'Unauthorized',
    message: `${head('r401/x')}401 Unauthorized`,
  },
  {
    what: '403',
    source: 'seen',
    reason: 'Unauthorized',
    message: `${head('r403/x')}403 Forbidden\ndenied: denied`,
  },
  {
    what: '401 by the token service',
    source: 'seen',
    reason: 'Unauthorized',
    message: `${resolve('10.77.0.253:5003/t/x:1')}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to http://10.77.0.253:5003/tok401?scope=repository%3Ax%3Apull&service=s: 401 Unauthorized`,
  },
  {
    what: 'private',
    source: 'CRI-O',
    reason: 'Unauthorized',
    message:
      'initializing source docker://r.example/x:1: reading manifest 1 in r.example/x: requested access to the resource is denied',
  },
  {
    what: 'wrong credentials',
    source: 'CRI-O',
    reason: 'Unauthorized',
    message:
      'unable to retrieve auth token: invalid username/password: unauthorized: authentication required',
  },
  {
    what: '429',
    source: 'seen',
    reason: 'RegistryRateLimited',
    message: `${head('r429/x')}429 Too Many Requests`,
  },
  {
    what: '429 for a layer',
    source: 'containerd',
    reason: 'RegistryRateLimited',
    message:
      'rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/busybox:latest": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/busybox/manifests/sha256:50aa: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
  },
  {
    what: 'without an account',
    source: 'Docker Hub',
    reason: 'RegistryRateLimited',
    message: 'toomanyrequests: You have reached your unauthenticated pull rate limit',
  },
  {
    what: 'rate limited',
    source: 'CRI-O',
    reason: 'RegistryRateLimited',
    message:
      'rpc error: code = Unknown desc = reading manifest v3.6.0 in docker.io/openshift/hello-openshift: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
  },
  {
    what: '500',
    source: 'seen',
    reason: 'RegistryUnavailable',
    message: `${head('r500/x')}500 Internal Server Error`,
  },
  {
    what: '502',
    source: 'seen',
    reason: 'RegistryUnavailable',
    message: `${head('r502/x')}502 Bad Gateway`,
  },
  {
    what: '503, in back-off',
    source: 'seen',
    reason: 'RegistryUnavailable',
    message: `Back-off pulling image "10.77.0.253:5002/r503/x:1": ErrImagePull: ${head('r503/x')}503 Service Unavailable`,
  },
  {
    what: '504',
    source: 'seen',
    reason: 'RegistryUnavailable',
    message: `${head('r504/x')}504 Gateway Timeout`,
  },
  {
    what: 'connection closed without an answer',
    source: 'seen',
    reason: 'RegistryUnavailable',
    message: `${resolve('10.77.0.253:5002/drop/x:1')}failed to do request: Head "http://10.77.0.253:5002/v2/drop/x/manifests/1": EOF`,
  },
  {
    what: 'nobody listens',
    source: 'seen',
    reason: 'RegistryUnavailable',
    message: `${dial('10.77.0.253:5999')}dial tcp 10.77.0.253:5999: connect: connection refused`,
  },
  {
    what: 'no route',
    source: 'seen',
    reason: 'RegistryUnavailable',
    message: `${dial('10.77.0.99:5000')}dial tcp 10.77.0.99:5000: connect: no route to host`,
  },
  {
    what: 'no network',
    source: 'seen',
    reason: 'RegistryUnavailable',
    message: `${dial('192.0.2.1:5000')}dial tcp 192.0.2.1:5000: connect: network is unreachable`,
  },
  {
    what: 'a port that looks like a status',
    source: 'containerd',
    reason: 'RegistryUnavailable',
    message: `${dial('r.example:404')}dial tcp 10.0.0.1:404: i/o timeout`,
  },
  {
    what: 'no answer in time',
    source: 'CRI-O',
    reason: 'RegistryUnavailable',
    message:
      'pinging container registry r.example: Get "https://r.example/v2/": net/http: TLS handshake timeout',
  },
  {
    what: 'no name server answers',
    source: 'seen',
    reason: 'DnsError',
    message: `${dial('registry.nowhere.invalid')}dial tcp: lookup registry.nowhere.invalid on 10.255.255.53:53: read udp 10.77.0.1:36851->10.255.255.53:53: i/o timeout`,
  },
  {
    what: 'no such host',
    source: 'containerd',
    reason: 'DnsError',
    message: `${dial('nowhere.example')}dial tcp: lookup nowhere.example on 10.96.0.10:53: no such host`,
  },
  {
    what: 'no name server',
    source: 'CRI-O',
    reason: 'DnsError',
    message:
      'error pinging docker registry registry-1.docker.io: Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp: lookup http: Temporary failure in name resolution',
  },
  {
    what: 'a certificate of an unknown authority',
    source: 'seen',
    reason: 'TlsError',
    message: `${dial('10.77.0.253:5443')}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  },
  {
    what: 'plain text where TLS was expected',
    source: 'seen',
    reason: 'TlsError',
    message: `${dial('10.77.0.253:5444')}http: server gave HTTP response to HTTPS client`,
  },
  {
    what: 'a certificate of an unknown authority',
    source: 'CRI-O',
    reason: 'TlsError',
    message:
      'error pinging docker registry r.example:5050: Get "https://r.example:5050/v2/": x509: certificate signed by unknown authority',
  },
  {
    what: 'no room for a layer',
    source: 'containerd',
    reason: 'InsufficientDisk',
    message:
      'failed to pull and unpack image "r.example/x:1": failed to extract layer sha256:1f: write /var/lib/containerd/tmpmounts/m/f: no space left on device: unknown',
  },
  {
    what: 'no room',
    source: 'CRI-O',
    reason: 'InsufficientDisk',
    message:
      'copying system image from manifest list: writing blob: storing blob to file "/var/tmp/s/1": write /var/tmp/s/1: no space left on device',
  },
  {
    what: 'only for other platforms',
    source: 'containerd',
    reason: 'PlatformMismatch',
    message: `rpc error: code = NotFound desc = ${resolve('r.example/x:1')}no match for platform in manifest: not found`,
  },
  {
    what: 'only for other platforms',
    source: 'CRI-O',
    reason: 'PlatformMismatch',
    message:
      'choosing image instance: no image found in manifest list for architecture arm64, variant "v8", OS linux',
  },
  {
    what: 'a signature is missing',
    source: 'CRI-O',
    reason: 'SignatureRejected',
    message:
      'rpc error: code = Unknown desc = copying system image from manifest list: Source image rejected: A signature was required, but no signature exists',
  },
  {
    what: 'blocked by a verifier',
    source: 'containerd',
    reason: 'SignatureRejected',
    message:
      'failed to pull and unpack image "r.example/x:1": image verifier bindir blocked pull of r.example/x:1 with digest sha256:1f for reason: not signed',
  },
  {
    what: 'a token service at a wrong address',
    source: 'containerd',
    reason: 'PullFailed',
    message: `${resolve('r.example/x:1')}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://r.example/token?service=s: 404 Not Found`,
  },
  {
    what: 'a quoted name that says manifest unknown',
    source: 'containerd',
    reason: 'PullFailed',
    message: 'failed to pull image "r.example/manifest unknown": unexpected media type',
  },
  {
    what: 'words that nobody knows',
    source: 'containerd',
    reason: 'PullFailed',
    message: 'failed to pull and unpack image "r.example/x:1": snapshotter stargz was not found',
  },
];

/** What the API server says as it refuses to create a pod. */
export const refusals: readonly RecordedFailure[] = [
  {
    what: 'too many pods',
    source: 'seen',
    reason: 'QuotaExceeded',
    message:
      'pods "x" is forbidden: exceeded quota: pulls, requested: pods=1, used: pods=0, limited: pods=0',
  },
  {
    what: 'a quota that wants limits',
    source: 'seen',
    reason: 'QuotaExceeded',
    message: 'pods "x" is forbidden: failed quota: memory: must specify limits.memory for: pull',
  },
  {
    what: 'a webhook that is not there',
    source: 'seen',
    reason: 'WebhookUnavailable',
    message:
      'Internal error occurred: failed calling webhook "hook.faults.example": failed to call webhook: Post "https://10.77.0.253:5998/x?timeout=1s": dial tcp 10.77.0.253:5998: connect: connection refused',
  },
  {
    what: 'Pod Security',
    source: 'seen',
    reason: 'AdmissionDenied',
    message:
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "pull" must set securityContext.allowPrivilegeEscalation=false)',
  },
  {
    what: 'a LimitRange',
    source: 'seen',
    reason: 'AdmissionDenied',
    message: 'pods "x" is forbidden: maximum memory usage per Container is 8Mi, but limit is 64Mi',
  },
  {
    what: 'no such priority class',
    source: 'seen',
    reason: 'AdmissionDenied',
    message: 'pods "x" is forbidden: no PriorityClass with name nope was found',
  },
  {
    what: 'no such service account',
    source: 'seen',
    reason: 'AdmissionDenied',
    message:
      'pods "x" is forbidden: error looking up service account faults-rec/nope: serviceaccount "nope" not found',
  },
  {
    what: 'no right',
    source: 'seen',
    reason: 'AdmissionDenied',
    message:
      'pods is forbidden: User "system:serviceaccount:default:default" cannot create resource "pods" in API group "" in the namespace "faults-rec"',
  },
  {
    what: 'no namespace',
    source: 'seen',
    reason: 'AdmissionDenied',
    message: 'namespaces "nonamespace" not found',
  },
  {
    what: 'a webhook that says no',
    source: 'API server',
    reason: 'AdmissionDenied',
    message: 'admission webhook "validate.kyverno.svc-fail" denied the request: no',
  },
  {
    what: 'an admission policy',
    source: 'API server',
    reason: 'AdmissionDenied',
    message:
      "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'forehold-not-after' with binding 'forehold-not-after' denied request: too late",
  },
];

export interface RecordedRejection extends RecordedFailure {
  /** `status.reason` of the pod. */
  readonly podReason: string;
}

/** What the kubelet says as it refuses to run a pod. */
export const rejections: readonly RecordedRejection[] = [
  {
    what: 'no CPU',
    source: 'seen',
    podReason: 'OutOfcpu',
    reason: 'PodRejected',
    message:
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 1000000, used: 1, capacity: 2000",
  },
  {
    what: 'another node was meant',
    source: 'seen',
    podReason: 'NodeAffinity',
    reason: 'PodRejected',
    message:
      "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  },
  {
    what: 'another operating system',
    source: 'seen',
    podReason: 'PodOSNotSupported',
    reason: 'PlatformMismatch',
    message: "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS",
  },
  {
    what: 'admitted under disk pressure',
    source: 'kubelet',
    podReason: 'Evicted',
    reason: 'NodePressure',
    message: 'Pod was rejected: The node had condition: [DiskPressure]. ',
  },
  {
    what: 'evicted under disk pressure',
    source: 'kubelet',
    podReason: 'Evicted',
    reason: 'NodePressure',
    message:
      'The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 0. ',
  },
  {
    what: 'evicted for its own use',
    source: 'kubelet',
    podReason: 'Evicted',
    reason: 'PodRejected',
    message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
  },
  {
    what: 'the node shuts down',
    source: 'kubelet',
    podReason: 'NodeShutdown',
    reason: 'PodRejected',
    message: 'Pod was rejected as the node is shutting down.',
  },
];
