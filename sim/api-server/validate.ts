// What the API server refuses of any kind (names, labels, annotations) and of pods: the rules that our own pods and
// people's objects can run into. Kinds with a CRD have their schema besides.

import { type ApiError, badRequest, invalid, type StatusCause } from '../store/api-error.ts';
import { isEqual, isJsonObject, type JsonObject } from '../store/json.ts';
import type { ApiObject, Meta, ResourceDefinition } from '../store/resources.ts';

const nameShape = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelKeyShape = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const labelValueShape = /^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/;
const containerNameShape = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const maxNameLength = 253;
const maxLabelValueLength = 63;
const maxAnnotationsBytes = 256 * 1024;
const nameRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

/**
 * @param causes what else was found wrong, by the kind's own schema
 * @throws ApiError Invalid
 */
export function validateObject(
  definition: ResourceDefinition,
  object: ApiObject,
  causes: readonly StatusCause[] = [],
): void {
  const all = [...validateMeta(object.metadata), ...causes, ...validateKind(definition, object)];
  if (all.length > 0) throw invalid(definition, object.metadata.name, all);
}

/**
 * A bound pod is what it is: images, tolerations and the deadline may change, nothing else.
 * @throws ApiError Invalid
 */
export function validatePodUpdate(
  definition: ResourceDefinition,
  old: ApiObject,
  next: ApiObject,
): void {
  if (isEqual(fixedPart(old.spec), fixedPart(next.spec))) return;
  const field = 'spec';
  const message =
    'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  throw invalid(definition, next.metadata.name, [
    { reason: 'FieldValueForbidden', message, field },
  ]);
}

/** Updates of kinds that know no overwriting must say which version they saw. */
export function versionRequired(definition: ResourceDefinition, name: string): ApiError {
  const cause = {
    reason: 'FieldValueInvalid',
    message: 'Invalid value: 0: must be specified for an update',
    field: 'metadata.resourceVersion',
  };
  return invalid({ ...definition, kind: definition.plural }, name, [cause]);
}

function fixedPart(spec: unknown): unknown {
  if (!isJsonObject(spec)) return spec;
  const { activeDeadlineSeconds: _, tolerations: __, containers, ...fixed } = spec;
  const shapes = Array.isArray(containers) ? containers.map(withoutImage) : containers;
  return { ...fixed, containers: shapes };
}

function withoutImage(container: unknown): unknown {
  if (!isJsonObject(container)) return container;
  const { image: _, ...shape } = container;
  return shape;
}

function validateMeta(metadata: Meta): StatusCause[] {
  return [
    ...validateName(metadata),
    ...Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => validateLabel(key, value)),
    ...validateAnnotations(metadata.annotations ?? {}),
  ];
}

function validateName(metadata: Meta): StatusCause[] {
  const field = 'metadata.name';
  if (metadata.name === '') {
    if ((metadata.generateName ?? '') !== '') return [];
    return [required(field, ': name or generateName is required')];
  }
  if (metadata.name.length > maxNameLength) {
    return [refused(metadata.name, `must be no more than ${maxNameLength} bytes`, field)];
  }
  return nameShape.test(metadata.name) ? [] : [refused(metadata.name, nameRule, field)];
}

function validateLabel(key: string, value: string): StatusCause[] {
  const field = 'metadata.labels';
  if (!labelKeyShape.test(key)) return [refused(key, 'name part must be a label key', field)];
  if (value.length > maxLabelValueLength) {
    return [refused(value, `must be no more than ${maxLabelValueLength} bytes`, field)];
  }
  return labelValueShape.test(value) ? [] : [refused(value, 'must be a valid label value', field)];
}

function validateAnnotations(annotations: Readonly<Record<string, string>>): StatusCause[] {
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
  return entries.flatMap(([key]) =>
    labelKeyShape.test(key.toLowerCase()) ? [] : [refused(key, 'must be a qualified name', field)],
  );
}

function validateKind(definition: ResourceDefinition, object: ApiObject): StatusCause[] {
  return definition.kind === 'Pod' ? validatePodSpec(object.spec) : [];
}

function validatePodSpec(spec: unknown): StatusCause[] {
  const field = 'spec.containers';
  if (!isJsonObject(spec)) return [required(field)];
  const { containers, nodeName } = spec;
  if (containers !== undefined && !Array.isArray(containers)) {
    throw badRequest(
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal spec.containers',
    );
  }
  if (containers === undefined || containers.length === 0) return [required(field)];
  const causes = containers.flatMap((container: unknown, index) =>
    validateContainer(isJsonObject(container) ? container : {}, `${field}[${index}]`),
  );
  if (typeof nodeName === 'string' && nodeName !== '' && !nameShape.test(nodeName)) {
    causes.push(refused(nodeName, nameRule, 'spec.nodeName'));
  }
  return causes;
}

function validateContainer(container: JsonObject, path: string): StatusCause[] {
  const { name, image } = container;
  const causes: StatusCause[] = [];
  if (typeof name !== 'string' || name === '') causes.push(required(`${path}.name`));
  else if (!containerNameShape.test(name) || name.length > maxLabelValueLength) {
    causes.push(refused(name, 'must be a lowercase RFC 1123 label', `${path}.name`));
  }
  if (typeof image !== 'string' || image === '') causes.push(required(`${path}.image`));
  else if (image !== image.trim()) {
    causes.push(refused(image, 'must not have leading or trailing whitespace', `${path}.image`));
  }
  return causes;
}

function required(field: string, why = ''): StatusCause {
  return { reason: 'FieldValueRequired', message: `Required value${why}`, field };
}

function refused(value: string, why: string, field: string): StatusCause {
  const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
  return { reason: 'FieldValueInvalid', message, field };
}
