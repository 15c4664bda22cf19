// Changes of leases for those who watch. Each watcher has its own bounded queue, so that a slow one costs nobody else
// anything.

import type { StatusError } from '../../shared/rpc.ts';
import type { LeaseView } from '../core/views.ts';

export interface LeaseWatcher {
  /** Takes a changed lease at once, without waiting. */
  take(lease: LeaseView): void;
  /** The leases are another coordinator's from now on. */
  end(reason: StatusError): void;
}

/** Hands every change to every watcher. */
export class LeaseFeed {
  readonly #watchers = new Set<LeaseWatcher>();

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** Returns how to leave again. */
  join(watcher: LeaseWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  publish(lease: LeaseView): void {
    for (const watcher of this.#watchers) watcher.take(lease);
  }

  /** Ends every watch. */
  end(reason: StatusError): void {
    for (const watcher of this.#watchers) watcher.end(reason);
  }
}
