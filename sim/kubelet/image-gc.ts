// Which images the kubelet's garbage collection deletes (kubernetes-facts D4): above the high threshold, the longest
// unused first, until usage is at the low one. Images of any container that the kubelet still knows stay, and so do
// images younger than two minutes.

import type { ImageStore, StoredImage } from './image-store.ts';

/** kubelet: image GC runs each five minutes. */
export const imageGcEveryMs = 300_000;

const highThresholdRatio = 0.85;
const lowThresholdRatio = 0.8;
const minAgeMs = 120_000;

export interface DiskUse {
  readonly images: readonly StoredImage[];
  readonly usedBytes: number;
  readonly diskBytes: number;
  /** Digests. */
  readonly inUse: ReadonlySet<string>;
}

/** Notes what is in use and gives the names of the images to delete, in order. */
export function chooseVictims(
  images: ImageStore,
  { diskBytes, inUse }: Pick<DiskUse, 'diskBytes' | 'inUse'>,
  nowMs: number,
): readonly string[] {
  for (const digest of inUse) images.markUsed(digest, nowMs);
  const disk = { images: images.list(), usedBytes: images.usedBytes, diskBytes, inUse };
  return decideImageGc(disk, nowMs).flatMap(({ digestNames }) => digestNames.slice(0, 1));
}

/** The images to delete, in order. */
export function decideImageGc(disk: DiskUse, nowMs: number): readonly StoredImage[] {
  if (disk.usedBytes < highThresholdRatio * disk.diskBytes) return [];
  const victims = disk.images
    .filter(({ image, firstSeenMs }) => {
      return !disk.inUse.has(image.digest) && nowMs - firstSeenMs >= minAgeMs;
    })
    .sort((a, b) => (a.lastUsedMs ?? 0) - (b.lastUsedMs ?? 0) || a.firstSeenMs - b.firstSeenMs);
  let excessBytes = disk.usedBytes - lowThresholdRatio * disk.diskBytes;
  return victims.filter(({ image }) => {
    if (excessBytes <= 0) return false;
    excessBytes -= image.sizeBytes;
    return true;
  });
}
