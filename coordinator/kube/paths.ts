// Where the API server keeps what the coordinator reads and writes.

import { apiGroup, apiVersion, coordinatorLeaseName } from '../../shared/names.ts';

export const nodesPath = '/api/v1/nodes';

export const cachedImagesPath = `/apis/${apiGroup}/${apiVersion}/cachedimages`;

export const pullPoliciesPath = `/apis/${apiGroup}/${apiVersion}/pullpolicies`;

export function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

export function eventsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/events`;
}

export function configMapsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps`;
}

export function configMapPath(namespace: string, name: string): string {
  return `${configMapsPath(namespace)}/${name}`;
}

export function secretsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}

export function secretPath(namespace: string, name: string): string {
  return `${secretsPath(namespace)}/${name}`;
}

export function coordinationLeasesPath(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

export function coordinatorLeasePath(namespace: string): string {
  return `${coordinationLeasesPath(namespace)}/${coordinatorLeaseName}`;
}

export function cachedImageStatusPath(name: string): string {
  return `${cachedImagesPath}/${name}/status`;
}

export function pullPolicyStatusPath(name: string): string {
  return `${pullPoliciesPath}/${name}/status`;
}
