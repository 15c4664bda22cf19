// What a stolen agent token, or a viewer's, asks of the API server besides creating pods. Nearly all of it fails for want
// of rights, with the policies and without.

import { defaultPullNamespace } from '../../../shared/names.ts';
import { releaseNamespace } from '../harness/release.ts';
import type { Attempt } from './as.ts';
import type { Loot } from './loot.ts';
import type { Refuser } from './pods.ts';

export interface RequestAttempt {
  readonly name: string;
  readonly token: 'agentToken' | 'sessionToken' | 'viewerToken' | 'viewerApiToken';
  readonly status: number;
  readonly refuser: Refuser | 'audience';
  readonly words: RegExp;
  readonly attempt: (loot: Loot) => Attempt;
}

const own = `/api/v1/namespaces/${releaseNamespace}`;
const pulls = `/api/v1/namespaces/${defaultPullNamespace}`;
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const kinds = '/apis/forehold.dev/v1alpha1';
const admission = '/apis/admissionregistration.k8s.io/v1';

function denied(
  name: string,
  verb: string,
  resource: string,
  attempt: RequestAttempt['attempt'],
): RequestAttempt {
  const words = new RegExp(`cannot ${verb} resource "${resource}"`);
  return { name, token: 'agentToken', status: 403, refuser: 'rights', words, attempt };
}

function byPolicy(name: string, words: RegExp, attempt: RequestAttempt['attempt']): RequestAttempt {
  return { name, token: 'agentToken', status: 403, refuser: 'policy', words, attempt };
}

/** `pulls` is a pull pod of another node that is under way. */
export const requestAttempts: readonly RequestAttempt[] = [
  denied('deleting the coordinator', 'delete', 'pods', ({ coordinatorPod }) => ({
    method: 'DELETE',
    path: `${own}/pods/${coordinatorPod.metadata.name}`,
  })),
  denied('deleting the Deployment', 'delete', 'deployments', () => ({
    method: 'DELETE',
    path: `/apis/apps/v1/namespaces/${releaseNamespace}/deployments/forehold-coordinator`,
  })),
  byPolicy("deleting another node's agent", /only act on pods of its own node/, (loot) => ({
    method: 'DELETE',
    path: `${pulls}/pods/${loot.otherAgentPod.metadata.name}`,
  })),
  byPolicy('deleting its own agent', /only act on pull pods/, ({ agentPod }) => ({
    method: 'DELETE',
    path: `${pulls}/pods/${agentPod.metadata.name}`,
  })),
  denied('deleting all pods at once', 'deletecollection', 'pods', () => ({
    method: 'DELETE',
    path: `${pulls}/pods`,
  })),
  denied('exec into an agent', 'create', 'pods/exec', ({ otherAgentPod }) => ({
    method: 'POST',
    path: `${pulls}/pods/${otherAgentPod.metadata.name}/exec?command=true&stdout=true`,
  })),
  denied('attaching to an agent', 'create', 'pods/attach', ({ otherAgentPod }) => ({
    method: 'POST',
    path: `${pulls}/pods/${otherAgentPod.metadata.name}/attach?stdout=true`,
  })),
  denied('port-forward to the coordinator', 'create', 'pods/portforward', ({ coordinatorPod }) => ({
    method: 'POST',
    path: `${own}/pods/${coordinatorPod.metadata.name}/portforward`,
  })),
  denied("reading the coordinator's log", 'get', 'pods/log', ({ coordinatorPod }) => ({
    method: 'GET',
    path: `${own}/pods/${coordinatorPod.metadata.name}/log`,
  })),
  denied('an ephemeral container', 'patch', 'pods/ephemeralcontainers', ({ otherAgentPod }) => ({
    method: 'PATCH',
    path: `${pulls}/pods/${otherAgentPod.metadata.name}/ephemeralcontainers`,
    body: { spec: { ephemeralContainers: [{ name: 'in', image: 'x', command: ['sh'] }] } },
  })),
  denied("evicting another node's agent", 'create', 'pods/eviction', ({ otherAgentPod }) => ({
    method: 'POST',
    path: `${pulls}/pods/${otherAgentPod.metadata.name}/eviction`,
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: otherAgentPod.metadata.name, namespace: defaultPullNamespace },
    },
  })),
  denied('binding a pod to a node', 'create', 'pods/binding', ({ otherNode, agentPod }) => ({
    method: 'POST',
    path: `${pulls}/pods/${agentPod.metadata.name}/binding`,
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: agentPod.metadata.name },
      target: { apiVersion: 'v1', kind: 'Node', name: otherNode.name },
    },
  })),
  denied('changing labels of a pod', 'patch', 'pods', ({ agentPod }) => ({
    method: 'PATCH',
    path: `${pulls}/pods/${agentPod.metadata.name}`,
    body: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'forehold' } } },
  })),
  denied('server-side apply of a pod', 'patch', 'pods', () => ({
    method: 'PATCH',
    path: `${pulls}/pods/pull-mine?fieldManager=attack`,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pull-mine' } },
  })),
  denied('replacing a pod', 'update', 'pods', ({ agentPod }) => ({
    method: 'PUT',
    path: `${pulls}/pods/${agentPod.metadata.name}`,
    body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: agentPod.metadata.name } },
  })),
  denied("a pod's status", 'patch', 'pods/status', ({ agentPod }) => ({
    method: 'PATCH',
    path: `${pulls}/pods/${agentPod.metadata.name}/status`,
    body: { status: { phase: 'Succeeded' } },
  })),
  denied('pods of all namespaces', 'list', 'pods', () => ({ method: 'GET', path: '/api/v1/pods' })),
  denied('pods beside the coordinator', 'list', 'pods', () => ({
    method: 'GET',
    path: `${own}/pods`,
  })),
  denied('listing Secrets of the pull namespace', 'list', 'secrets', () => ({
    method: 'GET',
    path: `${pulls}/secrets`,
  })),
  denied('reading a pull secret', 'get', 'secrets', () => ({
    method: 'GET',
    path: `${pulls}/secrets/loot`,
  })),
  denied("reading the coordinator's key", 'get', 'secrets', () => ({
    method: 'GET',
    path: `${own}/secrets/forehold-tls`,
  })),
  denied('listing all Secrets', 'list', 'secrets', () => ({
    method: 'GET',
    path: '/api/v1/secrets',
  })),
  denied('a Secret that becomes a token', 'create', 'secrets', () => ({
    method: 'POST',
    path: `${pulls}/secrets`,
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: {
        name: 'mint',
        annotations: { 'kubernetes.io/service-account.name': 'forehold-agent' },
      },
    },
  })),
  denied('replacing the published authority', 'patch', 'configmaps', () => ({
    method: 'PATCH',
    path: `${pulls}/configmaps/forehold-ca`,
    body: { data: { 'ca.crt': 'mine' } },
  })),
  denied('lifting limits', 'patch', 'configmaps', () => ({
    method: 'PATCH',
    path: `${own}/configmaps/forehold-limits`,
    body: { data: {} },
  })),
  denied('pausing everything', 'patch', 'configmaps', () => ({
    method: 'PATCH',
    path: `${own}/configmaps/forehold-pauses`,
    body: { data: {} },
  })),
  denied('an epoch of its own', 'patch', 'leases', () => ({
    method: 'PATCH',
    path: `/apis/coordination.k8s.io/v1/namespaces/${releaseNamespace}/leases/forehold-coordinator`,
    body: { metadata: { annotations: { 'forehold.dev/epoch': '999999' } } },
  })),
  denied('labels of its node', 'patch', 'nodes', ({ node }) => ({
    method: 'PATCH',
    path: `/api/v1/nodes/${node.name}`,
    body: { metadata: { labels: { mine: 'yes' } } },
  })),
  denied("its node's status", 'patch', 'nodes/status', ({ node }) => ({
    method: 'PATCH',
    path: `/api/v1/nodes/${node.name}/status`,
    body: { status: { conditions: [] } },
  })),
  denied('deleting a node', 'delete', 'nodes', ({ otherNode }) => ({
    method: 'DELETE',
    path: `/api/v1/nodes/${otherNode.name}`,
  })),
  denied("the kubelet's API", 'get', 'nodes/proxy', ({ otherNode }) => ({
    method: 'GET',
    path: `/api/v1/nodes/${otherNode.name}/proxy/pods`,
  })),
  denied('editing its own DaemonSet', 'patch', 'daemonsets', () => ({
    method: 'PATCH',
    path: `/apis/apps/v1/namespaces/${defaultPullNamespace}/daemonsets/forehold-agent`,
    body: { spec: { template: { spec: { hostPID: true } } } },
  })),
  denied('a DaemonSet of its own', 'create', 'daemonsets', () => ({
    method: 'POST',
    path: `/apis/apps/v1/namespaces/${defaultPullNamespace}/daemonsets`,
    body: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'mine' } },
  })),
  denied('a token of the coordinator', 'create', 'serviceaccounts/token', () =>
    mintAttempt(own, 'forehold-coordinator'),
  ),
  denied('a longer token of its own account', 'create', 'serviceaccounts/token', () =>
    mintAttempt(pulls, 'forehold-agent'),
  ),
  {
    ...denied('impersonating an administrator', 'impersonate', 'users', () => ({
      method: 'GET',
      path: '/api/v1/secrets',
      headers: { 'impersonate-user': 'admin', 'impersonate-group': 'system:masters' },
    })),
    words: /cannot impersonate/,
  },
  denied('a role binding for itself', 'create', 'clusterrolebindings', () => ({
    method: 'POST',
    path: `${rbac}/clusterrolebindings`,
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'mine' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects: [
        { kind: 'ServiceAccount', name: 'forehold-agent', namespace: defaultPullNamespace },
      ],
    },
  })),
  denied('more rights for its role', 'patch', 'roles', () => ({
    method: 'PATCH',
    path: `${rbac}/namespaces/${defaultPullNamespace}/roles/forehold-agent`,
    body: { rules: [] },
  })),
  denied('switching the policies off', 'delete', 'validatingadmissionpolicybindings', () => ({
    method: 'DELETE',
    path: `${admission}/validatingadmissionpolicybindings/forehold-agents`,
  })),
  denied('desiring an image', 'create', 'cachedimages', () => ({
    method: 'POST',
    path: `${kinds}/cachedimages`,
    body: { apiVersion: 'forehold.dev/v1alpha1', kind: 'CachedImage', metadata: { name: 'mine' } },
  })),
  denied('a false status of an image', 'patch', 'cachedimages/status', () => ({
    method: 'PATCH',
    path: `${kinds}/cachedimages/mine/status`,
    body: { status: { phase: 'Cached' } },
  })),
  denied('the pull namespace itself', 'patch', 'namespaces', () => ({
    method: 'PATCH',
    path: `/api/v1/namespaces/${defaultPullNamespace}`,
    body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
  })),
  denied('a certificate of the cluster', 'create', 'certificatesigningrequests', () => ({
    method: 'POST',
    path: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
    body: { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', spec: {} },
  })),
  ...wrongAudience('the session token at the API server', 'sessionToken'),
  ...wrongAudience("a viewer's inspector token at the API server", 'viewerToken'),
  {
    ...denied('a viewer that reads Secrets', 'get', 'secrets', () => ({
      method: 'GET',
      path: `${own}/secrets/forehold-tls`,
    })),
    token: 'viewerApiToken',
  },
  {
    ...denied('a viewer that desires an image', 'create', 'cachedimages', () => ({
      method: 'POST',
      path: `${kinds}/cachedimages`,
      body: { apiVersion: 'forehold.dev/v1alpha1', kind: 'CachedImage', metadata: { name: 'x' } },
    })),
    token: 'viewerApiToken',
  },
  {
    ...denied('a viewer that deletes a pull pod', 'delete', 'pods', ({ otherAgentPod }) => ({
      method: 'DELETE',
      path: `${pulls}/pods/${otherAgentPod.metadata.name}`,
    })),
    token: 'viewerApiToken',
  },
];

function mintAttempt(namespace: string, account: string): Attempt {
  return {
    method: 'POST',
    path: `${namespace}/serviceaccounts/${account}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } },
  };
}

function wrongAudience(name: string, token: RequestAttempt['token']): RequestAttempt[] {
  const attempt = (): Attempt => ({ method: 'GET', path: `${pulls}/pods` });
  return [{ name, token, status: 401, refuser: 'audience', words: /Unauthorized/, attempt }];
}
