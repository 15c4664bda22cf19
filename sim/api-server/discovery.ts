// What the API server says about itself: health, version, and which resources it has, so that kubectl can be pointed
// at the embedded cluster.

import {
  apiPath,
  apiVersionOf,
  definitions,
  type ResourceDefinition,
  resourceNames,
} from '../store/resources.ts';
import { answerJson, answerText, type DocumentResponse } from './message.ts';

/** Names that kubectl takes for a custom resource. */
export interface Nicknames {
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+forehold-embedded',
  platform: 'simulated',
};

const openApiBase = '/openapi/v3';
const shortNames: Readonly<Record<string, readonly string[]>> = {
  nodes: ['no'],
  pods: ['po'],
  namespaces: ['ns'],
  events: ['ev'],
};

/** Undefined when the path is none of these. */
export function answerDiscovery(
  path: string,
  nicknames: readonly Nicknames[],
): DocumentResponse | undefined {
  if (['/healthz', '/livez', '/readyz'].includes(path)) return answerText('ok');
  if (path === '/version') return answerJson(200, version);
  if (path === '/api') return answerJson(200, { kind: 'APIVersions', versions: ['v1'] });
  if (path === '/apis') return answerJson(200, groupList());
  if (path === '/openapi/v3') return answerJson(200, openApiIndex());
  if (path.startsWith(openApiBase)) {
    const served = servedAt(path.slice(openApiBase.length));
    return served.length === 0 ? undefined : answerJson(200, openApiDocument(served));
  }
  const served = servedAt(path);
  return served.length === 0 ? undefined : answerJson(200, resourceList(served, nicknames));
}

function servedAt(path: string): readonly ResourceDefinition[] {
  return resourceNames
    .map((name) => definitions[name])
    .filter((definition) => apiPath(definition) === path);
}

function openApiIndex(): object {
  const paths = new Set(resourceNames.map((name) => apiPath(definitions[name])));
  return {
    paths: Object.fromEntries(
      [...paths].map((path) => [path.slice(1), { serverRelativeURL: `${openApiBase}${path}` }]),
    ),
  };
}

/** Says of each kind only what kubectl looks for: that unknown fields are refused by the server if asked to. */
function openApiDocument(served: readonly ResourceDefinition[]): object {
  const paths = served.map((definition) => {
    const { group, version: kindVersion, kind, plural } = definition;
    const patch = {
      'x-kubernetes-group-version-kind': { group, version: kindVersion, kind },
      parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
      responses: {},
    };
    return [`${apiPath(definition)}/${plural}/{name}`, { patch }];
  });
  return { openapi: '3.0.0', info: version, paths: Object.fromEntries(paths) };
}

function groupList(): object {
  const named = resourceNames.map((name) => definitions[name]).filter(({ group }) => group !== '');
  const byGroup = new Map(named.map((definition) => [definition.group, definition]));
  const groups = [...byGroup.values()].map((definition) => {
    const served = { groupVersion: apiVersionOf(definition), version: definition.version };
    return { name: definition.group, versions: [served], preferredVersion: served };
  });
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

function resourceList(
  served: readonly ResourceDefinition[],
  nicknames: readonly Nicknames[],
): object {
  const resources = served.flatMap((definition) => {
    const { plural, kind, namespaced, hasStatus } = definition;
    const custom = nicknames.find((names) => names.plural === plural);
    const main = {
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: custom?.shortNames ?? shortNames[plural] ?? [],
      ...(custom === undefined ? {} : { categories: custom.categories }),
    };
    const status = {
      name: `${plural}/status`,
      singularName: '',
      namespaced,
      kind,
      verbs: ['get', 'patch', 'update'],
    };
    return hasStatus ? [main, status] : [main];
  });
  const groupVersion = served[0] === undefined ? '' : apiVersionOf(served[0]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
