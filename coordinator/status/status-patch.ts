// What to write so that a stored status becomes the wanted one, and whether anything is to be written at all.

/**
 * A merge patch of the status: changed fields, and null for those to be taken away. Undefined when stored and wanted are
 * the same, whatever the order of their keys.
 */
export function planStatusPatch(
  stored: object | undefined,
  wanted: object,
): Readonly<Record<string, unknown>> | undefined {
  const before = new Map<string, unknown>(Object.entries(stored ?? {}));
  const after = new Map<string, unknown>(Object.entries(wanted));
  const patch: Record<string, unknown> = {};
  for (const [field, value] of after)
    if (value !== undefined && !isSame(before.get(field), value)) patch[field] = value;
  for (const field of before.keys()) if (after.get(field) === undefined) patch[field] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** Same JSON but for the order of keys; an undefined field is an absent one. */
export function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right)) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) if (!isSame(left[key], right[key])) return false;
  return true;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
