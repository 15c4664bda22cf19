// What one PullPolicy says, read from the stored object. The CRD's schema refuses nonsense at the door; this reads it
// again, because an object may have been stored under another schema, and then only that object is invalid.

import type { Backoff } from '../../shared/backoff.ts';
import { parseDuration } from '../../shared/duration.ts';
import type { Toleration } from '../../shared/kube-types.ts';
import type { Slots } from './limits.ts';
import type { Selector } from './node-class.ts';
import {
  fail,
  InvalidSpecError,
  readInteger,
  readNodeSelector,
  readRecord,
  readText,
  readTolerations,
  show,
} from './spec-reader.ts';

export interface Policy {
  /** Per image, of its target nodes. */
  readonly maxConcurrentNodes: Slots;
  /** Over all images of the policy; undefined means no such limit, as with `maxPullsPerMinute`. */
  readonly maxConcurrentPulls: number | undefined;
  readonly maxPullsPerMinute: number | undefined;
  /** Between two starts of the same image. */
  readonly minDelayMs: number;
  readonly failureBackoff: Backoff;
  readonly maxConcurrentPullsPerNode: number;
  readonly canary: Canary | undefined;
  readonly seedFirst: boolean;
  /** Undefined means that the policy governs its images on every node. */
  readonly nodeSelector: Selector | undefined;
  /** Beside those of the images. */
  readonly tolerations: readonly Toleration[];
}

export interface Canary {
  /** Nodes of each platform that go first. */
  readonly nodes: number;
  /** How many of them may fail. */
  readonly failureBudget: number;
}

export type ParsedPolicy =
  | { readonly kind: 'valid'; readonly policy: Policy }
  /** `message` is one sentence that names the field. */
  | { readonly kind: 'invalid'; readonly message: string };

/** Of every backoff: delays are shortened by up to half, so that what failed together does not return together. */
export const backoffJitterRatio = 0.5;

const maxCount = 100_000;
const maxSpanMs = 24 * 3_600_000;

export function parsePolicy(spec: unknown): ParsedPolicy {
  try {
    return { kind: 'valid', policy: readPolicy(spec) };
  } catch (error) {
    if (error instanceof InvalidSpecError) return { kind: 'invalid', message: error.message };
    throw error;
  }
}

/** What an empty spec means; also holds in place of one that cannot be understood. */
export function defaultPolicy(): Policy {
  return readPolicy({});
}

function readPolicy(given: unknown): Policy {
  const spec = readRecord(given, 'spec');
  const count = (field: string, max = maxCount) => readCount(spec[field], `spec.${field}`, max);
  const selector = readNodeSelector(spec['nodeSelector']);
  return {
    maxConcurrentNodes: readNodes(spec['maxConcurrentNodes']),
    maxConcurrentPulls: count('maxConcurrentPulls'),
    maxPullsPerMinute: count('maxPullsPerMinute'),
    minDelayMs: readSpan(spec['minDelayBetweenPulls'], 'spec.minDelayBetweenPulls', 10_000),
    failureBackoff: readBackoff(spec['failureBackoff']),
    maxConcurrentPullsPerNode: count('maxConcurrentPullsPerNode', 100) ?? 1,
    canary: readCanary(spec['canary']),
    seedFirst: readFlag(spec['seedFirst'], 'spec.seedFirst'),
    nodeSelector: selector.size === 0 ? undefined : Object.fromEntries(selector),
    tolerations: readTolerations(spec['tolerations']),
  };
}

function readNodes(given: unknown): Slots {
  const field = 'spec.maxConcurrentNodes';
  const percent = typeof given === 'string' ? /^(100|[1-9]\d?)%$/.exec(given)?.[1] : undefined;
  if (percent !== undefined) return { count: 0, percent: Number(percent) };
  if (typeof given === 'string') {
    fail(`${field} "${show(given)}" is neither a number nor a percentage from 1% to 100%`);
  }
  return { count: readCount(given, field, maxCount) ?? 1, percent: 0 };
}

function readBackoff(given: unknown): Backoff {
  const field = 'spec.failureBackoff';
  const { initial, max } = given === undefined || given === null ? {} : readRecord(given, field);
  const initialMs = readSpan(initial, `${field}.initial`, 30_000);
  const maxMs = readSpan(max, `${field}.max`, 300_000);
  if (initialMs < 1_000) fail(`${field}.initial is less than 1s`);
  if (initialMs > maxMs) fail(`${field}.initial is longer than ${field}.max`);
  return { initialMs, factor: 2, maxMs, jitterRatio: backoffJitterRatio };
}

function readCanary(given: unknown): Canary | undefined {
  if (given === undefined || given === null) return undefined;
  const field = 'spec.canary';
  const record = readRecord(given, field);
  const nodes = readCount(record['nodes'], `${field}.nodes`, 1_000) ?? 1;
  const failureBudget = readInteger(record['failureBudget'], `${field}.failureBudget`) ?? 0;
  if (failureBudget < 0 || failureBudget >= nodes) {
    fail(`${field}.failureBudget ${failureBudget} is not from 0 to less than ${field}.nodes`);
  }
  return { nodes, failureBudget };
}

function readCount(given: unknown, field: string, max: number): number | undefined {
  const count = readInteger(given, field);
  if (count !== undefined && (count < 1 || count > max)) {
    fail(`${field} ${count} is not from 1 to ${max}`);
  }
  return count;
}

function readSpan(given: unknown, field: string, defaultMs: number): number {
  const text = readText(given, field);
  if (text === undefined) return defaultMs;
  const spanMs = parseDuration(text);
  if (spanMs === undefined || spanMs > maxSpanMs) {
    fail(`${field} "${show(text)}" is not a duration of at most 24h such as 10s`);
  }
  return spanMs;
}

function readFlag(given: unknown, field: string): boolean {
  if (given === undefined || given === null) return false;
  if (typeof given !== 'boolean') fail(`${field} is neither true nor false`);
  return given;
}
