// Writes to the objects of one resource: optimistic locks, no-ops, graceful deletion, versions, events.

import type { Clock } from '../../shared/clock.ts';
import { isSameJson } from '../../shared/json.ts';
import { formatTimestampSeconds } from '../../shared/timestamp.ts';
import { alreadyExists, badRequest, conflict, notFound } from './api-error.ts';
import { Collection, type ObjectAddress, type StoreEvent, type Versioned } from './collection.ts';
import { decideDeletion, type RemoveOptions } from './deletion.ts';
import { prepareMain, prepareNew, prepareStatus } from './metadata.ts';
import { type ApiObject, apiVersionOf, type Meta, type ResourceDefinition } from './resources.ts';
import { makeSuffix, makeUid } from './seeded-random.ts';
import type { Sequencer } from './sequencer.ts';
import { Subscriptions } from './subscriptions.ts';

/** What all shelves of a store share. */
export interface ShelfOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly sequencer: Sequencer;
  readonly maxHistory: number;
}

export interface Removal<T> {
  /** The last state, or the state that it is waiting in. */
  readonly object: T;
  /** False while the object stays, Terminating. */
  readonly removed: boolean;
}

export class Shelf<T extends ApiObject> {
  readonly objects: Collection<T>;
  readonly subscriptions: Subscriptions<T>;
  readonly #definition: ResourceDefinition;
  readonly #options: ShelfOptions;

  constructor(definition: ResourceDefinition, options: ShelfOptions) {
    this.#definition = definition;
    this.#options = options;
    this.objects = new Collection(options.maxHistory);
    this.subscriptions = new Subscriptions();
  }

  get(at: ObjectAddress): Versioned<T> {
    const found = this.objects.find(at);
    if (found === undefined) throw notFound(this.#definition, at.name);
    return found;
  }

  create(object: T, wallMs = this.#options.clock.now().wallMs): Versioned<T> {
    const name = this.#nameOf(object.metadata);
    if (this.objects.find({ namespace: object.metadata.namespace, name }) !== undefined) {
      throw alreadyExists(this.#definition, name);
    }
    const prepared = prepareNew(this.#definition, object, {
      name,
      uid: makeUid(this.#options.random),
      creationTimestamp: formatTimestampSeconds(wallMs),
    });
    const { kind } = this.#definition;
    const typed = { ...prepared, kind, apiVersion: apiVersionOf(this.#definition) };
    return this.#commit('ADDED', typed, undefined);
  }

  replace(object: T, subresource: 'status' | undefined): Versioned<T> {
    const old = this.get(object.metadata);
    this.#checkLock(old, object.metadata);
    const prepare = subresource === 'status' ? prepareStatus : prepareMain;
    return this.#write(old, prepare(this.#definition, old, object));
  }

  remove(at: ObjectAddress, options: RemoveOptions): Removal<Versioned<T>> {
    const old = this.get(at);
    this.#checkPreconditions(old, options);
    const deletion = decideDeletion(old, options, this.#options.clock.now().wallMs);
    if (deletion.kind === 'pending') return { object: old, removed: false };
    const marked = deletion.marked === undefined ? old : this.#write(old, deletion.marked);
    if (deletion.kind === 'mark') return { object: marked, removed: false };
    // A subscriber may have removed it already, at the sight of its mark.
    if (this.objects.find(at)?.metadata.uid !== marked.metadata.uid) {
      return { object: marked, removed: true };
    }
    return { object: this.#commit('DELETED', marked, marked), removed: true };
  }

  #nameOf(metadata: Meta): string {
    if (metadata.name !== '') return metadata.name;
    if (metadata.generateName === undefined || metadata.generateName === '') {
      throw badRequest('name or generateName is required');
    }
    return `${metadata.generateName}${makeSuffix(this.#options.random)}`;
  }

  /** An update must be of the version, and of the very object, that its writer saw, if it names them. */
  #checkLock(old: Versioned<T>, seen: Meta): void {
    const { name, uid, resourceVersion } = old.metadata;
    if (seen.uid !== undefined && seen.uid !== uid) {
      const why = `Precondition failed: UID in precondition: ${seen.uid}, UID in object meta: ${uid}`;
      throw conflict(this.#definition, name, why);
    }
    const version = seen.resourceVersion ?? '';
    if (version === '' || version === resourceVersion) return;
    const why =
      'the object has been modified; please apply your changes to the latest version and try again';
    throw conflict(this.#definition, name, why);
  }

  #checkPreconditions(old: Versioned<T>, wanted: RemoveOptions): void {
    const { name, uid, resourceVersion } = old.metadata;
    // Here, and only here, the real one names the kind where the resource should stand.
    const subject = { ...this.#definition, plural: this.#definition.kind };
    if (wanted.uid !== undefined && wanted.uid !== uid) {
      const why = `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
      throw conflict(subject, name, why);
    }
    if (wanted.resourceVersion === undefined || wanted.resourceVersion === resourceVersion) return;
    const why = `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw conflict(subject, name, why);
  }

  /** Goes on to remove an object whose deletion waited only for the finalizers that this write takes away. */
  #write(old: Versioned<T>, next: T): Versioned<T> {
    if (isSameJson(next, { ...old, metadata: withoutVersion(old.metadata, next.metadata) }))
      return old;
    const stored = this.#commit('MODIFIED', next, old);
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = stored.metadata;
    const released = old.metadata.finalizers !== undefined && finalizers === undefined;
    if (released && deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) === 0) {
      return this.#commit('DELETED', stored, stored);
    }
    return stored;
  }

  #commit(
    type: StoreEvent<T>['type'],
    object: T,
    previous: Versioned<T> | undefined,
  ): Versioned<T> {
    const version = this.#options.sequencer.next();
    const { uid = '', creationTimestamp = '' } = object.metadata;
    const stored: Versioned<T> = {
      ...object,
      metadata: { ...object.metadata, uid, creationTimestamp, resourceVersion: String(version) },
    };
    const event: StoreEvent<T> = { type, version, object: stored, previous };
    this.objects.record(event);
    this.#options.sequencer.deliver(() => this.subscriptions.deliver(event));
    return stored;
  }
}

/** The old metadata with the version that the new one carries, so that versions do not count as a difference. */
function withoutVersion(old: Meta, next: Meta): Meta {
  const { resourceVersion: _, ...kept } = old;
  return next.resourceVersion === undefined
    ? kept
    : { ...kept, resourceVersion: next.resourceVersion };
}
