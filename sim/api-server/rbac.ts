// Who may do what: Roles, ClusterRoles and their bindings as they are stored, read the way the real authorizer reads
// them (rules only ever allow). Left out: aggregation of ClusterRoles, non-resource URLs, checks against escalation.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import type { ApiObject } from '../store/resources.ts';
import type { Store } from '../store.ts';
import { textsIn } from './account-token.ts';

export interface Asker {
  readonly username: string;
  readonly groups: readonly string[];
}

export interface Attempt {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Empty for none. */
  readonly subresource: string;
  /** Empty for all of them, and for what has none. */
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
}

const mastersGroup = 'system:masters';
const accountPrefix = 'system:serviceaccount:';

/** Why it is allowed; undefined when no rule does. */
export function findPermission(store: Store, asker: Asker, attempt: Attempt): string | undefined {
  if (asker.groups.includes(mastersGroup)) return `group ${mastersGroup} may do everything`;
  const wide = store.list('clusterrolebindings');
  const narrow =
    attempt.namespace === '' ? [] : store.list('rolebindings', { namespace: attempt.namespace });
  const allowing = [...wide, ...narrow].find(
    (binding) => isBound(binding, asker) && rulesOf(store, binding).some(allows(attempt)),
  );
  if (allowing === undefined) return undefined;
  return `RBAC: allowed by ${allowing.kind ?? ''} "${allowing.metadata.name}"`;
}

function isBound(binding: ApiObject & { readonly subjects?: unknown }, asker: Asker): boolean {
  const subjects: readonly unknown[] = Array.isArray(binding.subjects) ? binding.subjects : [];
  return subjects.filter(isJsonObject).some(({ kind, name, namespace }) => {
    if (kind === 'Group') return asker.groups.includes(String(name));
    if (kind === 'User') return asker.username === name;
    return asker.username === `${accountPrefix}${String(namespace)}:${String(name)}`;
  });
}

function rulesOf(
  store: Store,
  binding: ApiObject & { readonly roleRef?: unknown },
): readonly JsonObject[] {
  const { kind, name } = isJsonObject(binding.roleRef) ? binding.roleRef : {};
  const at = { namespace: binding.metadata.namespace, name: String(name) };
  const role =
    kind === 'Role' ? store.find('roles', at) : store.find('clusterroles', { name: at.name });
  const rules: readonly unknown[] = Array.isArray(role?.rules) ? role.rules : [];
  return rules.filter(isJsonObject);
}

function allows(attempt: Attempt): (rule: JsonObject) => boolean {
  const { verb, group, resource, subresource, name } = attempt;
  const wanted =
    subresource === '' ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`];
  return (rule) => {
    const names = textsIn(rule['resourceNames']);
    return (
      includes(rule['verbs'], [verb]) &&
      includes(rule['apiGroups'], [group]) &&
      includes(rule['resources'], wanted) &&
      (names.length === 0 || names.includes(name))
    );
  };
}

function includes(field: unknown, wanted: readonly string[]): boolean {
  const given = textsIn(field);
  return given.includes('*') || wanted.some((word) => given.includes(word));
}
