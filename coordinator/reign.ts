// From an epoch written to the end of this coordinator: the core with everything that carries out what it decides.

import { randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import type { KubeClient } from '../shared/kube-client.ts';
import type { Log } from '../shared/log.ts';
import { Core } from './core/core.ts';
import type { Effect, Event } from './core/events.ts';
import type { LeaseView } from './core/views.ts';
import type { LeaseFeed } from './inspector/lease-feed.ts';
import { PodRequests } from './kube/pod-requests.ts';
import { LeaseJournal } from './lease-journal.ts';
import { Loop } from './loop.ts';
import type { CoordinatorMetrics } from './metrics.ts';
import type { PauseKeeper } from './pauses/pause-keeper.ts';
import { SessionServer } from './session/session-server.ts';
import { StatusWriter } from './status/status-writer.ts';

export interface ReignOptions {
  readonly epoch: number;
  readonly isFirstEpoch: boolean;
  readonly kube: KubeClient;
  readonly pullNamespace: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: CoordinatorMetrics;
  readonly feed: LeaseFeed;
  /** Read as the leader of this epoch. */
  readonly pauses: PauseKeeper;
  /** Ends every request under way. */
  readonly signal: AbortSignal;
  /** The core or an effect threw. */
  readonly onFault: (error: unknown) => void;
}

const lists = { nodesListed: 'nodes', podsListed: 'pull pods', imagesListed: 'cachedimages' };

export class Reign {
  readonly core: Core;
  readonly sessions: SessionServer;
  readonly pauses: PauseKeeper;
  readonly #feed: LeaseFeed;
  readonly #journal: LeaseJournal;
  readonly #loop: Loop;
  readonly #pods: PodRequests;
  readonly #writer: StatusWriter;
  readonly #missing = new Map<string, string>(Object.entries(lists));

  constructor(options: ReignOptions) {
    const { epoch, isFirstEpoch: firstEpoch, clock, random, log, metrics, feed } = options;
    const onEvent = (event: Event): void => this.post(event);
    const pauses = options.pauses.list();
    const core = new Core({ epoch, firstEpoch, startedAt: clock.now(), random, pauses });
    this.core = core;
    this.pauses = options.pauses;
    this.pauses.onChange = (changed) => this.post({ kind: 'pausesChanged', pauses: changed });
    this.#feed = feed;
    this.#journal = new LeaseJournal(log, metrics);
    this.#pods = new PodRequests({ ...options, onEvent });
    this.#writer = new StatusWriter({ ...options, status: (name, now) => core.status(name, now) });
    this.sessions = new SessionServer({ clock, log, metrics, newId: randomUUID, onEvent });
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

  post(event: Event): void {
    // The writer learns first what is stored, so that what the core wants is compared with the newest.
    if (event.kind === 'imagesListed') this.#writer.observeAll(event.images);
    if (event.kind === 'imageSeen') this.#writer.observe(event.image);
    if (event.kind === 'imageGone') this.#writer.forget(event.name);
    this.#missing.delete(event.kind);
    this.#loop.post(event);
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

  /** Idempotent. */
  stop(): void {
    this.#loop.stop();
    this.#writer.stop();
    this.sessions.stop();
  }

  #execute(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.sessions.send(effect.sessionId, effect.message);
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
      case 'statusChanged':
        this.#writer.notify(effect.name, effect.transition);
        break;
      case 'leaseChanged':
        this.#journal.note(effect.lease);
        this.#feed.publish(effect.lease);
        break;
      default:
        effect satisfies never;
    }
  }
}
