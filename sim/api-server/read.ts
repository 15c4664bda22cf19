// GET and LIST. A list in pages shows one moment: later pages are computed at the version of the first one, from the
// store's event history, and are refused with 410 once that is forgotten.

import { ApiError, badRequest, expired } from '../store/api-error.ts';
import { compareKeys, makeKey } from '../store/collection.ts';
import { type ApiObject, apiVersionOf } from '../store/resources.ts';
import type { Store } from '../store.ts';
import {
  type FieldSelector,
  filterOf,
  matchesFields,
  parseFieldSelector,
} from './field-selector.ts';
import { type LabelSelector, matchesLabels, parseLabelSelector } from './label-selector.ts';
import type { Target } from './route.ts';

/** Which objects a list or a watch is about. */
export interface Selection {
  readonly target: Target;
  readonly labels: LabelSelector;
  readonly fields: FieldSelector;
}

interface Continue {
  /** Version of the first page; -1 goes on at the newest version, inconsistently. */
  readonly rv: number;
  /** Key of the last object sent. */
  readonly after: string;
}

/** @throws ApiError BadRequest */
export function readSelection(target: Target, query: URLSearchParams): Selection {
  return {
    target,
    labels: parseLabelSelector(query.get('labelSelector') ?? ''),
    fields: parseFieldSelector(query.get('fieldSelector') ?? '', target.definition),
  };
}

export function isSelected(selection: Selection, object: ApiObject): boolean {
  const { namespace } = selection.target;
  return (
    (namespace === undefined || object.metadata.namespace === namespace) &&
    matchesLabels(selection.labels, object.metadata.labels) &&
    matchesFields(selection.fields, object)
  );
}

/** @throws ApiError BadRequest, Expired, Timeout */
export function listObjects(store: Store, target: Target, query: URLSearchParams): object {
  const selection = readSelection(target, query);
  const start = readStart(store, query);
  const all = objectsAt(store, selection, start);
  const limit = start.unpaged ? 0 : (readCount(query, 'limit') ?? 0);
  const page = limit > 0 ? all.slice(0, limit) : all;
  const { definition } = target;
  return {
    kind: definition.listKind,
    apiVersion: apiVersionOf(definition),
    metadata: {
      resourceVersion: String(start.at),
      ...(page.length < all.length ? describeRest(selection, start, { all, page }) : {}),
    },
    items: definition.custom ? page : page.map(withoutType),
  };
}

/** Where a list begins. */
interface Start {
  /** Version of the list. */
  readonly at: number;
  /** Key of the last object of the page before; empty on the first page. */
  readonly after: string;
  /** "Any version will do" is answered from memory, which knows no pages. */
  readonly unpaged: boolean;
}

function readStart(store: Store, query: URLSearchParams): Start {
  const text = query.get('continue') ?? '';
  const version = query.get('resourceVersion') ?? '';
  if (text !== '') {
    if (version !== '' && version !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    const token = readToken(text);
    return { at: token.rv < 0 ? store.version : token.rv, after: token.after, unpaged: false };
  }
  const wanted = checkVersion(store, version);
  const isExactVersion = query.get('resourceVersionMatch') === 'Exact' && wanted > 0;
  return { at: isExactVersion ? wanted : store.version, after: '', unpaged: version === '0' };
}

/** How to go on, and how much is left if no selector makes that a guess. */
function describeRest(
  selection: Selection,
  start: Start,
  of: { readonly all: readonly ApiObject[]; readonly page: readonly ApiObject[] },
): object {
  const last = of.page.at(-1);
  const token = writeToken({
    rv: start.at,
    after: last === undefined ? '' : makeKey(last.metadata),
  });
  const isWhole = selection.labels.length === 0 && selection.fields.length === 0;
  return {
    continue: token,
    ...(isWhole ? { remainingItemCount: of.all.length - of.page.length } : {}),
  };
}

/** @throws ApiError BadRequest */
export function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d{1,15}$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  }
  return Number(text);
}

/** Versions are decimal numbers; undefined when the text is none. */
export function parseVersion(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function objectsAt(
  store: Store,
  selection: Selection,
  from: { readonly at: number; readonly after: string },
): readonly ApiObject[] {
  const { resource, namespace } = selection.target;
  const filter = {
    ...filterOf(selection.fields),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const objects: readonly ApiObject[] = readPast(
    store,
    () =>
      from.at === store.version
        ? store.list(resource, filter)
        : store.listAt(resource, from.at, filter),
    from.after,
  );
  return objects.filter(
    (object) =>
      isSelected(selection, object) &&
      (from.after === '' || compareKeys(makeKey(object.metadata), from.after) > 0),
  );
}

/** A list whose version is forgotten may go on, inconsistently, with the token in the refusal. */
function readPast(
  store: Store,
  read: () => readonly ApiObject[],
  after: string,
): readonly ApiObject[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'Expired') throw error;
    throw expired(
      `the continue token is too old (the list began before version ${store.version}): start a new list, or go on inconsistently with the token in this answer`,
      writeToken({ rv: -1, after }),
    );
  }
}

/** The version as a number; 0 when there is none. */
function checkVersion(store: Store, text: string): number {
  if (text === '') return 0;
  const version = parseVersion(text);
  if (version === undefined) {
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    );
  }
  if (version <= store.version) return version;
  const message = `Timeout: Too large resource version: ${version}, current: ${store.version}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  throw new ApiError(504, 'Timeout', message, { details: { causes, retryAfterSeconds: 1 } });
}

function writeToken(token: Continue): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function readToken(text: string): Continue {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (isContinue(token)) return token;
  } catch {
    // Refused below, like a token of another shape.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

function isContinue(token: unknown): token is Continue {
  return (
    typeof token === 'object' &&
    token !== null &&
    'rv' in token &&
    'after' in token &&
    Number.isSafeInteger(token.rv) &&
    typeof token.after === 'string'
  );
}

/** Items of built-in lists do not repeat what the list's kind says. */
function withoutType(object: ApiObject): object {
  const { kind: _, apiVersion: __, ...rest } = object;
  return rest;
}
