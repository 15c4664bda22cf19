// The objects of one resource, sorted as the API server lists them, with the latest events. The bounded event history
// answers both "what came after version N" (watches) and "what was there at version N" (later pages of a list), so
// that no snapshot has to be kept per list; what is older than the history is refused with 410, as by the real one.

import { type ApiError, expired } from './api-error.ts';
import { type ApiObject, nodeNameOf, type StoredMeta } from './resources.ts';

export type Versioned<T> = T & { readonly metadata: StoredMeta };

export interface StoreEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** Also stands in the object. */
  readonly version: number;
  /** After the change; of a deleted object the last state, with the deletion's version. */
  readonly object: Versioned<T>;
  /** Before the change; undefined with ADDED. */
  readonly previous: Versioned<T> | undefined;
}

/** Where an object is; without a namespace for resources that have none. */
export interface ObjectAddress {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Which objects a list or a subscription is about; an absent field means any. */
export interface ObjectFilter {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly nodeName?: string | undefined;
}

export class Collection<T extends ApiObject> {
  readonly #objects = new Map<string, Versioned<T>>();
  readonly #keys: string[] = [];
  readonly #history: StoreEvent<T>[] = [];
  readonly #maxHistory: number;
  /** Versions up to this one are forgotten. */
  #forgottenVersion = 0;

  /** @param maxHistory events remembered at least; up to twice as many are kept, so that forgetting is cheap */
  constructor(maxHistory: number) {
    this.#maxHistory = maxHistory;
  }

  get size(): number {
    return this.#keys.length;
  }

  find(at: ObjectAddress): Versioned<T> | undefined {
    return this.#objects.get(makeKey(at));
  }

  /** Sorted by key. */
  list(filter: ObjectFilter): Versioned<T>[] {
    const found: Versioned<T>[] = [];
    for (const key of this.#keys) {
      const object = this.#objects.get(key);
      if (object !== undefined && isWithin(object, filter)) found.push(object);
    }
    return found;
  }

  /**
   * As `list`, at an earlier version.
   * @throws Expired when that version is not remembered any more
   */
  listAt(version: number, filter: ObjectFilter): Versioned<T>[] {
    const events = this.eventsAfter(version);
    if (events.length === 0) return this.list(filter);
    const past = new Map<string, Versioned<T> | undefined>();
    for (const event of events.toReversed())
      past.set(makeKey(event.object.metadata), event.previous);
    const keys = new Set([...this.#keys, ...past.keys()]);
    return [...keys].sort(compareKeys).flatMap((key) => {
      const object = past.has(key) ? past.get(key) : this.#objects.get(key);
      return object !== undefined && isWithin(object, filter) ? [object] : [];
    });
  }

  /**
   * In order of their versions.
   * @throws Expired when some of them are forgotten
   */
  eventsAfter(version: number): readonly StoreEvent<T>[] {
    if (version < this.#forgottenVersion) throw this.#tooOld(version);
    let from = this.#history.length;
    while (from > 0 && (this.#history[from - 1]?.version ?? 0) > version) from -= 1;
    return this.#history.slice(from);
  }

  record(event: StoreEvent<T>): void {
    const key = makeKey(event.object.metadata);
    if (event.type === 'DELETED') this.#delete(key);
    else this.#set(key, event.object);
    this.#history.push(event);
    if (this.#history.length <= this.#maxHistory * 2) return;
    const forgotten = this.#history.splice(0, this.#history.length - this.#maxHistory);
    this.#forgottenVersion = forgotten.at(-1)?.version ?? this.#forgottenVersion;
  }

  /** Forgets every event so far, as a compaction of etcd does: who comes with an older version has to list again. */
  forget(): void {
    this.#forgottenVersion = this.#history.at(-1)?.version ?? this.#forgottenVersion;
    this.#history.length = 0;
  }

  #set(key: string, object: Versioned<T>): void {
    if (!this.#objects.has(key)) this.#keys.splice(this.#position(key), 0, key);
    this.#objects.set(key, object);
  }

  #delete(key: string): void {
    if (this.#objects.delete(key)) this.#keys.splice(this.#position(key), 1);
  }

  /** Where `key` stands or would stand. */
  #position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #tooOld(version: number): ApiError {
    return expired(`too old resource version: ${version} (${this.#forgottenVersion})`);
  }
}

/** `NAMESPACE/NAME`, or the name alone where there are no namespaces. */
export function makeKey(at: ObjectAddress): string {
  return at.namespace === undefined ? at.name : `${at.namespace}/${at.name}`;
}

/** Bytewise, as etcd sorts (names are ASCII). */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function isWithin(object: ApiObject, filter: ObjectFilter): boolean {
  if (filter.namespace !== undefined && object.metadata.namespace !== filter.namespace)
    return false;
  if (filter.name !== undefined && object.metadata.name !== filter.name) return false;
  return filter.nodeName === undefined || nodeNameOf(object) === filter.nodeName;
}
