// Every right that the chart grants to anybody, with its reason: the list that a reviewer of the installation reads. What
// is rendered must be on it, and what is on it must be rendered; a new right begins here.

/** Where a right holds: in the whole cluster, or in one namespace. */
export type Scope = 'cluster' | 'forehold' | 'forehold-pulls';

export interface Right {
  readonly account: string;
  readonly scope: Scope;
  /** API group and resource, such as `apps/deployments`; the core group is empty. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Objects by name; undefined means all. */
  readonly names?: readonly string[];
  readonly reason: string;
}

const read = ['get', 'list', 'watch'];
const kinds = ['forehold.dev/cachedimages', 'forehold.dev/pullpolicies'];
const shown = ['leases', 'nodes', 'images', 'limits'].map((name) => `forehold.dev/${name}`);

const agent: readonly Right[] = [
  {
    account: 'forehold-agent',
    scope: 'forehold-pulls',
    resource: '/pods',
    verbs: ['create', ...read, 'delete'],
    reason: 'pull pods; held to its own node and to their shape by the admission policies',
  },
  {
    account: 'forehold-agent',
    scope: 'cluster',
    resource: '/nodes',
    verbs: ['get', 'watch'],
    reason: 'its own node: images, conditions, taints; never a list',
  },
];

const coordinator: readonly Right[] = [
  {
    account: 'forehold-coordinator',
    scope: 'cluster',
    resource: '/nodes',
    verbs: read,
    reason: 'which nodes are targets, and whether they are ready',
  },
  ...kinds.flatMap((resource): Right[] => [
    {
      account: 'forehold-coordinator',
      scope: 'cluster',
      resource,
      verbs: read,
      reason: 'what is wanted, and how fast',
    },
    {
      account: 'forehold-coordinator',
      scope: 'cluster',
      resource: `${resource}/status`,
      verbs: ['patch'],
      reason: 'says what has become of it',
    },
  ]),
  {
    account: 'forehold-coordinator',
    scope: 'cluster',
    resource: 'authentication.k8s.io/tokenreviews',
    verbs: ['create'],
    reason: 'whose token an agent or a person presents',
  },
  {
    account: 'forehold-coordinator',
    scope: 'cluster',
    resource: 'authorization.k8s.io/subjectaccessreviews',
    verbs: ['create'],
    reason: 'whether a person may do what was asked of the inspector',
  },
  {
    account: 'forehold-coordinator',
    scope: 'cluster',
    resource: '/pods',
    verbs: ['list', 'watch'],
    reason: 'rbac.pendingPods: images that pods wait for',
  },
  {
    account: 'forehold-coordinator',
    scope: 'forehold-pulls',
    resource: '/pods',
    verbs: [...read, 'delete'],
    reason: 'pull pods are the leases; it deletes those whose time or agent is gone',
  },
  {
    account: 'forehold-coordinator',
    scope: 'forehold-pulls',
    resource: '/configmaps',
    names: ['forehold-ca'],
    verbs: ['get', 'update'],
    reason: 'publishes the authority that agents trust',
  },
  {
    account: 'forehold-coordinator',
    scope: 'forehold-pulls',
    resource: '/events',
    verbs: ['list'],
    reason: 'rbac.events: why a pull pod got no sandbox, such as NoPodIP',
  },
  {
    account: 'forehold-coordinator',
    scope: 'forehold',
    resource: 'coordination.k8s.io/leases',
    verbs: ['create'],
    reason: 'makes its coordination Lease once; a create cannot be held to a name',
  },
  {
    account: 'forehold-coordinator',
    scope: 'forehold',
    resource: 'coordination.k8s.io/leases',
    names: ['forehold-coordinator'],
    verbs: ['get', 'watch', 'update'],
    reason: 'leadership and the epoch, by optimistic lock; a standby watches it',
  },
  {
    account: 'forehold-coordinator',
    scope: 'forehold',
    resource: '/configmaps',
    names: ['forehold-pauses'],
    verbs: ['get', 'update'],
    reason: 'keeps what people have paused',
  },
  {
    account: 'forehold-coordinator',
    scope: 'forehold',
    resource: '/secrets',
    names: ['forehold-tls'],
    verbs: ['get', 'update'],
    reason: 'tls.mode=managed: its own authority and certificates; no other Secret',
  },
];

const people: readonly Right[] = [
  ...[...kinds, ...shown].map(
    (resource): Right => ({
      account: 'forehold-viewer',
      scope: 'cluster',
      resource,
      verbs: read,
      reason: 'a person who looks, by kubectl or by the inspector',
    }),
  ),
  ...shown.map(
    (resource): Right => ({
      account: 'forehold-operator',
      scope: 'cluster',
      resource,
      verbs: read,
      reason: 'who acts must see',
    }),
  ),
  ...kinds.map(
    (resource): Right => ({
      account: 'forehold-operator',
      scope: 'cluster',
      resource,
      verbs: [...read, 'create', 'update', 'patch', 'delete'],
      reason: 'says what is wanted',
    }),
  ),
  {
    account: 'forehold-operator',
    scope: 'cluster',
    resource: 'forehold.dev/leases',
    verbs: ['delete'],
    reason: 'RevokeLease',
  },
  {
    account: 'forehold-operator',
    scope: 'cluster',
    resource: 'forehold.dev/pause',
    verbs: ['create', 'delete'],
    reason: 'Pause and Resume',
  },
];

const uninstall: readonly Right[] = [
  {
    account: 'forehold-uninstall',
    scope: 'cluster',
    resource: '/namespaces',
    names: ['forehold-pulls'],
    verbs: ['get'],
    reason: 'whether the pull namespace goes by itself',
  },
  {
    account: 'forehold-uninstall',
    scope: 'forehold',
    resource: 'coordination.k8s.io/leases',
    names: ['forehold-coordinator'],
    verbs: ['delete'],
    reason: 'made at run time',
  },
  {
    account: 'forehold-uninstall',
    scope: 'forehold',
    resource: '/configmaps',
    names: ['forehold-pauses'],
    verbs: ['delete'],
    reason: 'made again by a coordinator that outlived it',
  },
  {
    account: 'forehold-uninstall',
    scope: 'forehold',
    resource: '/secrets',
    names: ['forehold-tls'],
    verbs: ['delete'],
    reason: 'made again by a coordinator that outlived it',
  },
  {
    account: 'forehold-uninstall',
    scope: 'forehold-pulls',
    resource: '/pods',
    verbs: ['list', 'delete'],
    reason: 'pull pods, where the namespace is not the chart’s',
  },
  {
    account: 'forehold-uninstall',
    scope: 'forehold-pulls',
    resource: '/configmaps',
    names: ['forehold-ca'],
    verbs: ['delete'],
    reason: 'the published authority, where the namespace is not the chart’s',
  },
];

export const rights: readonly Right[] = [...agent, ...coordinator, ...people, ...uninstall];
