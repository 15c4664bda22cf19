// What the API server refuses of whole objects: of any kind by its metadata, of pods and coordination Leases by the rules
// that our own ones can run into. Kinds with a CRD have their schema besides.

import { isJsonObject, isSameJson, type JsonObject } from '../../shared/json.ts';
import { type ApiError, badRequest, invalid, type StatusCause } from '../store/api-error.ts';
import type { ApiObject, ResourceDefinition } from '../store/resources.ts';
import { checkMeta, checkName, refused, required } from './validate-meta.ts';

const labelShape = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
// metav1.MicroTime, unlike every other time, wants exactly six digits of fraction.
const microTimeShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

/**
 * @param causes what else was found wrong, by the kind's own schema
 * @throws ApiError Invalid, BadRequest
 */
export function validateObject(
  definition: ResourceDefinition,
  object: ApiObject,
  causes: readonly StatusCause[] = [],
): void {
  const all = [...checkMeta(object.metadata), ...causes, ...checkKind(definition, object)];
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
  if (isSameJson(fixedPart(old.spec), fixedPart(next.spec))) return;
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

function checkKind(definition: ResourceDefinition, object: ApiObject): StatusCause[] {
  if (definition.kind === 'Pod') return checkPodSpec(object.spec);
  return definition.kind === 'Lease' ? checkLeaseSpec(object.spec) : [];
}

function checkPodSpec(spec: unknown): StatusCause[] {
  const field = 'spec.containers';
  if (!isJsonObject(spec)) return [required(field)];
  const { containers, nodeName, restartPolicy } = spec;
  if (containers !== undefined && !Array.isArray(containers)) {
    throw badRequest(
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal spec.containers',
    );
  }
  const list: readonly unknown[] = containers ?? [];
  const names = list.map((container) => (isJsonObject(container) ? container['name'] : ''));
  return [
    ...(list.length === 0 ? [required(field)] : []),
    ...list.flatMap((container, index) =>
      checkContainer(isJsonObject(container) ? container : {}, {
        path: `${field}[${index}]`,
        taken: names.slice(0, index),
      }),
    ),
    ...checkChoice(restartPolicy, ['Always', 'OnFailure', 'Never'], 'spec.restartPolicy'),
    ...(typeof nodeName === 'string' && nodeName !== ''
      ? checkName(nodeName, 'spec.nodeName')
      : []),
  ];
}

function checkContainer(
  container: JsonObject,
  place: { readonly path: string; readonly taken: readonly unknown[] },
): StatusCause[] {
  const { image, imagePullPolicy } = container;
  const { path } = place;
  return [
    ...checkContainerName(container['name'], place),
    ...checkImage(image, `${path}.image`),
    ...checkChoice(imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], `${path}.imagePullPolicy`),
  ];
}

function checkContainerName(
  name: unknown,
  place: { readonly path: string; readonly taken: readonly unknown[] },
): StatusCause[] {
  const field = `${place.path}.name`;
  if (typeof name !== 'string' || name === '') return [required(field)];
  if (!labelShape.test(name)) {
    const rule =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
    return [refused(name, rule, field)];
  }
  if (!place.taken.includes(name)) return [];
  return [{ reason: 'FieldValueDuplicate', message: `Duplicate value: "${name}"`, field }];
}

function checkImage(image: unknown, field: string): StatusCause[] {
  if (typeof image !== 'string' || image === '') return [required(field)];
  return image === image.trim()
    ? []
    : [refused(image, 'must not have leading or trailing whitespace', field)];
}

function checkChoice(value: unknown, choices: readonly string[], field: string): StatusCause[] {
  if (value === undefined || choices.some((choice) => choice === value)) return [];
  const supported = choices.map((choice) => `"${choice}"`).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return [{ reason: 'FieldValueNotSupported', message, field }];
}

function checkLeaseSpec(spec: unknown): StatusCause[] {
  if (!isJsonObject(spec)) return [];
  for (const field of ['acquireTime', 'renewTime']) {
    const time = spec[field] ?? undefined;
    if (time === undefined || (typeof time === 'string' && microTimeShape.test(time))) continue;
    throw badRequest(
      `Lease in version "v1" cannot be handled as a Lease: parsing time ${JSON.stringify(time)}: six digits of fraction are wanted`,
    );
  }
  const { leaseDurationSeconds: seconds } = spec;
  if (typeof seconds !== 'number' || seconds > 0) return [];
  return [refused(seconds, 'must be greater than 0', 'spec.leaseDurationSeconds')];
}
