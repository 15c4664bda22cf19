// Field selectors: `a=b`, `a==b`, `a!=b`, joined by commas, over the few fields that the API server indexes per kind.

import { isJsonObject } from '../../shared/json.ts';
import { badRequest } from '../store/api-error.ts';
import type { ObjectFilter } from '../store/collection.ts';
import type { ApiObject, ResourceDefinition } from '../store/resources.ts';

interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

export type FieldSelector = readonly FieldRequirement[];

const fieldsByKind: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.nodeName', 'status.phase', 'spec.restartPolicy', 'spec.serviceAccountName'],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'reason',
    'type',
  ],
};

/** @throws ApiError BadRequest when it cannot be read or names a field that this kind has no index of */
export function parseFieldSelector(text: string, definition: ResourceDefinition): FieldSelector {
  if (text.trim() === '') return [];
  const supported = ['metadata.name', ...(fieldsByKind[definition.kind] ?? [])];
  if (definition.namespaced) supported.push('metadata.namespace');
  return text.split(',').map((part) => {
    const match = /^([^=!]+)(==|=|!=)([^=!]*)$/.exec(part.trim());
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = '', operator, value = ''] = match;
    if (!supported.includes(field)) throw badRequest(`field label not supported: ${field}`);
    return { field, equal: operator !== '!=', value };
  });
}

export function matchesFields(selector: FieldSelector, object: ApiObject): boolean {
  return selector.every(
    ({ field, equal, value }) => (readField(object, field) === value) === equal,
  );
}

/** The part of a selector by which the store finds subscribers and objects quickly. */
export function filterOf(selector: FieldSelector): ObjectFilter {
  const exact = (field: string): string | undefined =>
    selector.find((requirement) => requirement.field === field && requirement.equal)?.value;
  const nodeName = exact('spec.nodeName');
  return {
    name: exact('metadata.name'),
    namespace: exact('metadata.namespace'),
    // "No node" is not indexed.
    nodeName: nodeName === '' ? undefined : nodeName,
  };
}

function readField(object: ApiObject, field: string): string {
  let value: unknown = object;
  for (const part of field.split('.')) value = isJsonObject(value) ? value[part] : undefined;
  if (field === 'spec.unschedulable') return String(value ?? false);
  return typeof value === 'string' ? value : '';
}
