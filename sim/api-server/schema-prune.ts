// What a schema does to an object before it is checked: fields it does not know go, nulls where none may stand go,
// defaults come. The fields that went are named, because strict requests are refused for them and others are warned.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { anything, type Schema } from './schema.ts';

export interface Pruned {
  readonly object: JsonObject;
  /** Paths of unknown fields, sorted. */
  readonly unknownFields: readonly string[];
}

// What metav1.ObjectMeta has; anything else in metadata is an unknown field, whatever the schema says.
const metadataFields = new Set([
  ...['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation'],
  ...['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'labels'],
  ...['annotations', 'ownerReferences', 'finalizers', 'managedFields'],
]);

/** Unknown fields of a whole custom object, `apiVersion`, `kind` and `metadata` included. */
export function prune(schema: Schema, object: JsonObject): Pruned {
  const unknownFields: string[] = [];
  const { apiVersion, kind, metadata, ...rest } = object;
  const kept = pruneValue(schema, rest, '', unknownFields);
  const known = isJsonObject(metadata)
    ? Object.entries(metadata).filter(([field]) => {
        if (metadataFields.has(field)) return true;
        unknownFields.push(`metadata.${field}`);
        return false;
      })
    : [];
  return {
    object: {
      apiVersion,
      kind,
      metadata: Object.fromEntries(known),
      ...(isJsonObject(kept) ? kept : {}),
    },
    unknownFields: unknownFields.sort(),
  };
}

function pruneValue(schema: Schema, value: unknown, path: string, unknown: string[]): unknown {
  const { items } = schema;
  if (Array.isArray(value)) {
    if (items === undefined) return value;
    return value.map((item, index) => pruneValue(items, item, `${path}[${index}]`, unknown));
  }
  if (!isJsonObject(value)) return value;
  const kept: [string, unknown][] = [];
  for (const [field, inner] of Object.entries(value)) {
    const innerPath = path === '' ? field : `${path}.${field}`;
    const innerSchema = schemaAt(schema, field);
    if (innerSchema === undefined) unknown.push(innerPath);
    else kept.push([field, pruneValue(innerSchema, inner, innerPath, unknown)]);
  }
  return Object.fromEntries(kept);
}

/** Undefined when the schema knows no such field. */
function schemaAt(schema: Schema, field: string): Schema | undefined {
  const known = schema.properties.get(field) ?? schema.values;
  if (known !== undefined) return known;
  // An object where a text should stand is refused by the check, not emptied here.
  return schema.preserveUnknown || schema.type !== 'object' ? anything : undefined;
}

/** Drops nulls that the schema does not allow, then fills in defaults, at every depth, in what defaults bring too. */
export function applyDefaults(schema: Schema, value: unknown): unknown {
  const { items } = schema;
  if (Array.isArray(value)) {
    return items === undefined ? value : value.map((item) => applyDefaults(items, item));
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).flatMap(([field, inner]): [string, unknown][] => {
    const innerSchema = schemaAt(schema, field) ?? anything;
    if (inner === null && !innerSchema.nullable) return [];
    return [[field, applyDefaults(innerSchema, inner)]];
  });
  const present = new Set(kept.map(([field]) => field));
  const missing = [...schema.properties].flatMap(([field, inner]): [string, unknown][] =>
    present.has(field) || inner.default === undefined
      ? []
      : [[field, applyDefaults(inner, inner.default)]],
  );
  return Object.fromEntries([...kept, ...missing]);
}
