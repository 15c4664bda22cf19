// What to write so that a stored status becomes the wanted one, and whether anything is to be written at all.

import { isSameJson } from '../../shared/json.ts';

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
    if (value !== undefined && !isSameJson(before.get(field), value)) patch[field] = value;
  for (const field of before.keys()) if (after.get(field) === undefined) patch[field] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}
