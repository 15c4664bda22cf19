// JSON merge patch (RFC 7386): objects are merged field by field, null removes, anything else replaces.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';

export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  const merged = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) merged.delete(field);
    else merged.set(field, isJsonObject(value) ? mergePatch(merged.get(field), value) : value);
  }
  return Object.fromEntries(merged);
}
