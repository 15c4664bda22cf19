// Sets of field paths, as server-side apply keeps them in managedFields: `f:NAME` for a field, `k:{…}` for an item of
// a keyed list, `.` for the item itself. Lists without keys are one value.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import type { Schema } from './schema.ts';

/** Elements of a path, `f:` and `k:` included, joined so that paths can be keys. */
export type FieldPath = string;

const separator = '\n';

function joinPath(elements: readonly string[]): FieldPath {
  return elements.join(separator);
}

export function splitPath(path: FieldPath): readonly string[] {
  return path.split(separator);
}

/** Paths of all leaves of a configuration; empty objects are leaves. */
export function fieldsOf(value: unknown, schema: Schema | undefined): Map<FieldPath, unknown> {
  const found = new Map<FieldPath, unknown>();
  collect(value, schema, [], found);
  return found;
}

/** The key element of a list item, for lists that have keys. */
export function itemElement(item: unknown, keys: readonly string[]): string {
  const fields = isJsonObject(item) ? item : {};
  return `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, fields[key]])))}`;
}

export function listKeys(schema: Schema | undefined): readonly string[] {
  return schema?.listMapKeys ?? [];
}

export function schemaOf(schema: Schema | undefined, field: string): Schema | undefined {
  return schema?.properties.get(field) ?? schema?.values;
}

/** FieldsV1: the paths as nested objects. */
export function encodeFields(paths: Iterable<FieldPath>): JsonObject {
  const root = new Map<string, unknown>();
  for (const path of paths) {
    let level = root;
    for (const element of splitPath(path)) level = stepInto(level, element);
  }
  return toObject(root);
}

export function decodeFields(fields: unknown, prefix: readonly string[] = []): Set<FieldPath> {
  const found = new Set<FieldPath>();
  if (!isJsonObject(fields)) return found;
  const entries = Object.entries(fields);
  if (entries.length === 0 && prefix.length > 0) found.add(joinPath(prefix));
  for (const [element, inner] of entries) {
    for (const path of decodeFields(inner, [...prefix, element])) found.add(path);
  }
  return found;
}

function collect(
  value: unknown,
  schema: Schema | undefined,
  path: readonly string[],
  found: Map<FieldPath, unknown>,
): void {
  const keys = listKeys(schema);
  if (Array.isArray(value) && keys.length > 0) {
    for (const item of value) {
      const itemPath = [...path, itemElement(item, keys)];
      found.set(joinPath([...itemPath, '.']), undefined);
      collect(item, schema?.items, itemPath, found);
    }
    return;
  }
  const fields = isJsonObject(value) ? Object.entries(value) : [];
  if (fields.length === 0) {
    if (path.length > 0) found.set(joinPath(path), value);
    return;
  }
  for (const [field, inner] of fields) {
    collect(inner, schemaOf(schema, field), [...path, `f:${field}`], found);
  }
}

function stepInto(level: Map<string, unknown>, element: string): Map<string, unknown> {
  const found = level.get(element);
  if (found instanceof Map) return found;
  const made = new Map<string, unknown>();
  level.set(element, made);
  return made;
}

function toObject(level: ReadonlyMap<string, unknown>): JsonObject {
  return Object.fromEntries(
    [...level].map(([element, inner]) => [element, inner instanceof Map ? toObject(inner) : {}]),
  );
}
