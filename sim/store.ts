// What is in the embedded cluster: every object with its version, shared by the HTTP API server and by the kubelets,
// which live in the same process and need no sockets. It knows what etcd and the API server's storage know (versions,
// optimistic locks, graceful deletion, events in order); schemas, defaults and admission belong to sim/api-server.

import type { Clock } from '../shared/clock.ts';
import type { Collection, ObjectAddress, ObjectFilter, StoreEvent } from './store/collection.ts';
import type { RemoveOptions } from './store/deletion.ts';
import {
  definitions,
  type ResourceName,
  type ResourceObjects,
  type Stored,
} from './store/resources.ts';
import { openSeededRandom } from './store/seeded-random.ts';
import { Sequencer } from './store/sequencer.ts';
import { type Removal, Shelf } from './store/shelf.ts';
import type { Listener } from './store/subscriptions.ts';

export interface StoreOptions {
  readonly clock: Clock;
  /** Decides uids and generated names. */
  readonly seed: number;
  /** Events remembered per resource at least; 5,000 unless given. */
  readonly maxHistory?: number;
}

export interface WriteOptions {
  readonly subresource?: 'status' | undefined;
}

type Shelves = { readonly [R in ResourceName]: Shelf<ResourceObjects[R]> };

// A thousand nodes that change once a minute are remembered for five minutes, longer than any page of a list waits.
const defaultMaxHistory = 5_000;

export class Store {
  readonly #sequencer = new Sequencer();
  readonly #shelves: Shelves;

  constructor(options: StoreOptions) {
    const shelfOptions = {
      clock: options.clock,
      random: openSeededRandom(options.seed),
      sequencer: this.#sequencer,
      maxHistory: options.maxHistory ?? defaultMaxHistory,
    };
    this.#shelves = {
      nodes: new Shelf(definitions.nodes, shelfOptions),
      pods: new Shelf(definitions.pods, shelfOptions),
      namespaces: new Shelf(definitions.namespaces, shelfOptions),
      configmaps: new Shelf(definitions.configmaps, shelfOptions),
      leases: new Shelf(definitions.leases, shelfOptions),
      // Of its own, so that a seed means the same however much there is to say.
      events: new Shelf(definitions.events, {
        ...shelfOptions,
        random: openSeededRandom(options.seed + 1),
      }),
      serviceaccounts: new Shelf(definitions.serviceaccounts, shelfOptions),
      roles: new Shelf(definitions.roles, shelfOptions),
      clusterroles: new Shelf(definitions.clusterroles, shelfOptions),
      rolebindings: new Shelf(definitions.rolebindings, shelfOptions),
      clusterrolebindings: new Shelf(definitions.clusterrolebindings, shelfOptions),
      cachedimages: new Shelf(definitions.cachedimages, shelfOptions),
      pullpolicies: new Shelf(definitions.pullpolicies, shelfOptions),
    };
  }

  /** Version of the newest write to any resource. */
  get version(): number {
    return this.#sequencer.version;
  }

  /**
   * Stores a new object with uid, version, creation time, generation 1 and its first status (a pod: Pending).
   * @param options `wallMs` is the creation time, if admission has already decided by it
   * @throws ApiError AlreadyExists; BadRequest without a name and without a generateName
   */
  create<R extends ResourceName>(
    resource: R,
    object: ResourceObjects[R],
    options: { readonly wallMs?: number } = {},
  ): Stored<R> {
    return this.#shelf(resource).create(object, options.wallMs);
  }

  find<R extends ResourceName>(resource: R, at: ObjectAddress): Stored<R> | undefined {
    return this.#objects(resource).find(at);
  }

  /** @throws ApiError NotFound */
  get<R extends ResourceName>(resource: R, at: ObjectAddress): Stored<R> {
    return this.#shelf(resource).get(at);
  }

  /** Sorted by namespace and name. */
  list<R extends ResourceName>(resource: R, filter: ObjectFilter = {}): Stored<R>[] {
    return this.#objects(resource).list(filter);
  }

  /**
   * The list as it was at an earlier version.
   * @throws ApiError Expired when that version is not remembered any more
   */
  listAt<R extends ResourceName>(resource: R, version: number, filter: ObjectFilter): Stored<R>[] {
    return this.#objects(resource).listAt(version, filter);
  }

  /**
   * Overwrites an object: its status with `subresource: 'status'`, else all but its status. A version in the object
   * is an optimistic lock, a uid a precondition. A write that changes nothing is no event and no new version.
   * @throws ApiError NotFound, Conflict
   */
  replace<R extends ResourceName>(
    resource: R,
    object: ResourceObjects[R],
    options: WriteOptions = {},
  ): Stored<R> {
    return this.#shelf(resource).replace(object, options.subresource);
  }

  /** `replace` with what `change` makes of the object as it is now. */
  modify<R extends ResourceName>(
    resource: R,
    at: ObjectAddress,
    change: (object: Stored<R>) => ResourceObjects[R],
    options: WriteOptions = {},
  ): Stored<R> {
    return this.replace(resource, change(this.get(resource, at)), options);
  }

  /**
   * Deletes gracefully: a bound pod that has not ended stays, marked, until it is removed with grace 0; an object with
   * finalizers stays until they are gone.
   * @throws ApiError NotFound, Conflict (preconditions)
   */
  remove<R extends ResourceName>(
    resource: R,
    at: ObjectAddress,
    options: RemoveOptions = {},
  ): Removal<Stored<R>> {
    return this.#shelf(resource).remove(at, options);
  }

  /**
   * Calls `listener` with each later event of the objects that pass the filter (or passed it before the change),
   * synchronously and in order of versions. Writes made by a listener are told after the event at hand.
   * @returns the end of the subscription, idempotent
   */
  subscribe<R extends ResourceName>(
    resource: R,
    listener: Listener<ResourceObjects[R]>,
    filter: ObjectFilter = {},
  ): () => void {
    return this.#shelf(resource).subscriptions.add(filter, this.version, listener);
  }

  /**
   * Events of all objects of the resource after a version; a subscription made in the same turn goes on without a gap.
   * @throws ApiError Expired when some of them are forgotten
   */
  eventsAfter<R extends ResourceName>(
    resource: R,
    version: number,
  ): readonly StoreEvent<ResourceObjects[R]>[] {
    return this.#objects(resource).eventsAfter(version);
  }

  /** Compacts the history of every resource: lists and watches of earlier versions are answered with Expired. */
  forgetHistory(): void {
    for (const shelf of Object.values(this.#shelves)) shelf.objects.forget();
  }

  #shelf<R extends ResourceName>(resource: R): Shelf<ResourceObjects[R]> {
    return this.#shelves[resource];
  }

  #objects<R extends ResourceName>(resource: R): Collection<ResourceObjects[R]> {
    return this.#shelf(resource).objects;
  }
}
