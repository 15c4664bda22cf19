// Numbers that depend on a seed and on names alone. A stream of random numbers would make every value depend on the
// order of everything before it; these stay what they are when an unrelated node or image is added.

import { createHash } from 'node:crypto';

/** Uniform in [0, 1), the same for the same seed and names. */
export function hashToUnit(seed: number, ...names: readonly string[]): number {
  const text = [String(seed), ...names].join('\n');
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/** A digest as registries give them, the same for the same seed and names. */
export function hashToDigest(seed: number, ...names: readonly string[]): string {
  const text = [String(seed), ...names].join('\n');
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
