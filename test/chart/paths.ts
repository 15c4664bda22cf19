// Objects of which one place is another: for tables of "the same, but". Paths are those of JSON pointers, split.

type Fields = Record<string, unknown>;

/** A copy with `value` at the path, or without anything there when it is undefined. `~1` in a key stands for a slash. */
export function setAt(object: object, path: readonly string[], value: unknown): object {
  const copy: object = structuredClone(object);
  const keys = path.map((key) => key.replaceAll('~1', '/'));
  const last = keys.pop() ?? '';
  let at: unknown = copy;
  for (const key of keys) {
    if (!isFields(at)) throw new Error(`there is no ${path.join('/')}`);
    at[key] ??= {};
    at = at[key];
  }
  if (!isFields(at)) throw new Error(`there is no ${path.join('/')}`);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
