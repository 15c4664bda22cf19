// The garbage collector of a real cluster, for what Forehold leaves to it: a pull pod is owned by its Node, so it goes
// when that very node (uid, not name) is gone. Owners of kinds that are not in the embedded cluster are taken as there.

import type { Clock, Timer } from '../../shared/clock.ts';
import type { OwnerReference, Pod } from '../../shared/kube-types.ts';
import type { Store } from '../store.ts';

export interface OwnerGcOptions {
  readonly store: Store;
  readonly clock: Clock;
}

// Seen on the test bed: 1 s after the node was deleted.
const delayMs = 1_000;

export class OwnerGc {
  readonly #options: OwnerGcOptions;
  /** One per look that is due. */
  readonly #timers = new Set<Timer>();
  #unsubscribes: readonly (() => void)[] = [];

  constructor(options: OwnerGcOptions) {
    this.#options = options;
  }

  /** Idempotent. */
  start(): void {
    if (this.#unsubscribes.length > 0) return;
    const { store } = this.#options;
    this.#unsubscribes = [
      store.subscribe('nodes', ({ type, object }) => {
        if (type === 'DELETED') this.#later(() => this.#collectOwned(object.metadata.uid));
      }),
      store.subscribe('pods', ({ type, object }) => {
        if (type === 'ADDED' && nodeOwners(object).length > 0)
          this.#later(() => this.#look(object));
      }),
    ];
  }

  /** Idempotent. */
  stop(): void {
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    this.#unsubscribes = [];
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #collectOwned(uid: string): void {
    for (const pod of this.#options.store.list('pods')) {
      if (nodeOwners(pod).some((owner) => owner.uid === uid)) this.#look(pod);
    }
  }

  /** A pod with no owner left goes, gracefully; one that has another loses only the reference. */
  #look(pod: Pod): void {
    const { store } = this.#options;
    const now = store.find('pods', pod.metadata);
    if (now === undefined || now.metadata.uid !== pod.metadata.uid) return;
    const owners = now.metadata.ownerReferences ?? [];
    const ownerReferences = owners.filter((owner) => this.#isThere(owner));
    if (ownerReferences.length === owners.length) return;
    if (ownerReferences.length === 0) store.remove('pods', now.metadata);
    else store.replace('pods', { ...now, metadata: { ...now.metadata, ownerReferences } });
  }

  #isThere(owner: OwnerReference): boolean {
    if (owner.kind !== 'Node') return true;
    return this.#options.store.find('nodes', { name: owner.name })?.metadata.uid === owner.uid;
  }

  #later(look: () => void): void {
    const timer = this.#options.clock.startTimer(delayMs, () => {
      this.#timers.delete(timer);
      look();
    });
    this.#timers.add(timer);
  }
}

function nodeOwners(pod: Pod): readonly OwnerReference[] {
  return (pod.metadata.ownerReferences ?? []).filter((owner) => owner.kind === 'Node');
}
