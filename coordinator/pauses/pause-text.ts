// The list of pauses as the text that is kept in ConfigMap forehold-pauses: JSON with a version, because a later
// coordinator may need to know which one wrote it, and nothing of it is believed before it was checked.

import { formatTimestamp, parseTimestamp } from '../../shared/timestamp.ts';
import type { Pause, PauseScope } from '../core/pauses.ts';

const version = 1;

/** Together some 200 KiB; a ConfigMap holds 1 MiB. */
export const maxPauses = 100;
export const maxWhyLength = 256;
export const maxByLength = 128;
/** A reference's own bound is the widest. */
export const maxNameLength = 1_024;
// A user name is whatever an authenticator says.
const maxUserLength = 512;
const maxTextLength = 512 * 1_024;

const scopes: readonly string[] = ['all', 'policy', 'image'] satisfies PauseScope[];

/** Read back, the list may not be what was written: `damage` says why, and then nobody knows what was paused. */
export type PauseText =
  | { readonly kind: 'read'; readonly pauses: readonly Pause[] }
  | { readonly kind: 'damaged'; readonly damage: string };

export function formatPauses(pauses: readonly Pause[]): string {
  const entries = pauses.map(({ sinceMs, ...pause }) => ({
    ...pause,
    since: formatTimestamp(sinceMs),
  }));
  return JSON.stringify({ version, pauses: entries }, undefined, 2);
}

/** @param text undefined or empty when nothing was ever paused */
export function parsePauses(text: string | undefined): PauseText {
  if (text === undefined || text.trim() === '') return { kind: 'read', pauses: [] };
  try {
    if (text.length > maxTextLength) throw new DamageError('it is too long');
    return { kind: 'read', pauses: readDocument(JSON.parse(text)) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'damaged', damage: 'it is not JSON' };
    if (error instanceof DamageError) return { kind: 'damaged', damage: error.message };
    throw error;
  }
}

class DamageError extends Error {
  override readonly name = 'DamageError';
}

function readDocument(given: unknown): readonly Pause[] {
  const document = readRecord(given, 'it');
  if (document['version'] !== version) throw new DamageError(`its version is not ${version}`);
  const { pauses } = document;
  if (!Array.isArray(pauses)) throw new DamageError('pauses is not a list');
  if (pauses.length > maxPauses) throw new DamageError(`it has more than ${maxPauses} pauses`);
  return pauses.map(readPause);
}

function readPause(given: unknown, index: number): Pause {
  const field = `pauses[${index}]`;
  const record = readRecord(given, field);
  const { scope } = record;
  if (!isScope(scope)) throw new DamageError(`${field}.scope is none of ${scopes.join(', ')}`);
  const read = (name: string, maxLength: number): string => {
    const text = record[name];
    if (typeof text === 'string' && text.length <= maxLength) return text;
    throw new DamageError(`${field}.${name} is not a text of at most ${maxLength} characters`);
  };
  const sinceMs = parseTimestamp(read('since', 64));
  if (sinceMs === undefined) throw new DamageError(`${field}.since is no time`);
  const name = read('name', maxNameLength);
  if ((name === '') !== (scope === 'all'))
    throw new DamageError(`${field}.name does not fit scope`);
  return {
    scope,
    name,
    why: read('why', maxWhyLength),
    by: read('by', maxByLength),
    authenticatedAs: read('authenticatedAs', maxUserLength),
    sinceMs,
  };
}

function isScope(given: unknown): given is PauseScope {
  return typeof given === 'string' && scopes.includes(given);
}

function readRecord(given: unknown, field: string): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new DamageError(`${field} is not an object`);
  return Object.fromEntries(Object.entries(given));
}
