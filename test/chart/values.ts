// values.yaml and its schema as the tests walk them. A leaf is what a user sets: where the schema says "object with these
// fields and no others", the fields are the leaves; a map, a list or a scalar is one itself.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isNode, isScalar, parseDocument } from 'yaml';
import { chartPath } from './helm.ts';
import { isFields } from './paths.ts';

export interface Leaf {
  /** Such as `agent.maxUnavailable`. */
  readonly path: string;
  readonly value: unknown;
  readonly comment: string;
}

type Schema = Readonly<Record<string, unknown>>;

// Kubernetes' own shape below: one comment for all of it.
const whole = ['resources', 'affinity', 'issuerRef'];

/** Every leaf of the chart's values.yaml, with the comment that stands above it. */
export function readLeaves(chart: string): readonly Leaf[] {
  const text = readFileSync(join(chartPath(chart), 'values.yaml'), 'utf8');
  const schema = readSchema(chart);
  return collect(parseDocument(text).contents, schema, { schema, path: [] });
}

export function readSchema(chart: string): Schema {
  const text = readFileSync(join(chartPath(chart), 'values.schema.json'), 'utf8');
  const schema: Schema = JSON.parse(text);
  return schema;
}

/** Paths of what a user can set, as the schema has it. */
export function readSchemaLeaves(chart: string): readonly string[] {
  const schema = readSchema(chart);
  const walk = (part: unknown, path: readonly string[]): readonly string[] => {
    const fields = whole.includes(path.at(-1) ?? '') ? undefined : fieldsOf(part, schema);
    if (fields === undefined) return [path.join('.')];
    return Object.entries(fields).flatMap(([name, below]) => walk(below, [...path, name]));
  };
  return walk(schema, []);
}

/** Fields that the schema names in an object; undefined for a map, a list and a scalar. */
function fieldsOf(part: unknown, schema: Schema): Schema | undefined {
  const resolved = resolve(part, schema);
  const properties = resolved?.['properties'];
  // With a schema for all other fields it is a map, even if some are named.
  const isMapping = isFields(resolved?.['additionalProperties']);
  return isFields(properties) && !isMapping ? properties : undefined;
}

/** The part of a schema that a `$ref` means. */
function resolve(part: unknown, schema: Schema): Schema | undefined {
  if (!isFields(part)) return undefined;
  const reference = part['$ref'];
  if (typeof reference !== 'string') return part;
  const definitions = schema['definitions'];
  const name = reference.replace('#/definitions/', '');
  const target = isFields(definitions) ? definitions[name] : undefined;
  return isFields(target) ? target : undefined;
}

function collect(
  node: unknown,
  part: unknown,
  at: { readonly schema: Schema; readonly path: readonly string[] },
): readonly Leaf[] {
  const fields = fieldsOf(part, at.schema);
  if (!isMap(node) || fields === undefined) return [];
  return node.items.flatMap((pair, index): readonly Leaf[] => {
    if (!isScalar(pair.key)) return [];
    const name = String(pair.key.value);
    const path = [...at.path, name];
    const below = whole.includes(name) ? [] : collect(pair.value, fields[name], { ...at, path });
    if (below.length > 0) return below;
    // The parser gives a map's first comment to the map.
    const above = index === 0 ? node.commentBefore : undefined;
    const comment = pair.key.commentBefore ?? above ?? '';
    return [{ path: path.join('.'), value: toValue(pair.value), comment }];
  });
}

function toValue(node: unknown): unknown {
  return isNode(node) ? node.toJSON() : node;
}
