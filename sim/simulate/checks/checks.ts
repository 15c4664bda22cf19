// All invariants over one run: follows the cluster's own record event by event and stops at the first that breaks.

import type { Pod } from '../../../shared/kube-types.ts';
import { annotations, coordinatorLeaseName } from '../../../shared/names.ts';
import type { StoreEvent } from '../../store/collection.ts';
import type { World } from '../world.ts';
import { readPolicies, readPoliciesOf, type Written } from './allowances.ts';
import { BudgetCheck } from './budget.ts';
import { FencingCheck } from './fencing.ts';
import { LivePulls } from './live-pulls.ts';
import { OnceCheck } from './once.ts';
import { type PullPod, readPullPod } from './pull-pods.ts';
import { RetryCheck } from './retries.ts';
import { TruthCheck } from './truth.ts';
import type { Violation } from './violation.ts';
import { Witnesses } from './witnesses.ts';

const sampleMs = 1_000;

export class Checks {
  readonly #world: World;
  readonly #live: LivePulls;
  readonly #witnesses: Witnesses;
  readonly #budget: BudgetCheck;
  readonly #once: OnceCheck;
  readonly #fencing: FencingCheck;
  readonly #truth: TruthCheck;
  readonly #retries: RetryCheck;
  #violation: Violation | undefined;
  #leases = 0;
  #sampledAtMs = Number.NEGATIVE_INFINITY;

  constructor(world: World) {
    this.#world = world;
    const report = (violation: Violation): void => this.fail(violation);
    this.#live = new LivePulls(world);
    this.#budget = new BudgetCheck(report);
    this.#witnesses = new Witnesses(world);
    this.#once = new OnceCheck(world, this.#witnesses, report);
    this.#fencing = new FencingCheck(report);
    this.#truth = new TruthCheck(world, report);
    this.#retries = new RetryCheck(report);
  }

  /** The first one. */
  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** Something else was seen that must not be. */
  fail(violation: Violation): void {
    this.#violation ??= violation;
  }

  /** Pull pods that were created. */
  get leases(): number {
    return this.#leases;
  }

  /** Follows from now on. */
  follow(): void {
    const { cluster, sessions, limits, clock, trace } = this.#world;
    const { store, pullNamespace: namespace } = cluster;
    const stateLimits = (): void => {
      const { cluster, image, registry } = limits;
      this.#state({ limits: { cluster, image, registry } });
    };
    const statePolicies = (): void =>
      this.#state({ policies: readPolicies(store.list('pullpolicies')) });
    const stateImages = (): void =>
      this.#state({ policiesOf: readPoliciesOf(store.list('cachedimages')) });
    stateLimits();
    statePolicies();
    stateImages();
    limits.onEdit(stateLimits);
    store.subscribe('pullpolicies', ({ type, object, previous }) => {
      if (type !== 'MODIFIED' || object.metadata.generation !== previous?.metadata.generation)
        statePolicies();
    });
    store.subscribe('cachedimages', ({ type, object, previous }) => {
      if (type !== 'MODIFIED' || object.metadata.generation !== previous?.metadata.generation)
        stateImages();
      if (type === 'MODIFIED') this.#truth.statusWritten(object);
    });
    store.subscribe('nodes', (event) => this.#live.nodeEvent(event));
    store.subscribe(
      'pods',
      (event) => {
        this.#live.podEvent(event);
        const pod = readPullPod(event.object);
        if (pod === undefined) return;
        const change = describeChange(event);
        if (change !== undefined) trace.note(`pod ${change} ${pod.name} ${pod.image} ${pod.node}`);
        if (event.type === 'ADDED') this.#podCreated(pod);
        this.#witnesses.podEvent(event);
      },
      { namespace },
    );
    store.subscribe('leases', ({ object, previous }) => {
      if (object.metadata.name !== coordinatorLeaseName) return;
      const epoch = Number(object.metadata.annotations?.[annotations.epoch] ?? 0);
      if (epoch !== Number(previous?.metadata.annotations?.[annotations.epoch] ?? 0))
        trace.note(`epoch ${epoch} of ${object.spec?.holderIdentity}`);
      this.#live.epochWritten(epoch);
      this.#witnesses.epochWritten(epoch);
      this.#fencing.epochWritten(epoch, clock.now().monotonicMs);
    });
    sessions.onOffer((epoch, by) => this.#fencing.offered(epoch, by));
  }

  /** After every step of the clock; true when there is a violation. */
  step(): boolean {
    const nowMs = this.#world.clock.now().monotonicMs;
    this.#once.step();
    if (nowMs - this.#sampledAtMs >= sampleMs) {
      this.#sampledAtMs = nowMs;
      this.#truth.sample();
      this.#witnesses.sample(sampleMs);
    }
    const [defect] = this.#world.defects;
    if (defect !== undefined)
      this.#violation ??= { invariant: 'defect', what: `${defect.name}: ${explain(defect.error)}` };
    return this.#violation !== undefined;
  }

  #podCreated(pod: PullPod): void {
    const { clock } = this.#world;
    const nowMs = clock.now().monotonicMs;
    this.#leases += 1;
    this.#once.podCreated(pod);
    this.#budget.podCreated(pod, this.#live.counted(), nowMs);
    this.#fencing.podCreated(pod, nowMs);
    this.#retries.podCreated(pod, nowMs);
  }

  #state(written: Partial<Written>): void {
    this.#budget.state(written, this.#world.clock.now().monotonicMs);
  }
}

/** Undefined when nothing changed that a reader of the trace wants to know. */
function describeChange({ type, object, previous }: StoreEvent<Pod>): string | undefined {
  if (type === 'ADDED') return `created e${readPullPod(object)?.epoch}`;
  const phase = object.status?.phase ?? '';
  if (type === 'DELETED') return `gone (${phase})`;
  if (phase !== previous?.status?.phase) return phase;
  const marked = previous.metadata.deletionTimestamp === undefined;
  return object.metadata.deletionTimestamp !== undefined && marked ? 'terminating' : undefined;
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
