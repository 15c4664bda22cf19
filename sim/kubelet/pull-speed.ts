// How long pulls take on an embedded node.

import type { RegistryImage } from '../registry/registry.ts';
import { hashToUnit } from '../seeded-hash.ts';

export type PullSpeed =
  /** Bytes per second of one node. Each (image, node) deviates by up to 15 % to either side. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Every pull takes this long, whatever its size. */
  | { readonly kind: 'fixed'; readonly pullTimeMs: number };

/** 100 MB/s, as between a registry and a node of the same region. */
export const defaultPullSpeed: PullSpeed = { kind: 'bandwidth', bytesPerSecond: 100_000_000 };

/** Asking for a manifest, or finding out that nothing has to be fetched: 10 ms on the test bed. */
export const manifestMs = 10;

/** Until containerd gives up on a registry that does not answer: 3-30 s on the test bed, by the kind of silence. */
export const unreachableMs = 10_000;

const deviationRatio = 0.15;

export function pullMs(
  speed: PullSpeed,
  image: RegistryImage,
  names: { readonly seed: number; readonly node: string },
): number {
  if (speed.kind === 'fixed') return speed.pullTimeMs;
  const unit = hashToUnit(names.seed, 'pull time', names.node, image.digest);
  const deviation = 1 + deviationRatio * (2 * unit - 1);
  return manifestMs + (image.sizeBytes / speed.bytesPerSecond) * 1_000 * deviation;
}
