// What the API server refuses in the metadata of any kind: names, labels, annotations, owners, and changes of what only
// it may change.

import { isSameJson } from '../../shared/json.ts';
import type { StatusCause } from '../store/api-error.ts';
import type { Meta } from '../store/resources.ts';

const nameShape = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelKeyShape = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const labelValueShape = /^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/;
const maxNameLength = 253;
const maxLabelValueLength = 63;
const maxAnnotationsBytes = 256 * 1024;
const alphabet =
  "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const nameRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

/** Everything that is wrong with it. */
export function checkMeta(metadata: Meta): StatusCause[] {
  return [
    ...checkOwnName(metadata),
    ...Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => checkLabel(key, value)),
    ...checkAnnotations(metadata.annotations ?? {}),
    ...(metadata.ownerReferences ?? []).flatMap((owner) => checkOwner(owner)),
  ];
}

/** What an update may not change; a field that is left out is no change. */
export function checkMetaUpdate(old: Meta, next: Meta): StatusCause[] {
  const fields = ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const;
  const changed = fields.filter((field) => {
    return next[field] !== undefined && !isSameJson(next[field], old[field]);
  });
  const kept = new Set(old.finalizers);
  const added = (next.finalizers ?? []).filter((finalizer) => !kept.has(finalizer));
  const isDeleting = old.deletionTimestamp !== undefined;
  return [
    ...changed.map((field) => immutable(`metadata.${field}`, next[field])),
    ...(isDeleting && added.length > 0 ? [noNewFinalizers(added)] : []),
  ];
}

export function immutable(field: string, value: unknown): StatusCause {
  const message = `Invalid value: ${JSON.stringify(value)}: field is immutable`;
  return { reason: 'FieldValueInvalid', message, field };
}

/** Empty when the text can be an object's name. */
export function checkName(name: string, field: string): StatusCause[] {
  if (name.length > maxNameLength) {
    return [refused(name, `must be no more than ${maxNameLength} bytes`, field)];
  }
  return nameShape.test(name) ? [] : [refused(name, nameRule, field)];
}

export function required(field: string, why = ''): StatusCause {
  return { reason: 'FieldValueRequired', message: `Required value${why}`, field };
}

export function refused(value: unknown, why: string, field: string): StatusCause {
  const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
  return { reason: 'FieldValueInvalid', message, field };
}

function checkOwnName(metadata: Meta): StatusCause[] {
  const field = 'metadata.name';
  if (metadata.name !== '') return checkName(metadata.name, field);
  if ((metadata.generateName ?? '') !== '') return [];
  return [required(field, ': name or generateName is required')];
}

function checkLabel(key: string, value: string): StatusCause[] {
  const field = 'metadata.labels';
  if (!labelKeyShape.test(key))
    return [refused(key, `name part must consist of ${alphabet}`, field)];
  if (value.length > maxLabelValueLength) {
    return [refused(value, `must be no more than ${maxLabelValueLength} bytes`, field)];
  }
  const rule = `a valid label must be an empty string or consist of ${alphabet}`;
  return labelValueShape.test(value) ? [] : [refused(value, rule, field)];
}

function checkAnnotations(annotations: Readonly<Record<string, string>>): StatusCause[] {
  const field = 'metadata.annotations';
  const entries = Object.entries(annotations);
  const sizeBytes = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (sizeBytes > maxAnnotationsBytes) {
    const message = `Too long: may not be more than ${maxAnnotationsBytes} bytes`;
    return [{ reason: 'FieldValueTooLong', message, field }];
  }
  const wrong = entries.filter(([key]) => !labelKeyShape.test(key.toLowerCase()));
  return wrong.map(([key]) => refused(key, `name part must consist of ${alphabet}`, field));
}

function checkOwner(owner: NonNullable<Meta['ownerReferences']>[number]): StatusCause[] {
  const fields = ['apiVersion', 'kind', 'name', 'uid'] as const;
  return fields
    .filter((field) => (owner[field] ?? '') === '')
    .map((field) => refused('', 'must not be empty', `metadata.ownerReferences.${field}`));
}

function noNewFinalizers(added: readonly string[]): StatusCause {
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return { reason: 'FieldValueForbidden', message, field: 'metadata.finalizers' };
}
