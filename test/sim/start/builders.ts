// Builders of snapshots for the tests of this folder.

import type { ImageRow, Snapshot } from '../../../sim/start/snapshot.ts';

export function row(image: string, counts: Partial<ImageRow> = {}): ImageRow {
  return {
    image,
    cachedImages: [image],
    targeted: 4,
    ready: 0,
    pulling: 0,
    failed: 0,
    bindingLimit: '',
    resting: false,
    meanPullMs: undefined,
    failure: '',
    ...counts,
  };
}

export function snapshot(images: readonly ImageRow[], rest: Partial<Snapshot> = {}): Snapshot {
  return {
    nodes: 4,
    nodesTargeted: 4,
    nodesConnected: 4,
    nodesWarm: 0,
    leasesLive: 0,
    images,
    ...rest,
  };
}
