// What is worth a line of its own where there is no terminal to draw on: the difference between two looks.

import { formatSpan } from '../../shared/span.ts';
import {
  countPairs,
  estimateRemainingMs,
  findBindingLimit,
  type ImageRow,
  type Snapshot,
} from './snapshot.ts';

/** One line each: agents complete, an image on all its nodes, an image that began to fail, all nodes warm. */
export function findMilestones(before: Snapshot | undefined, now: Snapshot): readonly string[] {
  const lines: string[] = [];
  const connected = ({ nodes, nodesConnected }: Snapshot): boolean =>
    nodes > 0 && nodesConnected === nodes;
  if (connected(now) && !(before !== undefined && connected(before)))
    lines.push(`agents of all ${now.nodes} nodes are connected, their inventories complete`);
  const rowsBefore = new Map(before?.images.map((image) => [image.image, image]));
  for (const image of now.images) lines.push(...describeChange(rowsBefore.get(image.image), image));
  return lines;
}

function describeChange(before: ImageRow | undefined, now: ImageRow): readonly string[] {
  const lines: string[] = [];
  const complete = (row: ImageRow): boolean => row.targeted > 0 && row.ready === row.targeted;
  if (complete(now) && !(before !== undefined && complete(before)))
    lines.push(`${now.image} is on all ${now.targeted} nodes`);
  if (now.failed > 0 && (before?.failed ?? 0) === 0)
    lines.push(
      `${now.image} fails on ${now.failed} nodes${now.failure === '' ? '' : `: ${now.failure}`}`,
    );
  return lines;
}

export interface Progress {
  readonly snapshot: Snapshot;
  readonly elapsedMs: number | undefined;
  readonly pullsFailed: number;
}

/** Where the run stands, in one line. */
export function renderProgress({ snapshot, elapsedMs, pullsFailed }: Progress): string {
  const { all, warm } = countPairs(snapshot);
  const remainingMs = estimateRemainingMs(snapshot);
  const limit = findBindingLimit(snapshot);
  return [
    `${elapsedMs === undefined ? 'waiting for agents' : formatSpan(elapsedMs)}: ${warm}/${all} pairs warm`,
    `nodes warm ${snapshot.nodesWarm}/${snapshot.nodes}`,
    `leases live ${snapshot.leasesLive}`,
    `failed ${pullsFailed}`,
    ...(remainingMs === undefined || warm === all ? [] : [`ETA ${formatSpan(remainingMs)}`]),
    ...(limit === '' ? [] : [`limit ${limit}`]),
  ].join(', ');
}
