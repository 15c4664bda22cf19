// A pair is what a lease is about: one image, on one node (by uid, so that a node which comes back is another one),
// with one set of credentials. Its hash names the pull pod, and so the API server itself refuses a second pod for
// the same pair, whoever errs.

import { createHash } from 'node:crypto';

export interface Pair {
  readonly nodeUid: string;
  /** Normalised image reference. */
  readonly image: string;
  /** Names of the pull secrets, sorted; empty means the node's own credentials. */
  readonly pullSecrets: readonly string[];
}

// API servers make UUIDs; anything else that does not fit into a name is hashed.
const nodeUidPattern = /^[a-z0-9](?:[a-z0-9-]{0,34}[a-z0-9])?$/;
const podNamePattern = /^pull-[a-z0-9-]{1,36}-[0-9a-f]{20}$/;

/** The pair as one line of text; none of its parts can contain the separator. */
export function formatPair(pair: Pair): string {
  return [pair.nodeUid, pair.image, pair.pullSecrets.join(',')].join('|');
}

/** Undefined when the text was not made by `formatPair`. */
export function parsePair(text: string): Pair | undefined {
  const [nodeUid, image, secrets, ...rest] = text.split('|');
  if (!nodeUid || !image || secrets === undefined || rest.length > 0) return undefined;
  return { nodeUid, image, pullSecrets: secrets === '' ? [] : secrets.split(',') };
}

/**
 * Name of the pair's pull pod: `pull-`, the node's uid and 80 bits of hash, 62 characters at most. With the uid in the name
 * the admission policy can refuse a name of another node's pair, which an agent could take away otherwise.
 */
export function formatPodName(pair: Pair): string {
  const { nodeUid } = pair;
  const node = nodeUidPattern.test(nodeUid) ? nodeUid : hash(nodeUid, 32);
  return `pull-${node}-${hash(formatPair(pair), 20)}`;
}

/** Whether it looks like one; whatever else carries our label is somebody else's. */
export function isPodName(text: string): boolean {
  return podNamePattern.test(text);
}

/** A label value that stands for a longer name: 64 bits of hash. */
export function hashLabel(text: string): string {
  return hash(text, 16);
}

function hash(text: string, hexDigits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, hexDigits);
}
