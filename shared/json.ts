// Plain JSON values: typing and equality. Equality decides whether a write would change anything, for who writes and for
// the embedded API server alike.

/** A JSON object whose fields are not known. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field that is undefined counts as absent, the order of fields does not count. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, at) => isSameJson(item, right[at]));
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const fields = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...fields].every((field) => isSameJson(left[field], right[field]));
}
