// The embedded cluster of a run: nodes, registry and CachedImages as the options say, and what it recorded.

import { type Limit, mergeLimits } from '../../coordinator/core/limits.ts';
import { parseWish } from '../../coordinator/core/wish.ts';
import type { Clock } from '../../shared/clock.ts';
import { type KubeClient, KubeError } from '../../shared/kube-client.ts';
import { apiGroup, apiVersion } from '../../shared/names.ts';
import { EmbeddedCluster } from '../embedded-cluster.ts';
import type { Course, Unresolved } from './course.ts';
import type { CachedImage } from './images-file.ts';
import type { StartOptions } from './options.ts';
import { buildReport, type Report } from './report.ts';
import { sampleImages } from './sample-images.ts';
import { countPairs, type Snapshot } from './snapshot.ts';

/** A CachedImage that the API server does not take; one line for the user. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

// Layers in parallel from a registry in the same region. Also keeps a run at the default speed near half a minute.
const bytesPerSecond = 200_000_000;

export function openCluster(options: StartOptions, clock: Clock): EmbeddedCluster {
  const { nodes, seed, pullTimeMs } = options;
  const cluster = new EmbeddedCluster({
    clock,
    seed,
    nodes,
    speed:
      pullTimeMs === undefined
        ? { kind: 'bandwidth', bytesPerSecond }
        : { kind: 'fixed', pullTimeMs },
  });
  for (const { image, tag, sizeBytes } of sampleImages)
    cluster.registry.push(`${image}:${tag}`, { sizeBytes });
  return cluster;
}

const missingTag = 'missing';

/**
 * Creates the CachedImages as a strict `kubectl apply` would.
 * @throws RefusedError
 */
export async function applyImages(
  images: readonly CachedImage[],
  cluster: EmbeddedCluster,
  kube: KubeClient,
): Promise<void> {
  for (const body of images) {
    const parsed = parseWish(body.spec);
    if (parsed.kind === 'valid' && parsed.wish.image.endsWith(`:${missingTag}`))
      cluster.registry.refuse(parsed.wish.image, 'missing');
    try {
      await kube.request({
        method: 'POST',
        path: `/apis/${apiGroup}/${apiVersion}/cachedimages`,
        query: { fieldValidation: 'Strict' },
        body,
      });
    } catch (error) {
      if (!(error instanceof KubeError) || error.status === 0) throw error;
      const [why = ''] = (error.serverMessage || error.message).split('\n');
      throw new RefusedError(`--images: the API server refuses ${body.metadata.name}: ${why}`, {
        cause: error,
      });
    }
  }
}

/** What the coordinator wrote about CachedImages that it made no desired image of. */
export function resolveUnknown(names: readonly string[], cluster: EmbeddedCluster): Unresolved {
  const pending: string[] = [];
  const invalid: string[] = [];
  for (const name of names) {
    const { reason, message } = readReady(cluster.store.find('cachedimages', { name })?.status);
    if (reason === 'InvalidSpec') invalid.push(`${name} is invalid: ${message}`);
    else if (reason !== 'NoTargetNodes') pending.push(name);
  }
  return { pending, invalid };
}

function readReady(status: unknown): { readonly reason: string; readonly message: string } {
  const conditions = fieldOf(status, 'conditions');
  const ready = Array.isArray(conditions)
    ? conditions.find((condition) => fieldOf(condition, 'type') === 'Ready')
    : undefined;
  return {
    reason: String(fieldOf(ready, 'reason') ?? ''),
    message: String(fieldOf(ready, 'message') ?? ''),
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

const ourUserAgents: readonly string[] = ['forehold-agent', 'forehold-coordinator'];
const zoneLabel = 'topology.kubernetes.io/zone';

export interface Recorded {
  readonly cluster: EmbeddedCluster;
  /** As configured. */
  readonly limits: readonly Limit[];
  readonly images: number;
  readonly snapshot: Snapshot;
  readonly course: Course;
}

export function reportOn({ cluster, limits, images, snapshot, course }: Recorded): Report {
  const { all, warm } = countPairs(snapshot);
  const nodes = cluster.store.list('nodes');
  return buildReport({
    nodes: nodes.length,
    images,
    pairs: all,
    warmPairs: warm,
    pods: cluster.record.pods(),
    pulls: cluster.record.pulls(),
    zones: new Map(nodes.map(({ metadata }) => [metadata.uid, metadata.labels?.[zoneLabel] ?? ''])),
    startedAtMs: course.startedAtMs,
    warmAtMs: course.warmAtMs,
    limits: mergeLimits(limits),
    eligible: {
      cluster: snapshot.nodesTargeted,
      perImage: new Map(snapshot.images.map((image) => [image.image, image.targeted])),
    },
    apiRequestsAtMs: cluster.requests
      .entries()
      .filter(({ userAgent }) => ourUserAgents.includes(userAgent))
      .map(({ atMs }) => atMs),
  });
}
