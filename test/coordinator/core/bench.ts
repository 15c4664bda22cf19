// A cluster that is nothing but events: nodes whose agents obey at once and pulls that take a given time. Enough to
// see what the core decides over a whole roll-out, thousands of times faster than with sockets. Invariants are
// checked here from what the pretended kubelets do, never from what the core believes.

import { Core } from '../../../coordinator/core/core.ts';
import { Deadlines } from '../../../coordinator/core/deadlines.ts';
import type {
  CachedImageObject,
  Effect,
  Event,
  NodeRecord,
  PullPodRecord,
  PullPolicyObject,
} from '../../../coordinator/core/events.ts';
import type { Limit } from '../../../coordinator/core/limits.ts';
import type { LeaseView } from '../../../coordinator/core/views.ts';
import type { Instant } from '../../../shared/clock.ts';
import type { Offer, Provenance } from '../../../shared/protocol.ts';
import type { Reason } from '../../../shared/reason.ts';
import { helloOf, nodeRecord, podOf, startWallMs } from '../../../sim/core-records.ts';

/** How one pull ends; the time is from the pod's creation to its end. */
export interface PullPlan {
  readonly pullMs: number;
  /** From the offer to the pod's creation, and from there until the coordinator sees it; `latencyMs` and 0 if not given. */
  readonly createMs?: number;
  readonly seenMs?: number;
  readonly failure?: { readonly reason: Reason; readonly message: string };
  /** After so long somebody removes the pod by force; the pull goes on and only the node's list tells of its end. */
  readonly vanishMs?: number;
}

export interface BenchOptions {
  readonly nodes: number;
  /** In what the node differs from others. */
  readonly node?: (index: number) => Partial<NodeRecord>;
  readonly images: readonly CachedImageObject[];
  readonly policies?: readonly PullPolicyObject[];
  readonly limits?: readonly Limit[];
  /** From an offer to the pod, and from a pod's end to the news of it. */
  readonly latencyMs?: number;
  /** Time at the start of this coordinator. */
  readonly startMs?: number;
  readonly plan: (image: string, node: string, attempt: number) => PullPlan;
}

export interface BenchPull {
  readonly image: string;
  readonly node: string;
  readonly createdMs: number;
  endedMs: number | undefined;
}

interface Creation {
  readonly offer: Offer;
  readonly sessionId: string;
  readonly node: string;
  readonly attempt: number;
  readonly plan: PullPlan;
}

export class Bench {
  readonly core: Core;
  readonly pulls: BenchPull[] = [];
  readonly effects: Effect[] = [];
  readonly leases = new Map<string, LeaseView>();
  nowMs = 0;
  /** Called with each offer and each pod, for tests that count. */
  onOffer: (pair: { image: string; node: string }) => void = () => {};
  onCreated: (pair: { image: string; node: string }) => void = () => {};
  /** No pod of the offer will ever be made. */
  onLapsed: (pair: { image: string; node: string }) => void = () => {};
  readonly #options: BenchOptions;
  readonly #timeline = new Deadlines<() => void>();
  readonly #attempts = new Map<string, number>();
  readonly #pods = new Map<string, PullPodRecord>();

  constructor(options: BenchOptions) {
    this.#options = options;
    this.nowMs = options.startMs ?? 0;
    this.core = new Core({ epoch: 1, firstEpoch: true, startedAt: this.now, random: () => 0 });
  }

  get now(): Instant {
    return { wallMs: startWallMs + this.nowMs, monotonicMs: this.nowMs };
  }

  get nodeNames(): readonly string[] {
    return Array.from({ length: this.#options.nodes }, (_, index) => `node-${index + 1}`);
  }

  nodeRecords(): readonly NodeRecord[] {
    const { node = () => ({}) } = this.#options;
    return this.nodeNames.map((name, index) => nodeRecord(name, node(index)));
  }

  /** Lists are in, agents are connected with empty inventories, and their heartbeats come. */
  start(): void {
    if (this.#options.limits)
      this.apply({ kind: 'limitsConfigured', limits: this.#options.limits });
    this.apply({ kind: 'nodesListed', nodes: this.nodeRecords() });
    this.apply({ kind: 'podsListed', pods: [] });
    this.apply({ kind: 'policiesListed', policies: this.#options.policies ?? [] });
    this.apply({ kind: 'imagesListed', images: this.#options.images });
    for (const name of this.nodeNames) this.connect(name);
    for (const name of this.nodeNames) this.#beat(name, 1);
  }

  connect(name: string): void {
    const sessionId = `session-${name}`;
    this.apply({ kind: 'helloReceived', sessionId, hello: helloOf(name) });
    this.apply({ kind: 'inventoryReceived', sessionId, entries: [] });
  }

  apply(event: Event): readonly Effect[] {
    const effects = this.core.apply(event, this.now);
    this.effects.push(...effects);
    for (const effect of effects) this.#execute(effect);
    return effects;
  }

  at(delayMs: number, action: () => void): void {
    this.#timeline.add(this.nowMs + delayMs, action);
  }

  /** Lets time pass until `done` or the deadline; returns whether it was done. */
  runUntil(done: () => boolean, deadlineMs: number): boolean {
    while (!done()) {
      const nextMs = Math.min(
        this.#timeline.nextMs() ?? Infinity,
        this.core.nextDeadlineMs() ?? Infinity,
      );
      if (nextMs > deadlineMs) return false;
      this.nowMs = Math.max(this.nowMs, nextMs);
      const action = this.#timeline.pop(this.nowMs);
      if (action === undefined) this.apply({ kind: 'ticked' });
      else action();
    }
    return true;
  }

  isWarm(): boolean {
    for (const node of this.core.nodes()) if (!node.warm) return false;
    return true;
  }

  #beat(name: string, sequence: number): void {
    this.apply({ kind: 'heartbeatReceived', sessionId: `session-${name}`, sequence });
    this.at(10_000, () => this.#beat(name, sequence + 1));
  }

  #execute(effect: Effect): void {
    if (effect.kind === 'leaseChanged') this.leases.set(effect.lease.id, effect.lease);
    if (effect.kind === 'lookUpPod') this.at(0, () => this.#answerLookUp(effect));
    if (effect.kind !== 'send' || effect.message.kind !== 'offer') return;
    const offer = effect.message;
    const node = effect.sessionId.slice('session-'.length);
    const key = `${offer.image} ${node}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    const plan = this.#options.plan(offer.image, node, attempt);
    this.onOffer({ image: offer.image, node });
    const createMs = plan.createMs ?? this.#options.latencyMs ?? 0;
    // The fence: too late is never.
    const fenceMs = offer.notAfterMs - this.now.wallMs;
    if (createMs > fenceMs) this.at(fenceMs, () => this.onLapsed({ image: offer.image, node }));
    else {
      const { sessionId } = effect;
      this.at(createMs, () => this.#createPod({ offer, sessionId, node, attempt, plan }));
    }
  }

  #answerLookUp({ leaseId, podName }: Extract<Effect, { kind: 'lookUpPod' }>): void {
    this.apply({ kind: 'podLookedUp', leaseId, pod: this.#pods.get(podName) });
  }

  #createPod({ offer, sessionId, node, attempt, plan }: Creation): void {
    const pull: BenchPull = { image: offer.image, node, createdMs: this.nowMs, endedMs: undefined };
    this.pulls.push(pull);
    const pod = podOf(offer, node, this.now.wallMs, `${offer.podName}-${attempt}`);
    this.#pods.set(pod.name, pod);
    this.onCreated({ image: offer.image, node });
    if (plan.seenMs === undefined) this.apply({ kind: 'podSeen', pod });
    else this.at(plan.seenMs, () => this.apply({ kind: 'podSeen', pod }));
    const { vanishMs = Infinity } = plan;
    if (vanishMs < plan.pullMs) this.at(vanishMs, () => this.#vanish(pod));
    this.at(Math.max(plan.pullMs, plan.seenMs ?? 0), () => {
      pull.endedMs = this.nowMs;
      if (vanishMs < plan.pullMs) {
        if (plan.failure === undefined) this.#list(pod, sessionId, 'nodeStatus');
        return;
      }
      this.at(this.#options.latencyMs ?? 0, () => this.#endPod(pod, plan, sessionId));
    });
  }

  #vanish(pod: PullPodRecord): void {
    this.#pods.delete(pod.name);
    this.apply({ kind: 'podGone', pod });
  }

  /** The agent tells that the node has the image. */
  #list({ image = '' }: PullPodRecord, sessionId: string, provenance: Provenance): void {
    const observedAtMs = this.now.wallMs;
    const entry = { reference: image, digest: 'sha256:d', sizeBytes: 1, provenance, observedAtMs };
    this.apply({ kind: 'inventoryChanged', sessionId, added: [entry], removed: [] });
  }

  #endPod(pod: PullPodRecord, plan: PullPlan, sessionId: string): void {
    const reading =
      plan.failure === undefined
        ? ({ kind: 'pulled', terminal: true, digest: 'sha256:d', message: '' } as const)
        : ({ kind: 'failed', terminal: true, ...plan.failure } as const);
    this.apply({ kind: 'podSeen', pod: { ...pod, reading } });
    if (plan.failure === undefined) this.#list(pod, sessionId, 'pullPod');
    this.#pods.delete(pod.name);
    this.apply({ kind: 'podGone', pod: { ...pod, reading } });
  }
}

/** Most pulls running at once among those that `matches` picks. */
export function peak(
  pulls: readonly BenchPull[],
  matches: (pull: BenchPull) => boolean = () => true,
): number {
  const steps = pulls.filter(matches).flatMap(({ createdMs, endedMs }) => [
    { atMs: createdMs, by: 1 },
    { atMs: endedMs ?? Infinity, by: -1 },
  ]);
  steps.sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let running = 0;
  let most = 0;
  for (const { by } of steps) {
    running += by;
    most = Math.max(most, running);
  }
  return most;
}
