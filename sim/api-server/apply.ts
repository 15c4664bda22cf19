// Server-side apply. Covered: ownership of fields among managers that apply (kept in metadata.managedFields as the
// real one keeps it), conflicts and force, removal of what a manager no longer applies and nobody else owns, keyed
// lists by the CRD's x-kubernetes-list-map-keys, the status subresource. Not covered: ownership by plain writes (POST,
// PUT, merge patch), so those never conflict, and keyed lists of built-in kinds (their lists are one value).

import { isJsonObject, isSameJson, type JsonObject } from '../../shared/json.ts';
import { formatTimestampSeconds } from '../../shared/timestamp.ts';
import { ApiError, invalid } from '../store/api-error.ts';
import type { ApiObject, ManagedFields } from '../store/resources.ts';
import {
  decodeFields,
  encodeFields,
  type FieldPath,
  fieldsOf,
  itemElement,
  listKeys,
  schemaOf,
  splitPath,
} from './field-set.ts';
import type { Schema } from './schema.ts';

export interface ApplyOptions {
  /** What the manager wants, with `apiVersion`, `kind` and the object's name. */
  readonly configured: JsonObject;
  /** Undefined when the object does not exist yet. */
  readonly live: ApiObject | undefined;
  readonly schema: Schema | undefined;
  readonly subresource: 'status' | undefined;
  readonly manager: string;
  readonly force: boolean;
  readonly wallMs: number;
}

/** The whole object after the apply, managedFields included. @throws ApiError Invalid, Conflict */
export function applyPatch(options: ApplyOptions): JsonObject {
  const { configured, live, schema, manager } = options;
  if (manager === '') throw managerRequired();
  const part = ownPart(configured, options.subresource);
  const wanted = fieldsOf(part, schema);
  const entries = live?.metadata.managedFields ?? [];
  const mine = entries.find((entry) => isMine(entry, options));
  const others = entries.filter((entry) => entry !== mine);
  const conflicts = live === undefined ? [] : findConflicts(wanted, others, { live, schema });
  if (conflicts.length > 0 && !options.force) throw conflicting(conflicts);
  const lost = new Set(conflicts.map((conflict) => conflict.path));
  const kept = others.map((entry) => without(entry, lost)).filter((entry) => entry !== undefined);
  const owned = new Set(kept.flatMap((entry) => [...decodeFields(entry.fieldsV1)]));
  const before = decodeFields(mine?.fieldsV1);
  const dropped = [...before].filter((path) => !wanted.has(path) && !owned.has(path));
  const base: unknown = dropped.reduce<unknown>(
    (value, path) => removeAt(value, schema, splitPath(path)),
    live ?? {},
  );
  const merged = merge(base, part, schema);
  const metadata = {
    ...(isJsonObject(merged['metadata']) ? merged['metadata'] : {}),
    ...identityOf(configured),
    managedFields: [...kept, entryFor(options, mine, [...wanted.keys()])],
  };
  const { apiVersion, kind } = configured;
  return { ...merged, apiVersion, kind, metadata };
}

interface FieldConflict {
  readonly path: FieldPath;
  /** As conflicts name it. */
  readonly manager: string;
}

/** What this apply may speak about: status alone, or all but status. */
function ownPart(configured: JsonObject, subresource: 'status' | undefined): JsonObject {
  const { apiVersion: _, kind: __, metadata, status, ...rest } = configured;
  if (subresource === 'status') return status === undefined ? {} : { status };
  const { labels, annotations } = isJsonObject(metadata) ? metadata : {};
  const spoken = {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return Object.keys(spoken).length === 0 ? rest : { ...rest, metadata: spoken };
}

function identityOf(configured: JsonObject): JsonObject {
  const metadata = isJsonObject(configured['metadata']) ? configured['metadata'] : {};
  const { name, namespace, resourceVersion } = metadata;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

function findConflicts(
  wanted: ReadonlyMap<FieldPath, unknown>,
  others: readonly ManagedFields[],
  now: { readonly live: ApiObject; readonly schema: Schema | undefined },
): FieldConflict[] {
  const present = fieldsOf(now.live, now.schema);
  return others.flatMap((entry) =>
    [...decodeFields(entry.fieldsV1)]
      .filter((path) => wanted.has(path) && !isSameJson(wanted.get(path), present.get(path)))
      .map((path) => ({ path, manager: nameOf(entry) })),
  );
}

function nameOf(entry: ManagedFields): string {
  const { manager, subresource } = entry;
  return subresource === undefined
    ? `"${manager}"`
    : `"${manager}" with subresource "${subresource}"`;
}

function without(entry: ManagedFields, lost: ReadonlySet<FieldPath>): ManagedFields | undefined {
  const paths = [...decodeFields(entry.fieldsV1)].filter((path) => !lost.has(path));
  return paths.length === 0 ? undefined : { ...entry, fieldsV1: encodeFields(paths) };
}

function isMine(entry: ManagedFields, options: ApplyOptions): boolean {
  return entry.manager === options.manager && entry.subresource === options.subresource;
}

/** The time only moves when the fields do, so that an apply that changes nothing is no write. */
function entryFor(
  options: ApplyOptions,
  mine: ManagedFields | undefined,
  paths: readonly FieldPath[],
): ManagedFields {
  const fieldsV1 = encodeFields(paths);
  const { apiVersion } = options.configured;
  return {
    manager: options.manager,
    operation: 'Apply',
    apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
    time:
      mine !== undefined && isSameJson(mine.fieldsV1, fieldsV1)
        ? mine.time
        : formatTimestampSeconds(options.wallMs),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(options.subresource === undefined ? {} : { subresource: options.subresource }),
  };
}

/** Objects field by field, keyed lists item by item, everything else as a whole. */
function merge(base: unknown, part: JsonObject, schema: Schema | undefined): JsonObject {
  const fields = new Map(isJsonObject(base) ? Object.entries(base) : []);
  for (const [field, value] of Object.entries(part)) {
    fields.set(field, mergeValue(fields.get(field), value, schemaOf(schema, field)));
  }
  return Object.fromEntries(fields);
}

function mergeValue(base: unknown, value: unknown, schema: Schema | undefined): unknown {
  if (isJsonObject(value)) return merge(base, value, schema);
  const keys = listKeys(schema);
  if (!Array.isArray(value) || keys.length === 0) return value;
  const items = new Map<string, unknown>();
  for (const item of Array.isArray(base) ? base : []) items.set(itemElement(item, keys), item);
  for (const item of value) {
    const element = itemElement(item, keys);
    items.set(element, mergeValue(items.get(element), item, schema?.items));
  }
  return [...items.values()];
}

function removeAt(value: unknown, schema: Schema | undefined, path: readonly string[]): unknown {
  const [element = '', ...rest] = path;
  if (Array.isArray(value)) {
    const keys = listKeys(schema);
    return value.flatMap((item: unknown) => {
      if (itemElement(item, keys) !== element) return [item];
      return rest[0] === '.' ? [] : [removeAt(item, schema?.items, rest)];
    });
  }
  if (!isJsonObject(value)) return value;
  const field = element.slice('f:'.length);
  const { [field]: inner, ...others } = value;
  if (rest.length === 0 || inner === undefined) return others;
  const left = removeAt(inner, schemaOf(schema, field), rest);
  return isEmpty(left) ? others : { ...others, [field]: left };
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function conflicting(conflicts: readonly FieldConflict[]): ApiError {
  const causes = conflicts.map(({ path, manager }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: showPath(path),
  }));
  const noun = causes.length === 1 ? 'conflict' : 'conflicts';
  const list = causes.map((cause) => `${cause.message}: ${cause.field}`).join('\n');
  const message = `Apply failed with ${causes.length} ${noun}: ${list}`;
  return new ApiError(409, 'Conflict', message, { details: { causes } });
}

/** `.spec.image`, `.status.conditions[type="Ready"].status`. */
function showPath(path: FieldPath): string {
  return splitPath(path)
    .map((element) => {
      if (element === '.') return '';
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      const keys: unknown = JSON.parse(element.slice(2));
      const pairs = Object.entries(isJsonObject(keys) ? keys : {});
      return `[${pairs.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}

function managerRequired(): ApiError {
  return invalid({ group: 'meta.k8s.io', plural: 'patchoptions', kind: 'PatchOptions' }, '', [
    {
      reason: 'FieldValueRequired',
      message: 'Required value: is required for apply patch',
      field: 'fieldManager',
    },
  ]);
}
