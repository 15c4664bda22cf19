// How much of every limit is in use, counted from live leases and nothing else, and when the last ones started. Limits
// may change at any time: what is live is counted again, and starts are remembered apart from the limits, so that a new
// limit knows of those before it.

import type { Pair } from '../../shared/pair.ts';
import type { Wait } from './gate.ts';
import { type Applicable, LimitIndex } from './limit-index.ts';
import { type Binding, LimitScope, rateSpanMs } from './limit-scope.ts';
import {
  type LimitState,
  makeState,
  type OpenScope,
  openScopes,
  reviewStarts,
} from './limit-state.ts';
import {
  countNodes,
  countSlots,
  type EligibleNodes,
  isGeneral,
  type Limit,
  type LimitSubject,
  scopeKeys,
} from './limits.ts';
import type { NodeClass } from './node-class.ts';
import { StartLog } from './start-log.ts';
import type { ImageTraits } from './subject.ts';
import type { LimitView } from './views.ts';

interface NodeIdentity {
  readonly uid: string;
  readonly nodeClass: NodeClass;
}

interface ImagePace {
  readonly slots: number;
  readonly minDelayMs: number;
}

/** What is counted; known by its identity. */
export interface CountedLease extends Pair {
  readonly subject: LimitSubject;
}

interface Counted {
  readonly pair: Pair;
  readonly subject: LimitSubject;
  readonly scopes: readonly OpenScope[];
  isStarted: boolean;
}

// Scopes without leases are looked through once in so many starts, which keeps them to what the last starts touched.
const sweepEvery = 1_000;

export class LimitUse {
  #states: readonly LimitState[] = [];
  #index = new LimitIndex([]);
  readonly #counted = new Map<CountedLease, Counted>();
  readonly #log: StartLog;
  #starts = 0;

  /** @param unknownMs starts before that monotonic time are not known */
  constructor(limits: readonly Limit[], unknownMs: number) {
    this.#log = new StartLog(unknownMs);
    this.configure(limits);
  }

  get limits(): readonly Limit[] {
    return this.#states.map(({ limit }) => limit);
  }

  /** Takes other limits; nothing that is live is forgotten. */
  configure(limits: readonly Limit[]): void {
    const before = new Map(this.#states.map((state) => [JSON.stringify(state.limit), state]));
    this.#states = limits.map(
      (limit) => before.get(JSON.stringify(limit)) ?? makeState(limit, this.#log),
    );
    this.#index = new LimitIndex(this.#states);
    const counted = [...this.#counted];
    for (const { scopes } of this.#states) for (const scope of scopes.values()) scope.empty();
    this.#counted.clear();
    for (const [lease, { isStarted }] of counted) this.#count(lease, isStarted);
  }

  /** Nothing has ever started before. */
  trustNoStarts(): void {
    this.#log.trust();
  }

  /** Counts an offer, or with `startedMs` a pull that began then. */
  add(lease: CountedLease, startedMs?: number): void {
    const counted = this.#count(lease, startedMs !== undefined);
    if (startedMs !== undefined) this.#noteStart(counted, startedMs);
  }

  /** The lease's pod was seen, for the first time; later calls change nothing. */
  start(lease: CountedLease, nowMs: number): void {
    const counted = this.#counted.get(lease);
    if (counted === undefined || counted.isStarted) return;
    counted.isStarted = true;
    for (const { scope } of counted.scopes) scope.offered -= 1;
    this.#noteStart(counted, nowMs);
  }

  /** @param hasLapsed no pod of it was ever made, so that it was no start */
  remove(lease: CountedLease, nowMs: number, hasLapsed: boolean): void {
    if (!hasLapsed) this.start(lease, nowMs);
    const counted = this.#counted.get(lease);
    if (counted === undefined) return;
    this.#counted.delete(lease);
    for (const { scope } of counted.scopes) {
      scope.live -= 1;
      if (!counted.isStarted) scope.offered -= 1;
    }
  }

  /** Counts the lease by its present subject: the node's labels or the image's policies have changed. */
  recount(lease: CountedLease): void {
    const counted = this.#counted.get(lease);
    if (counted === undefined || counted.subject === lease.subject) return;
    for (const { scope } of counted.scopes) {
      scope.live -= 1;
      if (!counted.isStarted) scope.offered -= 1;
    }
    this.#count(lease, counted.isStarted);
  }

  /** Past starts of these pairs count by their present subject, as `recount` does for what is live. */
  review(isAffected: (pair: Pair) => boolean, subjectOf: (pair: Pair) => LimitSubject): void {
    reviewStarts({ states: this.#states, log: this.#log, isAffected, subjectOf });
  }

  /** Names of the limits that count a subject. */
  names(subject: LimitSubject): readonly string[] {
    return this.limits
      .filter((limit) => scopeKeys(limit, subject).length > 0)
      .map((limit) => limit.name);
  }

  /** The first limit that holds the image back on every node. */
  checkImage(image: ImageTraits, eligible: EligibleNodes, nowMs: number): Wait | undefined {
    return this.#check(this.#index.forImage(image), eligible, nowMs);
  }

  /** The first limit that holds it back on all nodes of the class, given that `checkImage` found none. */
  checkClass(
    { image, nodeClass }: { readonly image: ImageTraits; readonly nodeClass: NodeClass },
    eligible: EligibleNodes,
    nowMs: number,
  ): Wait | undefined {
    return this.#check(this.#index.forClass(image, nodeClass), eligible, nowMs);
  }

  /** The first limit that holds it back on this node of the class, given that the others found none. */
  checkNode(
    { image, node }: { readonly image: ImageTraits; readonly node: NodeIdentity },
    eligible: EligibleNodes,
    nowMs: number,
  ): Wait | undefined {
    for (const state of this.#index.forClass(image, node.nodeClass).perNode) {
      const wait = this.#findWait(state, node.uid, eligible, nowMs);
      if (wait !== undefined) return wait;
    }
    return undefined;
  }

  /** Fewest slots and longest delay that the limits per image leave one image on every node, for ordering. */
  imagePace(image: ImageTraits, eligible: EligibleNodes): ImagePace {
    const pace = { slots: Infinity, minDelayMs: 0 };
    for (const { state } of this.#index.forImage(image).shared) {
      const { limit } = state;
      if (limit.per !== 'image') continue;
      pace.slots = Math.min(pace.slots, countSlots(limit, eligible.image));
      pace.minDelayMs = Math.max(pace.minDelayMs, limit.minDelayMs ?? 0);
    }
    return pace;
  }

  /** Fewest slots over everything, for ordering. */
  slotsPerCluster(eligibleNodes: number): number {
    return this.#leastSlots('cluster', eligibleNodes);
  }

  /** Fewest slots of any node, for leaving full nodes out early. */
  slotsPerNode(): number {
    return this.#leastSlots('node', 0);
  }

  /** Live leases counted in one scope. */
  inUse({ name }: Pick<Limit, 'name'>, key: string): number {
    return this.#find(name)?.scopes.get(key)?.live ?? 0;
  }

  /** Scopes in which at least one lease is live. */
  *scopeKeys({ name }: Limit): Generator<string> {
    for (const [key, { live }] of this.#find(name)?.scopes ?? []) if (live > 0) yield key;
  }

  views(eligible: EligibleNodes): readonly LimitView[] {
    return this.#states.map(({ limit, scopes }) => {
      const fullest = [...scopes].reduce(
        (most, [key, { live }]) => (live > most.live ? { key, live } : most),
        { key: '', live: 0 },
      );
      return {
        name: limit.name,
        slots: countSlots(limit, countNodes(limit, fullest.key, eligible)),
        inUse: fullest.live,
      };
    });
  }

  #find(limitName: string): LimitState | undefined {
    return this.#states.find(({ limit }) => limit.name === limitName);
  }

  #leastSlots(per: Limit['per'], nodes: number): number {
    return this.#states
      .filter(({ limit }) => limit.per === per && isGeneral(limit))
      .reduce((least, { limit }) => Math.min(least, countSlots(limit, nodes)), Infinity);
  }

  #check({ shared }: Applicable, eligible: EligibleNodes, nowMs: number): Wait | undefined {
    for (const { state, key } of shared) {
      const wait = this.#findWait(state, key, eligible, nowMs);
      if (wait !== undefined) return wait;
    }
    return undefined;
  }

  #findWait(
    { limit, scopes }: LimitState,
    key: string,
    eligible: EligibleNodes,
    nowMs: number,
  ): Wait | undefined {
    const scope = scopes.get(key) ?? emptyScope;
    const slots = countSlots(limit, countNodes(limit, key, eligible));
    const binding = scope.findBinding(limit, slots, nowMs, this.#log.unknownMs);
    if (binding === undefined) return undefined;
    return { reason: reasonOf(limit, binding), by: limit.name, retryAtMs: binding.untilMs, limit };
  }

  #count(lease: CountedLease, isStarted: boolean): Counted {
    const { subject } = lease;
    const scopes = this.#states.flatMap((state) => openScopes(state, subject));
    for (const { scope } of scopes) {
      scope.live += 1;
      if (!isStarted) scope.offered += 1;
    }
    const { image, pullSecrets, nodeUid } = lease;
    const counted = { pair: { image, pullSecrets, nodeUid }, subject, scopes, isStarted };
    this.#counted.set(lease, counted);
    return counted;
  }

  #noteStart({ pair, subject, scopes }: Counted, atMs: number): void {
    this.#log.note({ pair, subject, atMs });
    for (const { limit, scope } of scopes) scope.noteStart(atMs, limit);
    this.#starts += 1;
    if (this.#starts % sweepEvery === 0) this.#sweep(atMs);
  }

  #sweep(nowMs: number): void {
    for (const { limit, scopes } of this.#states) {
      const memoryMs = Math.max(rateSpanMs, limit.minDelayMs ?? 0);
      for (const [key, scope] of scopes) if (scope.isIdle(nowMs, memoryMs)) scopes.delete(key);
    }
  }
}

const emptyScope = new LimitScope();

const slotReasons = {
  cluster: 'ClusterLimit',
  policy: 'PolicyLimit',
  image: 'ImageLimit',
  registry: 'RegistryLimit',
  zone: 'ZoneLimit',
  node: 'NodeLimit',
} as const;

function reasonOf({ per }: Limit, { by }: Binding): Wait['reason'] {
  if (by === 'slots') return slotReasons[per];
  return by === 'rate' ? 'RateLimit' : 'MinDelay';
}
