// Which image goes first: the one that has starved, then the lowest priority value, then one that would end last although
// it started now, then the name.

import type { DesiredImage } from './desired-image.ts';
import type { EligibleNodes } from './limits.ts';
import type { Outlook } from './waits.ts';

/** Images of equal urgency. */
export interface Group {
  /** In order. */
  readonly images: readonly DesiredImage[];
  /** Those first that will be done first, and so lose least by a slot that hangs. */
  readonly leastPressed: () => readonly DesiredImage[];
}

interface Candidate {
  readonly image: DesiredImage;
  /** Since when it could have been offered and was not, if that is too long ago, monotonic. */
  readonly starvingSinceMs: number | undefined;
  /** How long it will take at its own limits. */
  readonly ownMs: number;
  /** The same; 0 unless that is most of what is left of everything. */
  readonly criticalMs: number;
}

/** An image that could have been offered for so long goes before all others, for one offer. */
export const starvationMs = 10 * 60_000;

// Until a pull of an image was seen, all images count alike.
const assumedPullMs = 30_000;
// An image whose own queue takes at least this share of the time that everything takes goes first: any later, and it is
// left over when the others are done, with its limit leaving slots idle (measured: test/coordinator/core/roll-out.test.ts).
const criticalShare = 0.5;

/** In order. */
export function rankImages(
  images: readonly DesiredImage[],
  outlook: Outlook,
  nowMs: number,
): readonly Group[] {
  const remainingMs = estimateRemainingMs(outlook);
  const candidates = images.map((image) => {
    const ownMs = estimateImageMs(image, outlook);
    const waitingSinceMs = image.waitingSinceMs ?? nowMs;
    return {
      image,
      ownMs,
      starvingSinceMs: nowMs - waitingSinceMs >= starvationMs ? waitingSinceMs : undefined,
      criticalMs: ownMs >= remainingMs * criticalShare ? ownMs : 0,
    };
  });
  candidates.sort(compareCandidates);
  return groupByUrgency(candidates);
}

function groupByUrgency(candidates: readonly Candidate[]): readonly Group[] {
  const groups: Candidate[][] = [];
  let before: Candidate | undefined;
  for (const candidate of candidates) {
    const isEqual =
      before?.starvingSinceMs === candidate.starvingSinceMs &&
      before?.image.priority === candidate.image.priority;
    if (isEqual) groups.at(-1)?.push(candidate);
    else groups.push([candidate]);
    before = candidate;
  }
  return groups.map((group) => ({
    images: group.map(({ image }) => image),
    leastPressed: () =>
      [...group]
        .sort((a, b) => a.ownMs - b.ownMs || compareCandidates(a, b))
        .map(({ image }) => image),
  }));
}

export function eligibleFor(image: DesiredImage, { demand }: Outlook): EligibleNodes {
  const { nodes, zones } = demand.targetCounts;
  return { cluster: nodes, image: image.targets.size, zones };
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    (a.starvingSinceMs ?? Infinity) - (b.starvingSinceMs ?? Infinity) ||
    a.image.priority - b.image.priority ||
    b.criticalMs - a.criticalMs ||
    (a.image.key < b.image.key ? -1 : 1)
  );
}

/** How long everything that is missing takes at the limits over everything. */
function estimateRemainingMs({ demand, use }: Outlook): number {
  let workMs = 0;
  for (const { missing, meanPullMs } of demand.images.values())
    workMs += missing.size * (meanPullMs ?? assumedPullMs);
  return workMs / use.slotsPerCluster(demand.targetCounts.nodes);
}

/** How long the image's own pulls take at its own limits. */
function estimateImageMs(image: DesiredImage, outlook: Outlook): number {
  const { slots, minDelayMs } = outlook.use.imagePace(image.traits, eligibleFor(image, outlook));
  const rounds = Math.max(1, image.missing.size / slots);
  const pullMs = image.meanPullMs ?? assumedPullMs;
  return Math.max(rounds * pullMs, image.missing.size * minDelayMs);
}
