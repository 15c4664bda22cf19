// What one CachedImage asks for, read from the stored object. The CRD's schema refuses nonsense at the door; this
// reads it again, because an object may have been stored under another schema, and then only that object is invalid.

import { parseDuration } from '../../shared/duration.ts';
import {
  formatImageReference,
  ImageReferenceError,
  isDigest,
  isTag,
  parseImageReference,
} from '../../shared/image-ref.ts';
import type { Toleration } from '../../shared/kube-types.ts';
import {
  fail,
  InvalidSpecError,
  readInteger,
  readList,
  readNodeSelector,
  readRecord,
  readText,
  readTolerations,
  show,
} from './spec-reader.ts';

export interface Wish {
  /** Normalised image reference: what gets pulled. */
  readonly image: string;
  readonly registry: string;
  /** Sorted, each once. */
  readonly pullSecrets: readonly string[];
  /** Never only verifies; the others are content with a present image. */
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly nodeSelector: ReadonlyMap<string, string>;
  readonly tolerations: readonly Toleration[];
  /** Lower goes first. */
  readonly priority: number;
  readonly pullTimeoutMs: number;
  /** Name of its PullPolicy; undefined when it names none. */
  readonly policy: string | undefined;
}

export type ParsedWish =
  | { readonly kind: 'valid'; readonly wish: Wish }
  /** `message` is one sentence that names the field. */
  | { readonly kind: 'invalid'; readonly message: string };

const defaultPullTimeoutMs = 30 * 60_000;
const defaultPriority = 0;

export function parseWish(spec: unknown): ParsedWish {
  try {
    return { kind: 'valid', wish: readWish(spec) };
  } catch (error) {
    if (error instanceof InvalidSpecError || error instanceof ImageReferenceError) {
      return { kind: 'invalid', message: error.message };
    }
    throw error;
  }
}

function readWish(given: unknown): Wish {
  const spec = readRecord(given, 'spec');
  const reference = readReference(spec);
  return {
    image: formatImageReference(reference),
    registry: reference.registry,
    pullSecrets: readPullSecrets(spec['imagePullSecrets']),
    pullPolicy: readPullPolicy(spec['imagePullPolicy']),
    nodeSelector: readNodeSelector(spec['nodeSelector']),
    tolerations: readTolerations(spec['tolerations']),
    priority: readInteger(spec['priority'], 'spec.priority') ?? defaultPriority,
    pullTimeoutMs: readPullTimeout(spec['pullTimeout']),
    policy: readPolicy(spec['policyRef']),
  };
}

function readReference(spec: Record<string, unknown>) {
  const image = readText(spec['image'], 'spec.image');
  const tag = readText(spec['tag'], 'spec.tag');
  const digest = readText(spec['digest'], 'spec.digest');
  if (image === undefined || image === '') fail('spec.image is missing: name a repository');
  if (image.includes('@'))
    fail(`spec.image "${show(image)}" has a digest: put it into spec.digest`);
  if (image.lastIndexOf(':') > image.lastIndexOf('/')) {
    fail(`spec.image "${show(image)}" has a tag: put it into spec.tag`);
  }
  if (tag && !isTag(tag)) fail(`spec.tag "${show(tag)}" is not a tag`);
  if (digest && !isDigest(digest)) {
    fail(
      `spec.digest "${show(digest)}" is not a digest such as sha256:… with 64 hexadecimal digits`,
    );
  }
  // Dependency bots write both; the digest is what gets pulled, the tag is for people.
  return parseImageReference(`${image}${digest ? `@${digest}` : tag ? `:${tag}` : ''}`);
}

function readPullSecrets(given: unknown): readonly string[] {
  const names = readList(given, 'spec.imagePullSecrets').map((entry, index) => {
    const field = `spec.imagePullSecrets[${index}]`;
    const name = readText(readRecord(entry, field)['name'], `${field}.name`);
    if (!name || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) || name.length > 253) {
      fail(`${field}.name is not the name of a secret`);
    }
    return name;
  });
  return [...new Set(names)].sort();
}

function readPolicy(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const name = readText(readRecord(given, 'spec.policyRef')['name'], 'spec.policyRef.name');
  if (!name) fail('spec.policyRef.name is missing');
  return name;
}

function readPullPolicy(given: unknown): Wish['pullPolicy'] {
  const policy = readText(given, 'spec.imagePullPolicy') ?? 'Always';
  if (policy === 'Always' || policy === 'IfNotPresent' || policy === 'Never') return policy;
  return fail(`spec.imagePullPolicy "${show(policy)}" is none of Always, IfNotPresent, Never`);
}

function readPullTimeout(given: unknown): number {
  const text = readText(given, 'spec.pullTimeout');
  if (text === undefined) return defaultPullTimeoutMs;
  const timeoutMs = parseDuration(text);
  if (timeoutMs === undefined || timeoutMs <= 0) {
    fail(`spec.pullTimeout "${show(text)}" is not a duration above zero such as 30m`);
  }
  return timeoutMs;
}
