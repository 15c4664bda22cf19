// The structural schema of a CustomResourceDefinition, read from its YAML: the keywords that the embedded API server
// obeys, and none that it would silently ignore. CEL rules (x-kubernetes-validations) are known and not obeyed: what
// only CEL refuses gets as far as the coordinator, which says InvalidSpec.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';

export interface Schema {
  readonly type: string | undefined;
  readonly properties: ReadonlyMap<string, Schema>;
  /** Schema of the values of a map; undefined when only `properties` are known. */
  readonly values: Schema | undefined;
  readonly items: Schema | undefined;
  readonly required: readonly string[];
  readonly nullable: boolean;
  readonly intOrString: boolean;
  readonly preserveUnknown: boolean;
  /** Fields that make an item of a list unique; empty when items may repeat. */
  readonly listMapKeys: readonly string[];
  readonly default: unknown;
  readonly format: string | undefined;
  readonly enum: readonly unknown[] | undefined;
  readonly pattern: RegExp | undefined;
  /** Numeric bounds by their keyword: minLength, maxItems, minimum … */
  readonly bounds: ReadonlyMap<string, number>;
}

/** A CustomResourceDefinition, as far as the API server needs it. */
export interface CustomDefinition {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly version: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly schema: Schema;
}

/** Allows everything, at any depth. */
export const anything: Schema = {
  type: undefined,
  properties: new Map(),
  values: undefined,
  items: undefined,
  required: [],
  nullable: true,
  intOrString: false,
  preserveUnknown: true,
  listMapKeys: [],
  default: undefined,
  format: undefined,
  enum: undefined,
  pattern: undefined,
  bounds: new Map(),
};

const boundKeywords = [
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
];
const knownKeywords = new Set([
  ...boundKeywords,
  ...['type', 'properties', 'additionalProperties', 'items', 'required', 'nullable', 'default'],
  ...['format', 'enum', 'pattern', 'description', 'title', 'example', 'anyOf'],
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
]);

/**
 * Reads a CRD from a YAML file: its first served version.
 * @throws Error when the file is no such thing, or its schema has a keyword that is not covered
 */
export function readCustomDefinition(file: string): CustomDefinition {
  return parseCustomDefinition(parse(readFileSync(file, 'utf8')), file);
}

/** @param source named in errors */
export function parseCustomDefinition(document: unknown, source: string): CustomDefinition {
  const spec = fieldOf(document, 'spec');
  const names = fieldOf(spec, 'names');
  const versions = fieldOf(spec, 'versions');
  const version = Array.isArray(versions) ? versions.find((one) => fieldOf(one, 'served')) : null;
  const schema = fieldOf(fieldOf(version, 'schema'), 'openAPIV3Schema');
  if (!isJsonObject(schema)) {
    throw new Error(`cannot read ${source}: no CustomResourceDefinition with a served schema`);
  }
  return {
    group: textOf(spec, 'group'),
    plural: textOf(names, 'plural'),
    kind: textOf(names, 'kind'),
    version: textOf(version, 'name'),
    shortNames: textsOf(fieldOf(names, 'shortNames')),
    categories: textsOf(fieldOf(names, 'categories')),
    schema: compileSchema(schema, source),
  };
}

function compileSchema(schema: JsonObject, at: string): Schema {
  const strange = Object.keys(schema).find((keyword) => !knownKeywords.has(keyword));
  if (strange !== undefined) {
    throw new Error(`cannot read ${at}: the embedded API server does not cover ${strange}`);
  }
  const { properties, additionalProperties, items, pattern, format, type } = schema;
  const fields = isJsonObject(properties) ? Object.entries(properties) : [];
  return {
    type: typeof type === 'string' ? type : undefined,
    properties: new Map(
      fields.map(([name, field]) => [name, compileSchema(objectOf(field), `${at}.${name}`)]),
    ),
    values: isJsonObject(additionalProperties)
      ? compileSchema(additionalProperties, `${at}[*]`)
      : undefined,
    items: isJsonObject(items) ? compileSchema(items, `${at}[]`) : undefined,
    required: textsOf(schema['required']),
    nullable: schema['nullable'] === true,
    intOrString: schema['x-kubernetes-int-or-string'] === true,
    preserveUnknown: schema['x-kubernetes-preserve-unknown-fields'] === true,
    listMapKeys: textsOf(schema['x-kubernetes-list-map-keys']),
    default: schema['default'],
    format: typeof format === 'string' ? format : undefined,
    enum: Array.isArray(schema['enum']) ? schema['enum'] : undefined,
    pattern: typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined,
    bounds: new Map(
      boundKeywords.flatMap((keyword) => {
        const bound = schema[keyword];
        return typeof bound === 'number' ? [[keyword, bound] as const] : [];
      }),
    ),
  };
}

function fieldOf(value: unknown, field: string): unknown {
  return isJsonObject(value) ? value[field] : undefined;
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: unknown, field: string): string {
  const text = fieldOf(value, field);
  return typeof text === 'string' ? text : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
