// Who is told about which event. Subscribers that ask for one object or one node are found by an index, because five
// thousand kubelets that each had to look at every event would make the cluster quadratic in its nodes.

import type { ObjectFilter, StoreEvent } from './collection.ts';
import { isWithin } from './collection.ts';
import { type ApiObject, nodeNameOf } from './resources.ts';

export type Listener<T> = (event: StoreEvent<T>) => void;

interface Subscription<T> {
  readonly listener: Listener<T>;
  readonly filter: ObjectFilter;
  /** Events up to this version happened before the subscription. */
  readonly afterVersion: number;
  active: boolean;
}

export class Subscriptions<T extends ApiObject> {
  readonly #any = new Set<Subscription<T>>();
  readonly #byName = new Map<string, Set<Subscription<T>>>();
  readonly #byNodeName = new Map<string, Set<Subscription<T>>>();

  /** Returns the end of the subscription, idempotent; after it the listener is never called. */
  add(filter: ObjectFilter, afterVersion: number, listener: Listener<T>): () => void {
    const subscription: Subscription<T> = { listener, filter, afterVersion, active: true };
    const bucket = this.#bucket(filter);
    bucket.add(subscription);
    return () => {
      subscription.active = false;
      bucket.delete(subscription);
      if (bucket.size === 0) this.#forget(filter);
    };
  }

  /** Everybody whose filter the object passes or passed before the change. */
  deliver(event: StoreEvent<T>): void {
    const { object, previous } = event;
    const nodeName = nodeNameOf(object);
    const previousNodeName = previous === undefined ? nodeName : nodeNameOf(previous);
    this.#tell(this.#any, event);
    this.#tell(this.#byName.get(object.metadata.name), event);
    if (nodeName !== undefined) this.#tell(this.#byNodeName.get(nodeName), event);
    if (previousNodeName !== undefined && previousNodeName !== nodeName) {
      this.#tell(this.#byNodeName.get(previousNodeName), event);
    }
  }

  #tell(bucket: ReadonlySet<Subscription<T>> | undefined, event: StoreEvent<T>): void {
    if (bucket === undefined) return;
    // A copy, because a listener may subscribe or end subscriptions.
    for (const subscription of [...bucket]) {
      if (!subscription.active || event.version <= subscription.afterVersion) continue;
      const { filter } = subscription;
      const concerned =
        isWithin(event.object, filter) ||
        (event.previous !== undefined && isWithin(event.previous, filter));
      if (concerned) subscription.listener(event);
    }
  }

  #bucket(filter: ObjectFilter): Set<Subscription<T>> {
    if (filter.name !== undefined) return bucketOf(this.#byName, filter.name);
    if (filter.nodeName !== undefined) return bucketOf(this.#byNodeName, filter.nodeName);
    return this.#any;
  }

  #forget(filter: ObjectFilter): void {
    if (filter.name !== undefined) this.#byName.delete(filter.name);
    else if (filter.nodeName !== undefined) this.#byNodeName.delete(filter.nodeName);
  }
}

function bucketOf<S>(buckets: Map<string, Set<S>>, key: string): Set<S> {
  const found = buckets.get(key);
  if (found !== undefined) return found;
  const made = new Set<S>();
  buckets.set(key, made);
  return made;
}
