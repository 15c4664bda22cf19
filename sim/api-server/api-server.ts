// The embedded cluster's API server: the subset of Kubernetes 1.36 that Forehold uses, over one store. Every request
// goes one way, route -> authenticate -> (admit, store) -> answer, in `dispatch`, which knows no sockets.
//
// Not covered, and refused: other kinds, strategic merge and JSON patches, protobuf, dry runs. Not covered, and left
// out: tables, foreground deletion, token volumes and default service accounts, CEL rules, contents of a deleted
// namespace, schemas of built-in kinds (their unknown fields are kept). Server-side apply: see apply.ts; tokens and
// rights: see authenticate.ts.

import type { Clock } from '../../shared/clock.ts';
import { ApiError, badRequest } from '../store/api-error.ts';
import { apiVersionOf, definitions } from '../store/resources.ts';
import { openSeededRandom } from '../store/seeded-random.ts';
import type { Store } from '../store.ts';
import { AccountTokens, type Identity } from './account-token.ts';
import { authenticate, authorize } from './authenticate.ts';
import { answerDiscovery } from './discovery.ts';
import { HttpListener } from './http-listener.ts';
import { type ApiRequest, type ApiResponse, answerJson, answerStatus } from './message.ts';
import type { Attempt } from './rbac.ts';
import { listObjects } from './read.ts';
import { RequestRecord } from './record.ts';
import { type Review, readReview } from './reviews.ts';
import { type Route, readRoute, type Target, unknownPath } from './route.ts';
import type { CustomDefinition } from './schema.ts';
import { readWatch, Watch } from './watch.ts';
import { Writer } from './write.ts';

export interface ApiServerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Decides how long watches without a time of their own last. */
  readonly seed: number;
  /** Namespace whose pull pods need a not-after. */
  readonly pullNamespace: string;
  /** Schemas and names of the custom kinds, one for each in the store. */
  readonly customKinds: readonly CustomDefinition[];
}

export interface ListenOptions {
  /** Loopback unless given. */
  readonly host?: string;
  /** 0 (any free port) unless given. */
  readonly port?: number;
}

export class ApiServer {
  /** What was asked, by whom. */
  readonly record: RequestRecord;
  readonly #options: ApiServerOptions;
  readonly #writer: Writer;
  readonly #random: () => number;
  readonly #tokens: AccountTokens;
  readonly #listener: HttpListener;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.record = new RequestRecord(options.clock);
    this.#random = openSeededRandom(options.seed);
    this.#tokens = new AccountTokens(options);
    this.#writer = new Writer(options);
    this.#listener = new HttpListener((request) => this.dispatch(request));
  }

  /** Listens and returns the URL to reach it at; idempotent. */
  start(options: ListenOptions = {}): Promise<string> {
    return this.#listener.start(options.host ?? '127.0.0.1', options.port ?? 0);
  }

  /** Ends every connection, open watches too; idempotent. */
  stop(): Promise<void> {
    return this.#listener.stop();
  }

  /** Never throws: what goes wrong is an answer. */
  dispatch(request: ApiRequest): ApiResponse {
    let about: About = {};
    let response: ApiResponse;
    try {
      about = this.#read(request);
      const identity = authenticate(this.#tokens, request);
      response = this.#serve(request, about, identity);
    } catch (error) {
      response = answerError(error);
    }
    this.#note(request, about, response);
    return response;
  }

  #read(request: ApiRequest): About {
    const review = readReview({ store: this.#options.store, tokens: this.#tokens }, request);
    return review === undefined ? { route: readRoute(request) } : { review };
  }

  #serve(request: ApiRequest, { review, route }: About, identity: Identity): ApiResponse {
    const { store } = this.#options;
    if (review !== undefined) {
      authorize(store, identity, review.attempt);
      return answerJson(201, review.answer());
    }
    if (route === undefined) throw unknownPath();
    if (route.target !== undefined) authorize(store, identity, attemptOf(route.target));
    return this.#answer(request, route);
  }

  #answer(request: ApiRequest, route: Route): ApiResponse {
    const { target, query } = route;
    if (target === undefined) {
      const answer = answerDiscovery(route.path, this.#options.customKinds);
      if (answer === undefined) throw unknownPath();
      return answer;
    }
    // To write although asked not to would be worse than to refuse.
    if (query.has('dryRun')) throw badRequest('dryRun: the embedded API server knows no dry runs');
    const { store } = this.#options;
    switch (target.verb) {
      case 'get':
        return answerJson(200, store.get(target.resource, addressOf(target)));
      case 'list':
        return answerJson(200, listObjects(store, target, query));
      case 'watch':
        return this.#watch(target, query);
      case 'create':
        return this.#writer.create(request, target, query);
      case 'update':
        return this.#writer.update(request, target, query);
      case 'patch':
        return this.#writer.patch(request, target, query);
      case 'delete':
        return this.#writer.delete(request, target, query);
      case 'deletecollection':
        return this.#deleteCollection(request, target, query);
      default:
        return target.verb satisfies never;
    }
  }

  #watch(target: Target, query: URLSearchParams): ApiResponse {
    const watchRequest = readWatch(target, query);
    const { store, clock } = this.#options;
    return {
      kind: 'stream',
      open: (sink) => {
        const watch = new Watch({ store, clock, random: this.#random }, watchRequest, sink);
        watch.start();
        return watch;
      },
    };
  }

  #deleteCollection(request: ApiRequest, target: Target, query: URLSearchParams): ApiResponse {
    const items = this.#writer.deleteCollection(request, target, query);
    const definition = definitions[target.resource];
    return answerJson(200, {
      kind: definition.listKind,
      apiVersion: apiVersionOf(definition),
      metadata: { resourceVersion: String(this.#options.store.version) },
      items,
    });
  }

  #note(request: ApiRequest, { route, review }: About, response: ApiResponse): void {
    const code = response.kind === 'document' ? response.code : 200;
    const about = route?.target ?? review?.attempt;
    const { verb = request.method.toLowerCase(), resource = '' } = about ?? {};
    const subresource = about?.subresource === '' ? undefined : about?.subresource;
    this.record.add({ verb, resource, subresource, code }, request.headers['user-agent']);
  }
}

/** What a request is about; neither when that could not be told. */
interface About {
  readonly route?: Route;
  readonly review?: Review;
}

function attemptOf({ verb, definition, subresource, namespace, name }: Target): Attempt {
  return {
    verb,
    group: definition.group,
    resource: definition.plural,
    subresource: subresource ?? '',
    namespace: namespace ?? '',
    name: name ?? '',
  };
}

function addressOf(target: Target): { namespace: string | undefined; name: string } {
  return { namespace: target.namespace, name: target.name ?? '' };
}

/** An error that is no ApiError is a defect of ours and says so. */
function answerError(error: unknown): ApiResponse {
  if (error instanceof ApiError) return answerStatus(error.body(), error.status);
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const defect = new ApiError(500, 'InternalError', `Internal error occurred: ${why}`);
  return answerStatus(defect.body(), 500);
}
