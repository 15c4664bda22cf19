// The service accounts of the embedded cluster and their rights, as the chart makes them: agents in the pull namespace,
// viewers and operators in the coordinator's. Rights on `forehold.dev` are rights on things that no API server has
// (images, nodes, limits, pause): only the coordinator asks for them, by SubjectAccessReview.

import { accounts, apiGroup } from '../shared/names.ts';
import type { Store } from './store.ts';

export interface AccountNamespaces {
  readonly pullNamespace: string;
  readonly systemNamespace: string;
}

const rbac = 'rbac.authorization.k8s.io';
const viewerRules = [
  { apiGroups: [apiGroup], resources: ['leases'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [apiGroup], resources: ['nodes', 'images', 'limits'], verbs: ['get', 'list'] },
];
const operatorRules = [
  ...viewerRules,
  { apiGroups: [apiGroup], resources: ['leases'], verbs: ['delete'] },
  { apiGroups: [apiGroup], resources: ['pause'], verbs: ['create', 'delete'] },
];

export function createAccounts(store: Store, namespaces: AccountNamespaces): void {
  const { pullNamespace, systemNamespace } = namespaces;
  const create = (name: string, namespace: string): void => {
    store.create('serviceaccounts', { metadata: { name, namespace } });
  };
  create(accounts.agent, pullNamespace);
  for (const name of [accounts.viewer, accounts.operator]) create(name, systemNamespace);
  for (const [name, rules] of [
    [accounts.viewer, viewerRules],
    [accounts.operator, operatorRules],
  ] as const) {
    store.create('clusterroles', { metadata: { name }, rules });
    store.create('clusterrolebindings', {
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', namespace: systemNamespace, name }],
    });
  }
}
