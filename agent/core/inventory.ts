// What this node holds, and how that is known. Two sources: the kubelet's list in the node's status, which lags and may
// be cut short, and what pull pods of this node brought. Nothing is kept on hope: an entry goes with the observation
// that carried it, except where the list is full, because absence from a full list proves nothing.

import { parseImageReference } from '../../shared/image-ref.ts';
import type { ContainerImage } from '../../shared/kube-types.ts';
import { bounds, type InventoryEntry, timing } from '../../shared/protocol.ts';
import { type ListedName, readStatusImages } from './status-images.ts';

/** The kubelet's default for nodeStatusMaxImages; a list with as many images may have been cut. */
export const defaultMaxStatusImages = 50;

export interface StatusReport {
  readonly images: readonly ContainerImage[];
  readonly reportedAtMs: number;
}

type Digests = ReadonlySet<string | undefined>;

interface Holding {
  readonly entry: InventoryEntry;
  /** The latest list shows it. */
  readonly listed: boolean;
}

export class Inventory {
  readonly #maxStatusImages: number;
  readonly #holdings = new Map<string, Holding>();
  #full = true;
  #revision = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  /** @param maxStatusImages the kubelet's nodeStatusMaxImages; a negative number means no limit. */
  constructor(maxStatusImages: number) {
    this.#maxStatusImages = maxStatusImages < 0 ? Number.POSITIVE_INFINITY : maxStatusImages;
  }

  /** Takes the kubelet's list, the newest one there is. */
  takeStatus({ images, reportedAtMs }: StatusReport): void {
    this.#reportedAtMs = reportedAtMs;
    this.#full = images.length >= this.#maxStatusImages;
    const names = readStatusImages(images);
    const digests = new Set(names.map((name) => name.digest));
    const listed = new Map(names.map((name) => [name.reference, name]));
    for (const [reference, { entry }] of this.#holdings)
      if (!listed.has(reference)) this.#takeAbsence(entry, digests);
    for (const name of listed.values()) this.#takeListed(name, digests);
    this.#taken();
  }

  /** Takes the image that a pull pod brought, under its reference and, when known, its digest. */
  takeOutcome(reference: string, digest: string | undefined, observedAtMs: number): void {
    const { registry, repository } = parseImageReference(reference);
    const names = digest === undefined ? [] : [`${registry}/${repository}@${digest}`];
    for (const name of new Set([reference, ...names]))
      this.#takeClaim({
        reference: name,
        digest,
        sizeBytes: 0,
        provenance: 'pullPod',
        observedAtMs,
      });
    this.#taken();
  }

  /** Takes what the coordinator remembers of this node's pull pods, unless the node itself says otherwise by now. */
  takeAcknowledged(entries: readonly InventoryEntry[]): void {
    for (const entry of entries) this.#takeClaim({ ...entry, provenance: 'pullPod' });
    this.#taken();
  }

  /** Whether the latest list shows the reference, or its digest. */
  isListed(reference: string): boolean {
    return this.#holdings.get(reference)?.listed === true;
  }

  /** Rises with everything that was taken. */
  get revision(): number {
    return this.#revision;
  }

  get size(): number {
    return this.#holdings.size;
  }

  /** Sorted by reference. */
  entries(): readonly InventoryEntry[] {
    return [...this.#holdings.values()]
      .map((holding) => holding.entry)
      .sort((left, right) => (left.reference < right.reference ? -1 : 1));
  }

  /** Forgets everything: another node object stands under the same name. */
  clear(): void {
    this.#holdings.clear();
    this.#revision += 1;
    this.#full = true;
    this.#reportedAtMs = Number.NEGATIVE_INFINITY;
  }

  #takeListed({ reference, digest, sizeBytes }: ListedName, digests: Digests): void {
    const held = this.#holdings.get(reference)?.entry;
    // A pull pod has moved the tag and the list, which lags, shows the old image.
    if (held && isMoved(held, digest) && !digests.has(held.digest) && !this.#isOverdue(held))
      return;
    const entry: InventoryEntry = {
      reference,
      // A pull pod may have told the digest where the list, with its five names, does not.
      digest: digest ?? held?.digest,
      sizeBytes,
      provenance: 'nodeStatus',
      observedAtMs: this.#reportedAtMs,
    };
    this.#holdings.set(reference, { entry, listed: true });
  }

  #takeAbsence(entry: InventoryEntry, digests: Digests): void {
    const { reference, provenance, digest } = entry;
    if (digest !== undefined && digests.has(digest)) {
      // The image is there under other names: it has more than the five that the list shows.
      const seen: InventoryEntry = {
        ...entry,
        provenance: 'nodeStatus',
        observedAtMs: this.#reportedAtMs,
      };
      this.#holdings.set(reference, { entry: seen, listed: true });
    } else if (this.#full || (provenance === 'pullPod' && !this.#isOverdue(entry))) {
      this.#holdings.set(reference, { entry, listed: false });
    } else {
      this.#holdings.delete(reference);
    }
  }

  #takeClaim(entry: InventoryEntry): void {
    const { reference, digest, observedAtMs } = entry;
    const held = this.#holdings.get(reference);
    if (held === undefined) {
      if (this.#full || !this.#isOverdue(entry))
        this.#holdings.set(reference, { entry, listed: false });
    } else if (!held.listed) {
      if (observedAtMs > held.entry.observedAtMs)
        this.#holdings.set(reference, { entry, listed: false });
    } else if (digest !== undefined && held.entry.digest === undefined) {
      this.#holdings.set(reference, { entry: { ...held.entry, digest }, listed: true });
    } else if (isMoved(entry, held.entry.digest) && !this.#isOverdue(entry)) {
      this.#holdings.set(reference, { entry, listed: false });
    }
  }

  /** The kubelet has reported since, long enough after, that its list would have to show the entry. */
  #isOverdue(entry: InventoryEntry): boolean {
    return this.#reportedAtMs - entry.observedAtMs > timing.statusLagMs;
  }

  #taken(): void {
    this.#revision += 1;
    const excess = this.#holdings.size - bounds.maxInventoryEntries;
    if (excess <= 0) return;
    const byAge = [...this.#holdings.values()].sort(
      (left, right) => left.entry.observedAtMs - right.entry.observedAtMs,
    );
    for (const { entry } of byAge.slice(0, excess)) this.#holdings.delete(entry.reference);
  }
}

/** A pull pod brought the entry, and with another digest than `digest`. */
function isMoved(entry: InventoryEntry, digest: string | undefined): boolean {
  return (
    entry.provenance === 'pullPod' &&
    entry.digest !== undefined &&
    digest !== undefined &&
    entry.digest !== digest
  );
}
