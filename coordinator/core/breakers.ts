// Circuit breakers: what fails rests, and nothing else does. One for each registry, node and image that is in trouble;
// which of them a failure trips is decided in blame.ts. They hold offers back as a gate of pacing, and one lease at a time
// tries whether the trouble is over.

import type { Backoff } from '../../shared/backoff.ts';
import type { Instant } from '../../shared/clock.ts';
import { readRetryAfterMs } from '../../shared/pull-failure.ts';
import type { Reason } from '../../shared/reason.ts';
import { type Attempt, type Axis, Blame, type Failure, isRegistryReason } from './blame.ts';
import { Circuit } from './circuit.ts';
import { type DesiredImage, desiredImageKey, type ImageRest } from './desired-image.ts';
import type { Gate, Wait } from './gate.ts';
import type { Lease, LeaseResult } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import type { BreakerView } from './views.ts';

/** What blame depends on beside the lease itself. */
export interface Surroundings extends Pick<Failure, 'imagesOfRegistry' | 'targets' | 'underWay'> {
  /** Of the image. */
  readonly backoff: Backoff;
}

// One request in ten seconds hurts no registry; the longest pause is that of pairs.
const registryBackoff: Backoff = { initialMs: 10_000, factor: 2, maxMs: 300_000, jitterRatio: 0.5 };
const nodeBackoff: Backoff = { initialMs: 30_000, factor: 2, maxMs: 300_000, jitterRatio: 0.5 };
/** A breaker that was not tried for so long after its rest is forgotten when another one opens. */
const forgottenAfterMs = 3_600_000;
/** So far behind the others is a pair that has just failed; half as far when that is twice as long ago. */
const maxBehindMs = 3_000;
const longAgoMs = 30_000;
const reasonOf = {
  image: 'Backoff',
  registry: 'RegistryCircuitOpen',
  node: 'NodeCircuitOpen',
} as const satisfies Record<Axis, Reason>;

export class Breakers implements Gate {
  readonly #random: () => number;
  readonly #blame = new Blame();
  /** Those that are not closed, by what they are about. */
  readonly #circuits: Readonly<Record<Axis, Map<string, Circuit>>> = {
    image: new Map(),
    registry: new Map(),
    node: new Map(),
  };
  /** Registries that opened because of a rate limit: what was under way before says nothing about it. */
  readonly #limited = new Set<string>();

  constructor(random: () => number) {
    this.#random = random;
  }

  checkImage({ key, image, registry }: DesiredImage, now: Instant): Wait | undefined {
    return this.#find('registry', registry, registry, now) ?? this.#find('image', key, image, now);
  }

  checkNode(image: DesiredImage, node: NodeState, now: Instant): Wait | undefined {
    const wait = this.#find('node', node.uid, node.name, now);
    return wait ?? this.#letOthersTry(image, node, now);
  }

  /** Half-open, pairs that have not failed try first, then those whose failure is longest ago: the others may be what is wrong. */
  #letOthersTry(image: DesiredImage, node: NodeState, now: Instant): Wait | undefined {
    const pair = image.pairs.get(node);
    if (pair === undefined || pair.failures === 0) return undefined;
    const sinceMs = Math.max(now.wallMs - pair.backingOffSinceMs, longAgoMs);
    const behindMs = Math.ceil((maxBehindMs * longAgoMs) / sinceMs);
    for (const [axis, key, by] of [
      ['registry', image.registry, image.registry],
      ['image', image.key, image.image],
    ] as const) {
      const circuit = this.#circuits[axis].get(key);
      if (circuit === undefined || now.monotonicMs >= circuit.untilMs + behindMs) continue;
      return { reason: reasonOf[axis], by, retryAtMs: circuit.untilMs + behindMs };
    }
    return undefined;
  }

  /** A lease was offered: half-open, it is the one that tries. */
  began(lease: Lease, now: Instant): void {
    const attempt = attemptOf(lease);
    for (const circuit of this.#around(attempt)) circuit.begin(lease, now);
  }

  ended(lease: Lease, end: LeaseResult, about: Surroundings, now: Instant): void {
    const attempt = attemptOf(lease);
    if (end.outcome === 'Succeeded') this.#succeed(lease, attempt);
    if (end.outcome === 'Failed') this.#fail({ lease, attempt, end, about }, now);
    for (const circuit of this.#around(attempt)) circuit.release(lease);
  }

  /** Attempts in a row that failed for the image as a whole, and when the next one may begin, in wall time. */
  imageRest(key: string): ImageRest | undefined {
    const circuit = this.#circuits.image.get(key);
    return circuit && { attempts: circuit.openings, nextAttemptAtMs: circuit.untilAtMs };
  }

  /** What a former coordinator wrote into the image's status. */
  restoreImage({ key, failureBackoff }: DesiredImage, rest: ImageRest, now: Instant): void {
    // Whatever stands there, nobody waits for longer than a failure of today would make it wait.
    const untilAtMs = Math.min(rest.nextAttemptAtMs, now.wallMs + failureBackoff.maxMs);
    this.#open('image', key, now).restore(rest.attempts, untilAtMs, now);
  }

  /** Those that are not closed. */
  *views(now: Instant): Generator<BreakerView> {
    for (const axis of ['image', 'registry', 'node'] as const)
      for (const [key, circuit] of this.#circuits[axis])
        yield {
          axis,
          key,
          state: circuit.state(now),
          openings: circuit.openings,
          untilAtMs: circuit.untilAtMs,
        };
  }

  #succeed(lease: Lease, attempt: Attempt): void {
    this.#blame.succeeded(attempt);
    this.#close('image', attempt.image);
    this.#close('node', attempt.nodeUid);
    const isProof = !this.#limited.has(attempt.registry) || this.#isProbe('registry', lease);
    if (isProof) this.#close('registry', attempt.registry);
  }

  #fail(judgement: Judgement, now: Instant): void {
    const { lease, attempt, end, about } = judgement;
    const { reason } = end;
    const axis =
      this.#blame.failed({ ...attempt, ...about, reason }, now) ?? this.#blameProbe(lease, reason);
    // It answered: about this image or this node, but it answered.
    if (!isRegistryReason(reason) && this.#isProbe('registry', lease))
      this.#close('registry', attempt.registry);
    if (axis !== undefined) this.#trip(axis, judgement, now);
  }

  /** What the probe of a half-open circuit fails with needs no second witness. */
  #blameProbe(lease: Lease, reason: Reason): Axis | undefined {
    if (this.#isProbe('registry', lease) && isRegistryReason(reason)) return 'registry';
    if (this.#isProbe('image', lease)) return 'image';
    return this.#isProbe('node', lease) ? 'node' : undefined;
  }

  #trip(axis: Axis, { lease, attempt, end, about }: Judgement, now: Instant): void {
    const key = keyOf(axis, attempt);
    const backoff = { image: about.backoff, registry: registryBackoff, node: nodeBackoff }[axis];
    const atLeastMs = axis === 'registry' ? (readRetryAfterMs(end.message) ?? 0) : 0;
    const random = this.#random();
    this.#open(axis, key, now).trip({ lease, backoff, atLeastMs, random }, now);
    if (axis === 'registry' && end.reason === 'RegistryRateLimited') this.#limited.add(key);
  }

  #open(axis: Axis, key: string, now: Instant): Circuit {
    const circuits = this.#circuits[axis];
    const known = circuits.get(key);
    if (known !== undefined) return known;
    // Images and nodes that are no more, or that nobody has tried for long.
    for (const [other, { untilMs }] of circuits)
      if (now.monotonicMs - untilMs > forgottenAfterMs) circuits.delete(other);
    const circuit = new Circuit();
    circuits.set(key, circuit);
    return circuit;
  }

  #close(axis: Axis, key: string): void {
    this.#circuits[axis].delete(key);
    if (axis === 'registry') this.#limited.delete(key);
  }

  #isProbe(axis: Axis, lease: Lease): boolean {
    return this.#circuits[axis].get(keyOf(axis, attemptOf(lease)))?.isProbe(lease) === true;
  }

  #around(attempt: Attempt): readonly Circuit[] {
    return (['image', 'registry', 'node'] as const).flatMap(
      (axis) => this.#circuits[axis].get(keyOf(axis, attempt)) ?? [],
    );
  }

  #find(axis: Axis, key: string, by: string, now: Instant): Wait | undefined {
    const wait = this.#circuits[axis].get(key)?.findWait(now);
    return wait === undefined ? undefined : { ...wait, reason: reasonOf[axis], by };
  }
}

interface Judgement {
  readonly lease: Lease;
  readonly attempt: Attempt;
  readonly end: LeaseResult;
  readonly about: Surroundings;
}

function attemptOf({ image, pullSecrets, subject, nodeUid }: Lease): Attempt {
  return { image: desiredImageKey({ image, pullSecrets }), registry: subject.registry, nodeUid };
}

function keyOf(axis: Axis, { image, registry, nodeUid }: Attempt): string {
  return { image, registry, node: nodeUid }[axis];
}
