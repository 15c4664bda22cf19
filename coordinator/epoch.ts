// The number of this coordinator's reign. It is kept in the coordination Lease `forehold-coordinator` and raised at every
// start before anything is offered, by optimistic lock: of two coordinators that start at once each gets a number of its
// own, and agents act for the higher one only (design, I3 and I7).

import { type Backoff, decideBackoffMs } from '../shared/backoff.ts';
import { type Clock, waitFor } from '../shared/clock.ts';
import { type KubeClient, KubeError } from '../shared/kube-client.ts';
import type { CoordinationLease } from '../shared/kube-types.ts';
import type { Log } from '../shared/log.ts';
import { annotations, coordinatorLeaseName } from '../shared/names.ts';
import { formatTimestamp } from '../shared/timestamp.ts';
import { coordinationLeasesPath, coordinatorLeasePath } from './kube/paths.ts';

export interface EpochOptions {
  readonly kube: KubeClient;
  /** Where the coordination Lease lives. */
  readonly namespace: string;
  /** Who raises it, for those who read the Lease. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export interface Epoch {
  readonly epoch: number;
  /** There was none before. */
  readonly isFirst: boolean;
}

/** The epoch that stands in the API server cannot be read, so no number is known to be higher. */
export class EpochError extends Error {
  override readonly name = 'EpochError';
}

const backoff: Backoff = { initialMs: 250, factor: 2, maxMs: 15_000, jitterRatio: 1 };
// Losing so often means that coordinators start faster than they can count.
const maxConflicts = 20;

/**
 * Raises the epoch by one; waits for the API server as long as it takes.
 * @throws EpochError, or the signal's reason when it aborts.
 */
export async function raiseEpoch(options: EpochOptions, signal: AbortSignal): Promise<Epoch> {
  const { clock, random, log, namespace } = options;
  let conflicts = 0;
  for (let failures = 1; ; failures += 1) {
    try {
      return await tryRaise(options, signal);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.status === 409) conflicts += 1;
      if (conflicts > maxConflicts)
        throw new EpochError(`cannot raise the epoch in ${namespace}: lost ${conflicts} times`, {
          cause: error,
        });
      const delayMs = decideBackoffMs(backoff, failures, random());
      log.warn({ err: error, delayMs }, 'epoch not raised');
      await waitFor(clock, delayMs, signal);
    }
  }
}

async function tryRaise(options: EpochOptions, signal: AbortSignal): Promise<Epoch> {
  const { kube, namespace } = options;
  const path = coordinatorLeasePath(namespace);
  const stored = await readLease(kube, path, signal);
  if (stored === undefined) {
    const body = describeLease(options, { metadata: { name: coordinatorLeaseName, namespace } }, 1);
    await kube.request({ method: 'POST', path: coordinationLeasesPath(namespace), body, signal });
    return { epoch: 1, isFirst: true };
  }
  const before = readEpoch(stored);
  const epoch = before + 1;
  // The resourceVersion that was read goes along: whoever came in between makes this a conflict.
  await kube.request({
    method: 'PUT',
    path,
    body: describeLease(options, stored, epoch),
    signal,
  });
  return { epoch, isFirst: before === 0 };
}

async function readLease(
  kube: KubeClient,
  path: string,
  signal: AbortSignal,
): Promise<CoordinationLease | undefined> {
  try {
    return await kube.request<CoordinationLease>({ method: 'GET', path, signal });
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}

/** 0 when the Lease carries no epoch. */
function readEpoch({ metadata }: CoordinationLease): number {
  const text = metadata.annotations?.[annotations.epoch];
  if (text === undefined) return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new EpochError(
    `cannot raise the epoch: annotation ${annotations.epoch} of lease ${coordinatorLeaseName} is "${text.slice(0, 64)}", not a number; set it to the highest epoch ever used`,
  );
}

function describeLease(
  { identity, clock }: EpochOptions,
  stored: CoordinationLease,
  epoch: number,
): CoordinationLease {
  // MicroTime wants six digits.
  const now = formatTimestamp(clock.now().wallMs).replace('Z', '000Z');
  return {
    ...stored,
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...stored.metadata,
      annotations: { ...stored.metadata.annotations, [annotations.epoch]: String(epoch) },
    },
    spec: { ...stored.spec, holderIdentity: identity, renewTime: now },
  };
}
