// What a DELETE does to an object: removes it, marks it (a bound pod stays until its kubelet lets go, anything with
// finalizers until they are gone) or nothing, because a deletion with no longer grace is on its way already.

import { formatTimestampSeconds, parseTimestamp } from '../../shared/timestamp.ts';
import type { Versioned } from './collection.ts';
import { type ApiObject, nodeNameOf } from './resources.ts';

export interface RemoveOptions {
  /** Preconditions: refused with Conflict when the object has others. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  /** Undefined means what the object itself says (terminationGracePeriodSeconds). */
  readonly graceSeconds?: number | undefined;
}

export type Deletion<T> =
  /** The object goes now; `marked` is its last state before that, for whoever watches. */
  | { readonly kind: 'remove'; readonly marked: T | undefined }
  | { readonly kind: 'mark'; readonly marked: T }
  | { readonly kind: 'pending' };

export function decideDeletion<T extends ApiObject>(
  object: Versioned<T>,
  options: RemoveOptions,
  wallMs: number,
): Deletion<T> {
  if (object.metadata.deletionTimestamp !== undefined) return decideAgain(object, options);
  if (object.kind === 'Pod') {
    const graceSeconds = podGraceSeconds(object, options.graceSeconds);
    return actOn(mark(object, graceSeconds, wallMs + graceSeconds * 1_000));
  }
  return hasFinalizers(object)
    ? { kind: 'mark', marked: mark(object, 0, wallMs) }
    : { kind: 'remove', marked: undefined };
}

/** A second deletion may only shorten the first one's grace. */
function decideAgain<T extends ApiObject>(
  object: Versioned<T>,
  options: RemoveOptions,
): Deletion<T> {
  const { deletionGracePeriodSeconds: pendingSeconds = 0, deletionTimestamp } = object.metadata;
  if (pendingSeconds === 0) {
    return hasFinalizers(object) ? { kind: 'pending' } : { kind: 'remove', marked: undefined };
  }
  if (options.graceSeconds === undefined || options.graceSeconds >= pendingSeconds) {
    return { kind: 'pending' };
  }
  const graceSeconds = Math.max(options.graceSeconds, 0);
  const dueMs = parseTimestamp(deletionTimestamp) ?? 0;
  return actOn(remark(object, graceSeconds, dueMs + (graceSeconds - pendingSeconds) * 1_000));
}

/** Goes now if nobody has to be waited for. */
function actOn<T extends ApiObject>(marked: T): Deletion<T> {
  const { deletionGracePeriodSeconds = 0 } = marked.metadata;
  const kind = deletionGracePeriodSeconds > 0 || hasFinalizers(marked) ? 'mark' : 'remove';
  return { kind, marked };
}

function hasFinalizers(object: ApiObject): boolean {
  return (object.metadata.finalizers?.length ?? 0) > 0;
}

/** Unbound and terminal pods have nobody to wait for. Below zero counts as one second. */
function podGraceSeconds(pod: ApiObject, requestedSeconds: number | undefined): number {
  if (nodeNameOf(pod) === undefined || isTerminal(pod)) return 0;
  const graceSeconds = requestedSeconds ?? specGraceSeconds(pod);
  return graceSeconds < 0 ? 1 : graceSeconds;
}

/** The first mark counts as a change of what is wanted, so the generation goes up with it. */
function mark<T extends ApiObject>(object: Versioned<T>, graceSeconds: number, dueMs: number): T {
  const marked = remark(object, graceSeconds, dueMs);
  const { generation } = object.metadata;
  if (generation === undefined) return marked;
  return { ...marked, metadata: { ...marked.metadata, generation: generation + 1 } };
}

function remark<T extends ApiObject>(object: Versioned<T>, graceSeconds: number, dueMs: number): T {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: formatTimestampSeconds(dueMs),
      deletionGracePeriodSeconds: graceSeconds,
    },
  };
}

function isTerminal(pod: ApiObject): boolean {
  const { status } = pod;
  if (typeof status !== 'object' || status === null || !('phase' in status)) return false;
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

function specGraceSeconds(pod: ApiObject): number {
  const { spec } = pod;
  if (typeof spec !== 'object' || spec === null) return 0;
  if (!('terminationGracePeriodSeconds' in spec)) return 0;
  const { terminationGracePeriodSeconds } = spec;
  return typeof terminationGracePeriodSeconds === 'number' ? terminationGracePeriodSeconds : 0;
}
