// Reads fields of stored objects that may be malformed: the CRDs' schemas refuse nonsense at the door, but an object may
// have been stored under another schema. What is wrong is said in one sentence that names the field.

import type { Toleration } from '../../shared/kube-types.ts';

// Bounds of the schema; a stored object beyond them is refused as a whole rather than cut.
const maxListLength = 64;

export class InvalidSpecError extends Error {
  override readonly name = 'InvalidSpecError';
}

export function readNodeSelector(given: unknown): ReadonlyMap<string, string> {
  if (given === undefined || given === null) return new Map();
  return new Map(
    Object.entries(readRecord(given, 'spec.nodeSelector')).map(([key, value]) => [
      key,
      readText(value, `spec.nodeSelector.${key}`) ?? '',
    ]),
  );
}

export function readTolerations(given: unknown): readonly Toleration[] {
  return readList(given, 'spec.tolerations').map(readToleration);
}

function readToleration(given: unknown, index: number): Toleration {
  const field = `spec.tolerations[${index}]`;
  const record = readRecord(given, field);
  const text = (name: string) => readText(record[name], `${field}.${name}`);
  const [key, operator, value, effect] = [
    text('key'),
    text('operator'),
    text('value'),
    text('effect'),
  ];
  if (operator !== undefined && operator !== '' && operator !== 'Exists' && operator !== 'Equal') {
    fail(`${field}.operator "${show(operator)}" is neither Exists nor Equal`);
  }
  if (!key && operator !== 'Exists') fail(`${field} has no key: its operator must be Exists`);
  const seconds = readInteger(record['tolerationSeconds'], `${field}.tolerationSeconds`);
  return {
    ...(key === undefined ? {} : { key }),
    ...(operator === undefined ? {} : { operator }),
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
    ...(seconds === undefined ? {} : { tolerationSeconds: seconds }),
  };
}

export function readRecord(given: unknown, field: string): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    fail(`${field} is not an object`);
  return Object.fromEntries(Object.entries(given));
}

export function readList(given: unknown, field: string): readonly unknown[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) fail(`${field} is not a list`);
  if (given.length > maxListLength) fail(`${field} has more than ${maxListLength} entries`);
  return given;
}

export function readText(given: unknown, field: string): string | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'string') fail(`${field} is not a text`);
  return given;
}

export function readInteger(given: unknown, field: string): number | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'number' || !Number.isSafeInteger(given))
    fail(`${field} is not a whole number`);
  return given;
}

export function show(text: string): string {
  return text.slice(0, 100);
}

export function fail(message: string): never {
  throw new InvalidSpecError(message);
}
