// From the body of a request to an object: the border where JSON becomes typed. What is refused here is refused before
// anything looks at the object (bad JSON, strange media types, another kind's object).

import { parse as parseYaml } from 'yaml';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { ApiError, badRequest } from '../store/api-error.ts';
import { type ApiObject, apiVersionOf, type Meta } from '../store/resources.ts';
import type { ApiRequest } from './message.ts';
import type { Target } from './route.ts';

const objectTypes = ['application/json', 'application/yaml'];

/** Largest body in bytes, as in the real API server. */
export const maxBodyBytes = 3 * 1024 * 1024;

/**
 * The object in the body of a create or an update, with the name and namespace of the path where it has none itself.
 * @throws ApiError BadRequest, UnsupportedMediaType
 */
export function decodeObject(request: ApiRequest, target: Target): JsonObject {
  const isYaml = mediaType(request, objectTypes) === 'application/yaml';
  const { kind, namespaced } = target.definition;
  const value = isYaml ? readYaml(request.body, kind) : readJson(request.body, kind);
  checkType(value, target);
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {};
  const { namespace } = metadata;
  if (namespaced && typeof namespace === 'string' && namespace !== (target.namespace ?? '')) {
    throw otherNamespace();
  }
  const name = metadata['name'] ?? '';
  if (target.name !== undefined && name !== '' && name !== target.name)
    throw otherName(name, target);
  const placed = namespaced ? { namespace: target.namespace } : {};
  // Who applied what is not a client's to write.
  const { managedFields: _, ...own } = metadata;
  return { ...value, metadata: { ...own, ...placed, name: target.name ?? name } };
}

/** @throws ApiError UnsupportedMediaType */
export function mediaType(request: ApiRequest, accepted: readonly string[]): string {
  const given = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '';
  const type = given === '' ? 'application/json' : given;
  if (accepted.includes(type)) return type;
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  throw new ApiError(415, 'UnsupportedMediaType', message);
}

/** @throws ApiError BadRequest */
export function decodePatch(body: string): JsonObject {
  const value = parseJson(body);
  if (!isJsonObject(value)) throw badRequest('error decoding patch: not a JSON object');
  return value;
}

/** @throws ApiError BadRequest when metadata has fields of other types than Kubernetes gives them */
export function toApiObject(value: JsonObject, kind: string): ApiObject {
  const { metadata, ...rest } = value;
  const given = isJsonObject(metadata) ? Object.entries(metadata) : [];
  const set: unknown = Object.fromEntries(given.filter(([, field]) => field !== null));
  if (isMeta(set)) return { ...rest, metadata: set };
  throw badRequest(
    `${kind} cannot be handled as a ${kind}: metadata has a field of the wrong type`,
  );
}

export function otherName(name: unknown, target: Target): ApiError {
  const { name: wanted = '' } = target;
  return badRequest(
    typeof name === 'string' && name !== ''
      ? `the name of the object (${name}) does not match the name on the URL (${wanted})`
      : `the name of the object (${wanted} based on URL) was undeterminable: name must be provided`,
  );
}

export function otherNamespace(): ApiError {
  return badRequest(
    'the namespace of the provided object does not match the namespace sent on the request',
  );
}

function readJson(body: string, kind: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    if (isJsonObject(value)) return value;
    throw new Error('the body is no object');
  } catch (error) {
    throw unrecognised(body, kind, error);
  }
}

function readYaml(body: string, kind: string): JsonObject {
  try {
    const value: unknown = parseYaml(body);
    if (isJsonObject(value)) return value;
    throw new Error('the body is no object');
  } catch (error) {
    throw unrecognised(body, kind, error);
  }
}

function unrecognised(body: string, kind: string, error: unknown): ApiError {
  const why = error instanceof Error ? error.message : String(error);
  const shown = body === '' ? '<empty>' : body.slice(0, 40);
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${shown})`,
  );
}

function checkType(value: JsonObject, target: Target): void {
  const { definition } = target;
  const expected = apiVersionOf(definition);
  const { kind = definition.custom ? '' : definition.kind, apiVersion = expected } = value;
  if (kind === '') {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): Object 'Kind' is missing`,
    );
  }
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected})`,
    );
  }
  if (kind === definition.kind) return;
  throw badRequest(
    `${String(kind)} in version "${definition.version}" cannot be handled as a ${definition.kind}`,
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badRequest(`error decoding patch: ${why}`);
  }
}

function isMeta(value: unknown): value is Meta {
  if (!isJsonObject(value)) return false;
  const texts = ['name', 'namespace', 'generateName', 'uid', 'resourceVersion'];
  const { labels, annotations, finalizers, ownerReferences } = value;
  return (
    texts.every((field) => value[field] === undefined || typeof value[field] === 'string') &&
    isTextMap(labels) &&
    isTextMap(annotations) &&
    isListOf(finalizers, (item) => typeof item === 'string') &&
    isListOf(ownerReferences, isJsonObject)
  );
}

function isTextMap(value: unknown): boolean {
  if (value === undefined) return true;
  return isJsonObject(value) && Object.values(value).every((item) => typeof item === 'string');
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isItem));
}
