// Which leases a caller wants to see.

import { ImageReferenceError, normaliseImageReference } from '../../shared/image-ref.ts';
import { StatusError } from '../../shared/rpc.ts';
import { type LeaseView, livePhases } from '../core/views.ts';

export interface LeaseFilter {
  /** Empty means all. */
  readonly nodeName: string;
  /** Normalised; empty means all. */
  readonly image: string;
}

const maxNameLength = 253;

/**
 * @throws StatusError INVALID_ARGUMENT when the node or the image cannot be one.
 */
export function parseLeaseFilter(given: { nodeName: string; image: string }): LeaseFilter {
  const { nodeName, image } = given;
  if (nodeName.length > maxNameLength)
    throw new StatusError('INVALID_ARGUMENT', `node_name is longer than ${maxNameLength}`);
  return { nodeName, image: image === '' ? '' : normaliseImage(image) };
}

export function matchesFilter(lease: LeaseView, filter: LeaseFilter): boolean {
  const { nodeName, image } = filter;
  return (
    (nodeName === '' || lease.nodeName === nodeName) && (image === '' || lease.image === image)
  );
}

export function isLive(lease: LeaseView): boolean {
  return livePhases.includes(lease.phase);
}

/** @throws StatusError INVALID_ARGUMENT */
export function normaliseImage(image: string): string {
  try {
    return normaliseImageReference(image);
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    throw new StatusError('INVALID_ARGUMENT', error.message, { cause: error });
  }
}
