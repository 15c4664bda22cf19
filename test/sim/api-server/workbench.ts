// An API server without sockets on a clock that stands still, and the few words in which the tests talk to it.

import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import { ApiServer } from '../../../sim/api-server/api-server.ts';
import { readChartKinds } from '../../../sim/api-server/chart-kinds.ts';
import type { DocumentResponse, OpenStream } from '../../../sim/api-server/message.ts';
import { Store } from '../../../sim/store.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';

const customKinds = readChartKinds();

export const imagesPath = '/apis/forehold.dev/v1alpha1/cachedimages';
export const policiesPath = '/apis/forehold.dev/v1alpha1/pullpolicies';
export const podsPath = '/api/v1/namespaces/pulls/pods';
export const nodesPath = '/api/v1/nodes';
export const leasesPath = '/apis/coordination.k8s.io/v1/namespaces/pulls/leases';
export const mergePatch = 'application/merge-patch+json';
export const applyPatch = 'application/apply-patch+yaml';

interface Answer {
  readonly code: number;
  readonly body: JsonObject;
  readonly warnings: readonly string[];
}

export interface Bench {
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly server: ApiServer;
  /** Asks with a JSON body, if there is one. */
  ask(method: string, url: string, body?: unknown, contentType?: string): Answer;
  /** Opens a watch; `lines` grows as events come. */
  watch(url: string): OpenWatch;
}

interface OpenWatch {
  readonly events: readonly WatchLine[];
  readonly ended: () => boolean;
  /** From now on the reader takes nothing until `resume`. */
  stall(): void;
  resume(): void;
  close(): void;
}

export interface WatchLine {
  readonly type: string;
  readonly object: JsonObject;
}

/** Wall time at the start of every bench. */
export const startText = '2026-01-01T00:00:00Z';

export function openBench(options: { readonly maxHistory?: number } = {}): Bench {
  const clock = new VirtualClock();
  const store = new Store({ clock, seed: 1, ...options });
  store.create('namespaces', { metadata: { name: 'pulls' } });
  const server = new ApiServer({ store, clock, seed: 2, pullNamespace: 'pulls', customKinds });
  return {
    store,
    clock,
    server,
    ask: (method, url, body, contentType = 'application/json') => {
      const headers = { 'content-type': contentType, 'user-agent': 'forehold-test/1.0 (x)' };
      const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
      const response = server.dispatch({ method, url, headers, body: text });
      if (response.kind !== 'document') throw new Error(`${method} ${url} is a stream`);
      return { code: response.code, body: parseBody(response), warnings: response.warnings };
    },
    watch: (url) => openWatch(server, url),
  };
}

/** A CachedImage `a` at version 3, a pod `a` at version 4. */
export function openFilled(): Bench {
  const bench = openBench();
  bench.ask('POST', imagesPath, image('a'));
  bench.ask('POST', podsPath, pod('a'));
  return bench;
}

function openWatch(server: ApiServer, url: string): OpenWatch {
  const response = server.dispatch({ method: 'GET', url, headers: {}, body: '' });
  if (response.kind !== 'stream') throw new Error(`GET ${url} is no stream: ${response.body}`);
  const events: WatchLine[] = [];
  let ready = true;
  let ended = false;
  const stream: OpenStream = response.open({
    write: (text) => {
      events.push(JSON.parse(text));
      return ready;
    },
    end: () => {
      ended = true;
    },
  });
  return {
    events,
    ended: () => ended,
    stall: () => {
      ready = false;
    },
    resume: () => {
      ready = true;
      stream.drained();
    },
    close: () => stream.close(),
  };
}

function parseBody(response: DocumentResponse): JsonObject {
  const value: unknown =
    response.contentType === 'application/json' ? JSON.parse(response.body) : {};
  return isJsonObject(value) ? value : {};
}

/** The value at a dotted path; undefined when there is none. */
export function at(value: unknown, path: string): unknown {
  let found: unknown = value;
  for (const part of path.split('.')) {
    if (Array.isArray(found)) found = found[Number(part)];
    else found = isJsonObject(found) ? found[part] : undefined;
  }
  return found;
}

export function image(name: string, spec: object = {}, labels?: object): JsonObject {
  return {
    apiVersion: 'forehold.dev/v1alpha1',
    kind: 'CachedImage',
    metadata: { name, ...(labels === undefined ? {} : { labels }) },
    spec: { image: 'nginx', ...spec },
  };
}

export function pod(name: string, spec: object = {}, metadata: object = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { nodeName: 'n1', containers: [{ name: 'pull', image: 'nginx:1.27' }], ...spec },
  };
}

export function nodeObject(name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name } };
}

/** Type and name of every event. */
export function summary(events: readonly WatchLine[]): string[] {
  return events.map(({ type, object }) => `${type} ${String(at(object, 'metadata.name') ?? '-')}`);
}
