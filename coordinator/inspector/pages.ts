// Pages of a list that changes meanwhile: a page begins after the key with which the one before ended, so that nothing is
// shown twice and nothing that stays is left out. The token is bound to the list and its filters.

import { createHash } from 'node:crypto';
import { StatusError } from '../../shared/rpc.ts';

export interface PageRequest {
  /** 0 means the default. */
  readonly pageSize: number;
  readonly pageToken: string;
  /** Name of the list and its filters. */
  readonly scope: readonly string[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Empty when this was the last page. */
  readonly nextPageToken: string;
}

const defaultPageSize = 500;
const maxPageSize = 1_000;
// A key is a reference with secret names, a lease id or a node name.
const maxTokenLength = 8_192;

/**
 * @param keyOf sorts as text and is unique.
 * @throws StatusError INVALID_ARGUMENT when the token is not one of this list.
 */
export function cutPage<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  request: PageRequest,
): Page<T> {
  const { pageSize, pageToken, scope } = request;
  const size = Math.min(pageSize === 0 ? defaultPageSize : pageSize, maxPageSize);
  const after = pageToken === '' ? undefined : readToken(pageToken, scope);
  const keyed: [string, T][] = [];
  for (const item of items) {
    const key = keyOf(item);
    if (after === undefined || key > after) keyed.push([key, item]);
  }
  keyed.sort(([left], [right]) => (left < right ? -1 : 1));
  const page = keyed.slice(0, size);
  const lastKey = page.at(-1)?.[0];
  const isLast = keyed.length <= size || lastKey === undefined;
  return {
    items: page.map(([, item]) => item),
    nextPageToken: isLast ? '' : writeToken(lastKey, scope),
  };
}

function writeToken(key: string, scope: readonly string[]): string {
  return Buffer.from(`${fingerprint(scope)}${key}`).toString('base64url');
}

function readToken(token: string, scope: readonly string[]): string {
  const print = fingerprint(scope);
  const text = token.length > maxTokenLength ? '' : Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(print))
    throw new StatusError(
      'INVALID_ARGUMENT',
      'page_token is not a next_page_token of this list with these filters',
    );
  return text.slice(print.length);
}

function fingerprint(scope: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(scope)).digest('hex').slice(0, 16);
}
