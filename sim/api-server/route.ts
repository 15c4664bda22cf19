// What a request is about: verb, resource, namespace, name, subresource, read from method and path alone.

import { ApiError } from '../store/api-error.ts';
import {
  apiPath,
  definitions,
  isResourceName,
  type ResourceDefinition,
  type ResourceName,
} from '../store/resources.ts';
import type { ApiRequest } from './message.ts';

type Verb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection';

export interface Target {
  readonly verb: Verb;
  readonly resource: ResourceName;
  readonly definition: ResourceDefinition;
  /** Undefined for resources without namespaces, and for lists over all of them. */
  readonly namespace: string | undefined;
  /** Undefined for collections. */
  readonly name: string | undefined;
  readonly subresource: 'status' | undefined;
}

export interface Route {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined for everything that is no resource (health, version, discovery). */
  readonly target: Target | undefined;
}

type Place = Omit<Target, 'verb'>;

/** @throws ApiError NotFound, MethodNotAllowed */
export function readRoute(request: ApiRequest): Route {
  // The base only completes the URL; it is never contacted.
  const url = URL.parse(request.url, 'http://embedded');
  if (url === null) throw unknownPath();
  const query = url.searchParams;
  const place = readPlace(url.pathname);
  if (place === undefined) return { path: url.pathname, query, target: undefined };
  const verb = readVerb(request.method, place, query);
  return { path: url.pathname, query, target: { ...place, verb } };
}

export function unknownPath(): ApiError {
  const message = 'the server could not find the requested resource';
  return new ApiError(404, 'NotFound', message, { details: {} });
}

function readPlace(path: string): Place | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const depth = segments[0] === 'api' ? 2 : 3;
  const rest = segments.slice(depth).map(decodeSegment);
  if ((segments[0] !== 'api' && segments[0] !== 'apis') || rest.length === 0) return undefined;
  const base = `/${segments.slice(0, depth).join('/')}`;
  // `namespaces/NAME/RESOURCE…` is in a namespace, `namespaces/NAME/status` is the namespace itself.
  const scoped = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status';
  return scoped ? findPlace(base, rest.slice(2), rest[1]) : findPlace(base, rest, undefined);
}

/** @param segments RESOURCE, NAME, SUBRESOURCE, as many of them as there are */
function findPlace(
  base: string,
  segments: readonly string[],
  namespace: string | undefined,
): Place {
  const [plural = '', name, subresource, ...excess] = segments;
  if (!isResourceName(plural) || excess.length > 0) throw unknownPath();
  const definition = definitions[plural];
  if (apiPath(definition) !== base) throw unknownPath();
  // Without a namespace in the path there are only lists over all of them.
  const isWhole = namespace === undefined && name === undefined;
  if (!isWhole && definition.namespaced !== (namespace !== undefined)) throw unknownPath();
  const at = { resource: plural, definition, namespace, name };
  if (subresource === undefined) return { ...at, subresource };
  if (subresource !== 'status' || !definition.hasStatus) throw unknownPath();
  return { ...at, subresource };
}

const verbsOfOne: Readonly<Record<string, Verb>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const verbsOfMany: Readonly<Record<string, Verb>> = {
  GET: 'list',
  POST: 'create',
  DELETE: 'deletecollection',
};

function readVerb(method: string, place: Place, query: URLSearchParams): Verb {
  const verb = (place.name === undefined ? verbsOfMany : verbsOfOne)[method];
  if (verb === undefined || isDenied(verb, place)) {
    const message = 'the server does not allow this method on the requested resource';
    throw new ApiError(405, 'MethodNotAllowed', message, { details: {} });
  }
  return verb === 'list' && isWatch(query) ? 'watch' : verb;
}

function isDenied(verb: Verb, place: Place): boolean {
  if (verb === 'delete') return place.subresource !== undefined;
  const everywhere = place.definition.namespaced && place.namespace === undefined;
  return everywhere && (verb === 'create' || verb === 'deletecollection');
}

function isWatch(query: URLSearchParams): boolean {
  return ['1', 'true'].includes(query.get('watch') ?? '');
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw unknownPath();
  }
}
