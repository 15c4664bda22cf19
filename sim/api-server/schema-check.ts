// Checks a value against a schema and names every field that is wrong, in the words of the real API server, because
// people read them and the conformance suite compares them.

import { isJsonObject, isSameJson, type JsonObject } from '../../shared/json.ts';
import type { StatusCause } from '../store/api-error.ts';
import type { Schema } from './schema.ts';

/** Everything that is wrong; empty when nothing is. */
export function checkValue(schema: Schema, value: unknown, path: string): StatusCause[] {
  const wrongType = checkType(schema, value, path);
  if (wrongType !== undefined) return [wrongType];
  if (value === null) return [];
  return [
    ...checkEnum(schema, value, path),
    ...(typeof value === 'string' ? checkText(schema, value, path) : []),
    ...(typeof value === 'number' ? checkNumber(schema, value, path) : []),
    ...(Array.isArray(value) ? checkItems(schema, value, path) : []),
    ...(isJsonObject(value) ? checkFields(schema, value, path) : []),
  ];
}

function checkType(schema: Schema, value: unknown, path: string): StatusCause | undefined {
  const actual = typeOf(value);
  if (isAllowedType(schema, actual)) return undefined;
  const isFraction = actual === 'number';
  const shown = `"${isFraction ? 'float64' : actual}"`;
  const wanted = isFraction ? (schema.format ?? schema.type) : schema.type;
  const message = `Invalid value: ${shown}: ${path} in body must be of type ${wanted}: ${shown}`;
  return { reason: 'FieldValueTypeInvalid', message, field: path };
}

function isAllowedType(schema: Schema, actual: string): boolean {
  if (actual === 'null' && schema.nullable) return true;
  if (schema.intOrString) return actual === 'integer' || actual === 'string';
  if (schema.type === undefined || schema.type === actual) return true;
  return schema.type === 'number' && actual === 'integer';
}

function checkEnum(schema: Schema, value: unknown, path: string): StatusCause[] {
  if (schema.enum === undefined || schema.enum.some((one) => isSameJson(one, value))) return [];
  const supported = schema.enum.map((one) => JSON.stringify(one)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return [{ reason: 'FieldValueNotSupported', message, field: path }];
}

/** Like the real one, names only the first thing that is wrong with a text. */
function checkText(schema: Schema, value: string, path: string): StatusCause[] {
  const maxBytes = schema.bounds.get('maxLength') ?? Number.POSITIVE_INFINITY;
  const minLength = schema.bounds.get('minLength') ?? 0;
  if (Buffer.byteLength(value) > maxBytes) {
    const message = `Too long: may not be more than ${maxBytes} bytes`;
    return [{ reason: 'FieldValueTooLong', message, field: path }];
  }
  if ([...value].length < minLength) {
    return [wrong(value, `should be at least ${minLength} chars long`, path)];
  }
  if (schema.pattern !== undefined && !schema.pattern.test(value)) {
    return [wrong(value, `should match '${schema.pattern.source}'`, path)];
  }
  if (schema.format !== 'date-time' || isDateTime(value)) return [];
  const shown = JSON.stringify(value);
  const message = `Invalid value: ${shown}: ${path} in body must be of type date-time: ${shown}`;
  return [{ reason: 'FieldValueTypeInvalid', message, field: path }];
}

function checkNumber(schema: Schema, value: number, path: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (schema.format === 'int32' && (value < -(2 ** 31) || value > 2 ** 31 - 1)) {
    const message = `Invalid value: "": Checked value must be of type integer with format int32 in ${path}`;
    causes.push({ reason: 'FieldValueInvalid', message, field: '<nil>' });
  }
  const minimum = schema.bounds.get('minimum');
  if (minimum !== undefined && value < minimum) {
    causes.push(wrong(value, `should be greater than or equal to ${minimum}`, path));
  }
  const maximum = schema.bounds.get('maximum');
  if (maximum !== undefined && value > maximum) {
    causes.push(wrong(value, `should be less than or equal to ${maximum}`, path));
  }
  return causes;
}

function checkItems(schema: Schema, value: readonly unknown[], path: string): StatusCause[] {
  const { items } = schema;
  return [
    ...checkCount(schema, value.length, { noun: 'Items', path }),
    ...value.flatMap((item, index) =>
      items === undefined ? [] : checkValue(items, item, `${path}[${index}]`),
    ),
    ...checkUnique(schema.listMapKeys, value, path),
  ];
}

function checkFields(schema: Schema, value: JsonObject, path: string): StatusCause[] {
  const prefix = path === '' ? '' : `${path}.`;
  const missing = schema.required.filter((field) => value[field] === undefined);
  return [
    ...checkCount(schema, Object.keys(value).length, { noun: 'Properties', path }),
    ...Object.entries(value).flatMap(([field, inner]) => {
      const innerSchema = schema.properties.get(field) ?? schema.values;
      if (innerSchema === undefined || inner === undefined) return [];
      return checkValue(innerSchema, inner, `${prefix}${field}`);
    }),
    ...missing.map((field) => ({
      reason: 'FieldValueRequired',
      message: 'Required value',
      field: `${prefix}${field}`,
    })),
  ];
}

function checkCount(
  schema: Schema,
  count: number,
  of: { readonly noun: 'Items' | 'Properties'; readonly path: string },
): StatusCause[] {
  const field = of.path;
  const noun = of.noun.toLowerCase();
  const min = schema.bounds.get(`min${of.noun}`);
  const max = schema.bounds.get(`max${of.noun}`);
  if (max !== undefined && count > max) {
    const message = `Too many: ${count}: must have at most ${max} ${noun}`;
    return [{ reason: 'FieldValueTooMany', message, field }];
  }
  if (min === undefined || count >= min) return [];
  const message = `Invalid value: ${count}: ${field} in body should have at least ${min} ${noun}`;
  return [{ reason: 'FieldValueInvalid', message, field }];
}

function checkUnique(
  keys: readonly string[],
  value: readonly unknown[],
  path: string,
): StatusCause[] {
  if (keys.length === 0) return [];
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    if (!isJsonObject(item)) return [];
    const key = JSON.stringify(Object.fromEntries(keys.map((name) => [name, item[name]])));
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const message = `Duplicate value: ${key}`;
    return [{ reason: 'FieldValueDuplicate', message, field: `${path}[${index}]` }];
  });
}

function wrong(value: unknown, complaint: string, path: string): StatusCause {
  const message = `Invalid value: ${JSON.stringify(value)}: ${path} in body ${complaint}`;
  return { reason: 'FieldValueInvalid', message, field: path };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function isDateTime(value: string): boolean {
  const shape = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
  return shape.test(value) && !Number.isNaN(Date.parse(value));
}
