// Names that both sides, the chart and the tests must spell alike.

export const apiGroup = 'forehold.dev';
export const apiVersion = 'v1alpha1';

/** Labels of pull pods. */
export const labels = {
  managedBy: 'app.kubernetes.io/managed-by',
  imageHash: `${apiGroup}/image-hash`,
  nodeHash: `${apiGroup}/node-hash`,
} as const;

/** Value of the managed-by label on everything that Forehold creates. */
export const managedBy = 'forehold';

/** Annotations of pull pods: the lease, written where every crash of ours leaves it intact. */
export const annotations = {
  lease: `${apiGroup}/lease`,
  epoch: `${apiGroup}/epoch`,
  pair: `${apiGroup}/pair`,
  limits: `${apiGroup}/limits`,
  notAfter: `${apiGroup}/not-after`,
  pullTimeout: `${apiGroup}/pull-timeout`,
  schema: `${apiGroup}/schema`,
} as const;

/** Version of the annotations above; a pod with another one counts against every limit its node and image match. */
export const annotationSchema = '1';

/** Annotation of the Secret of certificates: its content was written by Forehold, in this schema. */
export const tlsSchemaAnnotation = `${apiGroup}/tls-schema`;

/** Namespace of pull pods, agents and pull secrets. */
export const defaultPullNamespace = 'forehold-pulls';

/** The coordination Lease that says who leads and keeps the epoch, in the coordinator's namespace. */
export const coordinatorLeaseName = 'forehold-coordinator';

/** The ConfigMap that keeps what people have paused, in the coordinator's namespace. */
export const pausesConfigMapName = 'forehold-pauses';

/** Annotation of that Lease: HOST:PORT at which agents reach its holder. */
export const leaderAddressAnnotation = `${apiGroup}/leader-address`;

/** gRPC trailer of a coordinator that does not lead: HOST:PORT of the one that does, or `unknown`. */
export const leaderTrailer = 'forehold-leader';

/** The ConfigMap in the pull namespace from which agents and people take the coordinator's CA, under `ca.crt`. */
export const caConfigMapName = 'forehold-ca';

/** The Secret of the coordinator's namespace that keeps managed certificates, unless another is named. */
export const tlsSecretName = 'forehold-tls';

export const ports = { grpc: 7443, http: 7480 } as const;

/** What a token must be made for: a session of an agent, a call of a person. No API server takes such a token. */
export const audiences = { session: 'forehold-session', inspector: 'forehold-inspector' } as const;

/** Service accounts, as the chart names them by default: agents in the pull namespace, the others beside the coordinator. */
export const accounts = {
  agent: 'forehold-agent',
  viewer: 'forehold-viewer',
  operator: 'forehold-operator',
} as const;
