// Whose fault a failure is: the image's, the registry's or the node's. A single message cannot tell (a registry that is
// out of reach for one node is that node's trouble), so it goes by the axis on which failures gather: what has failed
// since the last success there, on how many nodes, for how many images.

import type { Instant } from '../../shared/clock.ts';
import type { Reason } from '../../shared/reason.ts';

export type Axis = 'image' | 'registry' | 'node';

/** What a lease was about. */
export interface Attempt {
  /** Key of the desired image. */
  readonly image: string;
  readonly registry: string;
  readonly nodeUid: string;
}

export interface Failure extends Attempt {
  readonly reason: Reason;
  /** Images of this registry that somebody desires. */
  readonly imagesOfRegistry: number;
  /** Nodes that the image is for. */
  readonly targets: number;
  /** Other leases of the image that are live: they will tell. */
  readonly underWay: number;
}

type Kind = 'image' | 'registry' | 'node';

// What the registry, or the policy of the cluster, says of one image wherever it is asked; what it says of every image; and
// what a node may say of every image. Other reasons are nobody's fault, or ours.
const kindOf: Partial<Record<Reason, Kind>> = {
  ImageNotFound: 'image',
  Unauthorized: 'image',
  SignatureRejected: 'image',
  AdmissionDenied: 'image',
  RegistryRateLimited: 'registry',
  RegistryUnavailable: 'registry',
  DnsError: 'registry',
  TlsError: 'registry',
  PullFailed: 'node',
  InsufficientDisk: 'node',
  NodePressure: 'node',
  PodRejected: 'node',
  PlatformMismatch: 'node',
  SandboxFailed: 'node',
  NoPodIP: 'node',
  PullTimeout: 'node',
};

/** Whether the registry, or the way to it, is said to fail. */
export function isRegistryReason(reason: Reason): boolean {
  return kindOf[reason] === 'registry';
}

/** Older trouble has nothing to do with today's. */
const memoryMs = 10 * 60_000;
/** Of each axis; the oldest are forgotten. */
const maxTroubles = 10_000;

/** What failed at one image, registry or node since its last success. */
interface Trouble {
  readonly nodes: Set<string>;
  readonly images: Set<string>;
  sinceMs: number;
}

export class Blame {
  readonly #images = new Map<string, Trouble>();
  readonly #registries = new Map<string, Trouble>();
  readonly #nodes = new Map<string, Trouble>();
  /** Images that some node has pulled, since this coordinator began. */
  readonly #pulled = new Set<string>();

  succeeded({ image, registry, nodeUid }: Attempt): void {
    this.#images.delete(image);
    this.#registries.delete(registry);
    this.#nodes.delete(nodeUid);
    this.#pulled.add(image);
    dropOldest(this.#pulled);
  }

  /** The axis that has to rest; undefined while the pair alone does, or for an end that is nobody's fault. */
  failed(failure: Failure, now: Instant): Axis | undefined {
    const kind = kindOf[failure.reason];
    if (kind === undefined) return undefined;
    const { nodes } = note(this.#images, failure.image, failure, now);
    if (kind === 'image') {
      // The registry answered, and that is all that is asked of it.
      this.#registries.delete(failure.registry);
      const isAlone = failure.underWay === 0 && !this.#pulled.has(failure.image);
      const isImages = isAlone || nodes.size >= severalNodes(failure.targets);
      return isImages ? 'image' : this.#blameNode(failure, now);
    }
    if (kind === 'registry' && this.#isRegistrys(failure, now)) return 'registry';
    return nodes.size >= manyNodes(failure.targets) ? 'image' : this.#blameNode(failure, now);
  }

  /** Several nodes say so, of several images; a rate limit holds for all images by its nature. */
  #isRegistrys(failure: Failure, now: Instant): boolean {
    const { registry, reason, targets, imagesOfRegistry } = failure;
    const { nodes, images } = note(this.#registries, registry, failure, now);
    const isBroad =
      reason === 'RegistryRateLimited' || images.size >= Math.min(2, imagesOfRegistry);
    return isBroad && nodes.size >= Math.min(severalNodes(targets), targets);
  }

  /** Two images that others could pull, or three of which nobody knows, with no success on the node in between. */
  #blameNode(failure: Failure, now: Instant): Axis | undefined {
    const { images } = note(this.#nodes, failure.nodeUid, failure, now);
    const pulled = [...images].filter((image) => this.#pulled.has(image));
    return pulled.length >= 2 || images.size >= 3 ? 'node' : undefined;
  }
}

/** Fewer of a large cluster may simply be its bad nodes. */
function severalNodes(targets: number): number {
  return Math.max(2, Math.min(5, Math.ceil(targets / 20)));
}

/** As many nodes as cannot all be bad, by experience: a quarter, at least three. */
function manyNodes(targets: number): number {
  return Math.max(3, Math.min(20, Math.ceil(targets / 4)));
}

function note(
  troubles: Map<string, Trouble>,
  key: string,
  { nodeUid, image }: Attempt,
  { monotonicMs }: Instant,
): Trouble {
  const known = troubles.get(key);
  const isFresh = known !== undefined && monotonicMs - known.sinceMs <= memoryMs;
  const trouble = isFresh
    ? known
    : { nodes: new Set<string>(), images: new Set<string>(), sinceMs: monotonicMs };
  trouble.nodes.add(nodeUid);
  trouble.images.add(image);
  trouble.sinceMs = monotonicMs;
  troubles.delete(key);
  troubles.set(key, trouble);
  dropOldest(troubles);
  return trouble;
}

function dropOldest(entries: Map<string, unknown> | Set<string>): void {
  if (entries.size <= maxTroubles) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    return;
  }
}
