// Which kinds the embedded cluster knows, and in what they differ from each other. A new kind is one entry in each of
// the two tables here; nothing else in the store asks for a kind by name.

import type { JsonObject } from '../../shared/json.ts';
import type {
  ConfigMap,
  CoordinationLease,
  KubeEvent,
  KubeObject,
  Node,
  ObjectMeta,
  Pod,
} from '../../shared/kube-types.ts';
import { apiGroup, apiVersion } from '../../shared/names.ts';
import type { Subject } from './api-error.ts';

/** Which fields one manager has applied. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: JsonObject;
  readonly subresource?: 'status';
}

/** Metadata as a client sends it. */
export interface Meta extends ObjectMeta {
  readonly generateName?: string;
  readonly finalizers?: readonly string[];
  /** Only what was applied; plain writes leave no entry. */
  readonly managedFields?: readonly ManagedFields[];
}

/** Metadata of a stored object: what the API server itself fills in is there. */
export interface StoredMeta extends Meta {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
}

export interface ApiObject extends KubeObject {
  readonly metadata: Meta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

interface Namespace extends ApiObject {
  readonly status?: { readonly phase?: string };
}

/** Rules as RBAC reads them; of any shape, because nobody checked them. */
interface Role extends ApiObject {
  readonly rules?: unknown;
}

interface RoleBinding extends ApiObject {
  readonly subjects?: unknown;
  readonly roleRef?: unknown;
}

/** The type of each resource's objects, by the resource's plural name. */
export interface ResourceObjects {
  nodes: Node;
  pods: Pod;
  namespaces: Namespace;
  configmaps: ConfigMap;
  leases: CoordinationLease;
  events: KubeEvent;
  serviceaccounts: ApiObject;
  roles: Role;
  clusterroles: Role;
  rolebindings: RoleBinding;
  clusterrolebindings: RoleBinding;
  cachedimages: ApiObject;
  pullpolicies: ApiObject;
}

export type ResourceName = keyof ResourceObjects;

/** An object of resource `R` as the store returns it. */
export type Stored<R extends ResourceName> = ResourceObjects[R] & { readonly metadata: StoredMeta };

export interface ResourceDefinition extends Subject {
  readonly version: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  /** Has `/status`, so that the main resource leaves status alone and the other way round. */
  readonly hasStatus: boolean;
  /** Status given at creation is kept (a kubelet registers its node with one). */
  readonly keepsStatusOnCreate: boolean;
  /** `metadata.generation` is counted. */
  readonly hasGeneration: boolean;
  /** A write to `/status` may also change labels and annotations. */
  readonly statusWritesMetadata: boolean;
  /** PUT without a resourceVersion overwrites whatever is there. */
  readonly unconditionalUpdate: boolean;
  /** PUT of an object that does not exist creates it. */
  readonly createOnUpdate: boolean;
  /** DELETE answers with the object instead of a Status. */
  readonly returnsDeleted: boolean;
  /** Its schema comes from a CustomResourceDefinition. */
  readonly custom: boolean;
}

const builtIn = {
  group: '',
  version: 'v1',
  namespaced: false,
  hasStatus: true,
  keepsStatusOnCreate: false,
  hasGeneration: false,
  statusWritesMetadata: true,
  unconditionalUpdate: true,
  createOnUpdate: false,
  returnsDeleted: false,
  custom: false,
} as const;

const rbac = {
  ...builtIn,
  group: 'rbac.authorization.k8s.io',
  hasStatus: false,
} as const;

const customKind = {
  ...builtIn,
  group: apiGroup,
  version: apiVersion,
  hasGeneration: true,
  statusWritesMetadata: false,
  unconditionalUpdate: false,
  custom: true,
} as const;

export const definitions: { readonly [R in ResourceName]: ResourceDefinition } = {
  nodes: {
    ...builtIn,
    plural: 'nodes',
    kind: 'Node',
    listKind: 'NodeList',
    keepsStatusOnCreate: true,
  },
  pods: {
    ...builtIn,
    plural: 'pods',
    kind: 'Pod',
    listKind: 'PodList',
    namespaced: true,
    hasGeneration: true,
    returnsDeleted: true,
  },
  namespaces: { ...builtIn, plural: 'namespaces', kind: 'Namespace', listKind: 'NamespaceList' },
  configmaps: {
    ...builtIn,
    plural: 'configmaps',
    kind: 'ConfigMap',
    listKind: 'ConfigMapList',
    namespaced: true,
    hasStatus: false,
  },
  leases: {
    ...builtIn,
    group: 'coordination.k8s.io',
    plural: 'leases',
    kind: 'Lease',
    listKind: 'LeaseList',
    namespaced: true,
    hasStatus: false,
    unconditionalUpdate: false,
    createOnUpdate: true,
  },
  events: {
    ...builtIn,
    plural: 'events',
    kind: 'Event',
    listKind: 'EventList',
    namespaced: true,
    hasStatus: false,
    createOnUpdate: true,
  },
  serviceaccounts: {
    ...builtIn,
    plural: 'serviceaccounts',
    kind: 'ServiceAccount',
    listKind: 'ServiceAccountList',
    namespaced: true,
    hasStatus: false,
  },
  roles: { ...rbac, plural: 'roles', kind: 'Role', listKind: 'RoleList', namespaced: true },
  clusterroles: {
    ...rbac,
    plural: 'clusterroles',
    kind: 'ClusterRole',
    listKind: 'ClusterRoleList',
  },
  rolebindings: {
    ...rbac,
    plural: 'rolebindings',
    kind: 'RoleBinding',
    listKind: 'RoleBindingList',
    namespaced: true,
  },
  clusterrolebindings: {
    ...rbac,
    plural: 'clusterrolebindings',
    kind: 'ClusterRoleBinding',
    listKind: 'ClusterRoleBindingList',
  },
  cachedimages: {
    ...customKind,
    plural: 'cachedimages',
    kind: 'CachedImage',
    listKind: 'CachedImageList',
  },
  pullpolicies: {
    ...customKind,
    plural: 'pullpolicies',
    kind: 'PullPolicy',
    listKind: 'PullPolicyList',
  },
};

export const resourceNames = Object.keys(definitions).filter(isResourceName);

export function isResourceName(name: string): name is ResourceName {
  return Object.hasOwn(definitions, name);
}

/** Where the API server has this resource: `/api/v1`, `/apis/GROUP/VERSION`. */
export function apiPath(definition: ResourceDefinition): string {
  return definition.group === ''
    ? `/api/${definition.version}`
    : `/apis/${definition.group}/${definition.version}`;
}

/** `apiVersion` of its objects. */
export function apiVersionOf(definition: ResourceDefinition): string {
  return definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
}

/** Name of a bound pod's node; undefined for anything else. */
export function nodeNameOf(object: ApiObject): string | undefined {
  const { spec } = object;
  if (typeof spec !== 'object' || spec === null || !('nodeName' in spec)) return undefined;
  return typeof spec.nodeName === 'string' && spec.nodeName !== '' ? spec.nodeName : undefined;
}
