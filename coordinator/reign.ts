// One reign: the core with everything that carries out what it decides, from the taking of leadership to its end. All
// that a leader believes lives here and goes with it. Nothing that counts leaves it outside its tenure: the core
// decides no offer, what was decided is not sent, and writes are fenced.

import { randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import type { KubeClient } from '../shared/kube-client.ts';
import type { Log } from '../shared/log.ts';
import type { CoordinatorMessage } from '../shared/protocol.ts';
import type { StatusError } from '../shared/rpc.ts';
import { Core } from './core/core.ts';
import type { CachedImageStatus, Effect, Event, PullPolicyStatus } from './core/events.ts';
import type { Limit } from './core/limits.ts';
import type { LeaseView } from './core/views.ts';
import type { AgentGate } from './identity/agent-gate.ts';
import type { LeaseFeed } from './inspector/lease-feed.ts';
import { EventRequests } from './kube/event-requests.ts';
import { cachedImageStatusPath, pullPolicyStatusPath } from './kube/paths.ts';
import { PodRequests } from './kube/pod-requests.ts';
import { runReflectors } from './kube/reflectors.ts';
import { fenceWrites } from './leadership/fence.ts';
import type { Tenure } from './leadership/tenure.ts';
import { LeaseJournal } from './lease-journal.ts';
import { Loop } from './loop.ts';
import type { CoordinatorMetrics } from './metrics.ts';
import type { PauseKeeper } from './pauses/pause-keeper.ts';
import { SessionServer } from './session/session-server.ts';
import { StatusWriter } from './status/status-writer.ts';

export interface ReignOptions {
  readonly tenure: Tenure;
  readonly kube: KubeClient;
  readonly pullNamespace: string;
  /** Its events may be read; not unless said otherwise. */
  readonly readsEvents?: boolean | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: CoordinatorMetrics;
  readonly feed: LeaseFeed;
  /** Read as the leader of this epoch. */
  readonly pauses: PauseKeeper;
  /** Undefined when every agent is believed (loopback only). */
  readonly gate: AgentGate | undefined;
  /** In place of or beside the built-in ones. */
  readonly limits: readonly Limit[];
  /** Ends every request under way. */
  readonly signal: AbortSignal;
  /** The last complete list is in. */
  readonly onListed: () => void;
  /** Agents have met this newer epoch. */
  readonly onSurpassed: (epoch: number) => void;
  /** The core or an effect threw. */
  readonly onFault: (error: unknown) => void;
}

const lists = {
  nodesListed: 'nodes',
  podsListed: 'pull pods',
  imagesListed: 'cachedimages',
  policiesListed: 'pullpolicies',
};

const imageCountersEveryMs = 10_000;
// Nobody waits for the counts of a policy, and each of its pulls changes them.
const policyCountersEveryMs = 30_000;

export class Reign {
  readonly core: Core;
  readonly sessions: SessionServer;
  readonly pauses: PauseKeeper;
  readonly #options: ReignOptions;
  readonly #journal: LeaseJournal;
  readonly #loop: Loop;
  readonly #pods: PodRequests;
  readonly #events: EventRequests;
  readonly #images: StatusWriter<CachedImageStatus>;
  readonly #policies: StatusWriter<PullPolicyStatus>;
  readonly #missing = new Map<string, string>(Object.entries(lists));

  constructor(options: ReignOptions) {
    const { tenure, clock, random, log, metrics, gate } = options;
    const onEvent = (event: Event): void => this.post(event);
    const core = new Core({
      epoch: tenure.epoch,
      firstEpoch: tenure.isFirst,
      startedAt: tenure.takenAt,
      tenureUntilMs: tenure.untilMs,
      readsEvents: options.readsEvents ?? false,
      pauses: options.pauses.list(),
      random,
    });
    this.pauses = options.pauses;
    this.pauses.onChange = (changed) => this.post({ kind: 'pausesChanged', pauses: changed });
    this.#options = options;
    this.core = core;
    this.#journal = new LeaseJournal(log, metrics);
    const fenced = { ...options, kube: fenceWrites(options.kube, tenure) };
    this.#pods = new PodRequests({ ...fenced, onEvent });
    this.#events = new EventRequests({ ...fenced, onEvent });
    this.#images = new StatusWriter({
      ...fenced,
      status: (name, now) => core.status(name, now),
      path: cachedImageStatusPath,
      logField: 'cachedImage',
      countersEveryMs: imageCountersEveryMs,
    });
    this.#policies = new StatusWriter({
      ...fenced,
      status: (name, now) => core.policyStatus(name, now),
      path: pullPolicyStatusPath,
      logField: 'pullPolicy',
      countersEveryMs: policyCountersEveryMs,
    });
    this.sessions = new SessionServer({ clock, log, metrics, gate, newId: randomUUID, onEvent });
    this.#loop = new Loop({
      core,
      clock,
      execute: (effect) => this.#execute(effect),
      onFault: options.onFault,
    });
  }

  /** What was never listed yet, in words; undefined when all is in. */
  get missing(): string | undefined {
    const [first] = this.#missing.values();
    return first === undefined ? undefined : `the list of ${first} has not come`;
  }

  /** Feeds the core with what the cluster and the operator say; resolves when the signal aborts. */
  async run(): Promise<void> {
    const { limits, signal } = this.#options;
    this.post({ kind: 'limitsConfigured', limits });
    await runReflectors({ ...this.#options, onEvent: (event) => this.post(event) }, signal);
  }

  /** The tenure goes on. */
  renewed(): void {
    this.post({ kind: 'tenureRenewed', untilMs: this.#options.tenure.untilMs });
  }

  post(event: Event): void {
    this.#observe(event);
    const wasLast = this.#missing.delete(event.kind) && this.#missing.size === 0;
    this.#loop.post(event);
    if (wasLast) this.#options.onListed();
  }

  lease(id: string): LeaseView | undefined {
    return this.core.lease(id);
  }

  leases(): Iterable<LeaseView> {
    return this.core.leases();
  }

  revoke(leaseId: string, message: string): void {
    this.post({ kind: 'leaseRevoked', leaseId, message });
  }

  /** Nothing is decided any more; idempotent. */
  halt(): void {
    this.#loop.stop();
    this.#images.stop();
    this.#policies.stop();
  }

  /** Ends every session and every watch of leases; idempotent. */
  stop(reason: StatusError): void {
    this.halt();
    this.sessions.stop(reason);
    this.#options.feed.end(reason);
  }

  /** The writers learn first what is stored, so that what the core wants is compared with the newest. */
  #observe(event: Event): void {
    if (event.kind === 'imagesListed') this.#images.observeAll(event.images);
    if (event.kind === 'imageSeen') this.#images.observe(event.image);
    if (event.kind === 'imageGone') this.#images.forget(event.name);
    if (event.kind === 'policiesListed') this.#policies.observeAll(event.policies);
    if (event.kind === 'policySeen') this.#policies.observe(event.policy);
    if (event.kind === 'policyGone') this.#policies.forget(event.name);
  }

  #execute(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.#send(effect.sessionId, effect.message);
        break;
      case 'endSession':
        this.sessions.end(effect.sessionId, effect.code, effect.message);
        break;
      case 'lookUpPod':
        this.#pods.lookUp(effect.leaseId, effect.podName);
        break;
      case 'deletePod':
        this.#pods.delete(effect.podName, effect.podUid);
        break;
      case 'readPodEvents':
        this.#events.read(effect.leaseId, effect.podUid);
        break;
      case 'statusChanged':
        this.#images.notify(effect.name, effect.transition);
        break;
      case 'policyStatusChanged':
        this.#policies.notify(effect.name, effect.transition);
        break;
      case 'leaseChanged':
        this.#journal.note(effect.lease);
        this.#options.feed.publish(effect.lease);
        break;
      case 'epochSurpassed':
        this.#options.onSurpassed(effect.epoch);
        break;
      default:
        effect satisfies never;
    }
  }

  // An offer that is kept back lapses, and so is no loss.
  #send(sessionId: string, message: CoordinatorMessage): void {
    const { tenure, log } = this.#options;
    const needsTenure = message.kind === 'offer' || message.kind === 'revoke';
    if (!needsTenure || tenure.holds) this.sessions.send(sessionId, message);
    else log.warn({ leaseId: message.leaseId, kind: message.kind }, 'message kept back');
  }
}
