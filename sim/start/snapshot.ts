// One look at the coordinator, reduced to what a person at the terminal wants to know, and the questions asked of
// it: how long yet, which limit binds, is it done, can it ever be.

import type { ImageView, LeaseView, NodeView } from '../../coordinator/core/views.ts';

export interface ImageRow {
  /** Normalised image reference. */
  readonly image: string;
  readonly cachedImages: readonly string[];
  readonly targeted: number;
  readonly ready: number;
  readonly pulling: number;
  /** Target nodes whose last pull failed. */
  readonly failed: number;
  /** It failed as a whole, so that the other nodes do not even try. */
  readonly resting: boolean;
  readonly bindingLimit: string;
  readonly meanPullMs: number | undefined;
  /** Why its last failed pull failed, such as `ImageNotFound: …`; empty when none did. */
  readonly failure: string;
}

export interface Snapshot {
  readonly nodes: number;
  /** Nodes that at least one desired image targets. */
  readonly nodesTargeted: number;
  readonly nodesConnected: number;
  readonly nodesWarm: number;
  readonly images: readonly ImageRow[];
  readonly leasesLive: number;
}

/** The coordinator's own answers. */
export interface Views {
  nodes(): Iterable<NodeView>;
  images(): Iterable<ImageView>;
  leases(): Iterable<LeaseView>;
}

export function takeSnapshot(views: Views): Snapshot {
  const nodes = [...views.nodes()];
  const images = [...views.images()];
  // A thousand ended leases are looked through only when there is a failure to explain.
  const failures = images.some((image) => image.nodesFailed > 0)
    ? findFailures(views.leases())
    : new Map<string, string>();
  return {
    nodes: nodes.length,
    nodesTargeted: nodes.filter((node) => node.imagesDesired > 0).length,
    nodesConnected: nodes.filter((node) => node.connected).length,
    nodesWarm: nodes.filter((node) => node.warm).length,
    images: images.map((view) => ({
      image: view.image,
      cachedImages: view.cachedImages,
      targeted: view.nodesTargeted,
      ready: view.nodesReady,
      pulling: view.nodesPulling,
      failed: view.nodesFailed,
      resting: view.resting,
      bindingLimit: view.bindingLimit,
      meanPullMs: view.meanPullMs,
      failure: failures.get(view.image) ?? '',
    })),
    leasesLive: nodes.reduce((sum, node) => sum + node.liveLeases, 0),
  };
}

/** The newest failure of each image. */
function findFailures(leases: Iterable<LeaseView>): ReadonlyMap<string, string> {
  const newest = new Map<string, LeaseView>();
  for (const lease of leases) {
    if (lease.outcome !== 'Failed') continue;
    const known = newest.get(lease.image);
    if (known === undefined || (known.endedAtMs ?? 0) <= (lease.endedAtMs ?? 0))
      newest.set(lease.image, lease);
  }
  return new Map([...newest].map(([image, lease]) => [image, describeFailure(lease)]));
}

function describeFailure({ reason, message }: LeaseView): string {
  return [reason, message].filter((text) => text !== '').join(': ');
}

export function countPairs(snapshot: Snapshot): { readonly all: number; readonly warm: number } {
  return {
    all: snapshot.images.reduce((sum, image) => sum + image.targeted, 0),
    warm: snapshot.images.reduce((sum, image) => sum + image.ready, 0),
  };
}

/** Everything that is desired is on every target node, and every node could say so. */
export function isWarm(snapshot: Snapshot): boolean {
  const { all, warm } = countPairs(snapshot);
  return snapshot.nodesConnected === snapshot.nodes && all === warm;
}

/** CachedImages that target no node as far as the coordinator knows: not read yet, invalid, or without a match. */
export function findUnknown(snapshot: Snapshot, wanted: readonly string[]): readonly string[] {
  const known = new Set(snapshot.images.flatMap((image) => image.cachedImages));
  return wanted.filter((name) => !known.has(name));
}

/**
 * The images that keep the nodes from becoming warm, once nothing else is left to do: every one that is missing has
 * failed, on each node or as a whole, and nothing is pulling. Undefined while there is still something to wait for.
 */
export function findBlocking(snapshot: Snapshot): readonly ImageRow[] | undefined {
  const missing = snapshot.images.filter((image) => image.ready < image.targeted);
  const stuck = missing.every(
    (image) => image.resting || image.ready + image.failed >= image.targeted,
  );
  const blocked =
    snapshot.nodesConnected === snapshot.nodes && snapshot.leasesLive === 0 && missing.length > 0;
  return blocked && stuck ? missing : undefined;
}

/** The limit that holds back most of the images that still miss nodes; empty when none does. */
export function findBindingLimit(snapshot: Snapshot): string {
  const counts = new Map<string, number>();
  for (const image of snapshot.images) {
    if (image.ready === image.targeted || image.bindingLimit === '') continue;
    counts.set(image.bindingLimit, (counts.get(image.bindingLimit) ?? 0) + 1);
  }
  let binding = '';
  for (const [limit, count] of counts) if (count > (counts.get(binding) ?? 0)) binding = limit;
  return binding;
}

/**
 * Remaining pulls × the mean time of such a pull ÷ leases that are live now. Undefined while no pull has ended or
 * none is live, because then there is no pace to go by.
 */
export function estimateRemainingMs(snapshot: Snapshot): number | undefined {
  const known = snapshot.images.flatMap(({ meanPullMs }) => meanPullMs ?? []);
  if (known.length === 0 || snapshot.leasesLive === 0) return undefined;
  const typicalMs = known.reduce((sum, ms) => sum + ms, 0) / known.length;
  const workMs = snapshot.images.reduce((sum, image) => {
    // A running pull is on average half done.
    const pulls = image.targeted - image.ready - image.pulling / 2;
    return sum + Math.max(0, pulls) * (image.meanPullMs ?? typicalMs);
  }, 0);
  return workMs / snapshot.leasesLive;
}
