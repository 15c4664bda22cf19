// One node's agent: it owns the core and does what the core asks for. Everything that happens (a watch, an answer, a
// message, a deadline) becomes an event; the core's actions become requests and messages. A thousand of these can
// live in one process: nothing here is global, and an idle one holds two watches, one stream and one timer.

import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../shared/clock.ts';
import type { KubeClient } from '../shared/kube-client.ts';
import type { Log } from '../shared/log.ts';
import type {
  AgentMessage,
  CoordinatorMessage,
  Hello,
  Offer,
  Welcome,
} from '../shared/protocol.ts';
import type { ReflectorEvent } from '../shared/reflector.ts';
import { StatusError } from '../shared/rpc.ts';
import { AgentCore, type CoreView } from './core/core.ts';
import type { Action, Event, OwnNode, OwnPod } from './core/events.ts';
import { defaultMaxStatusImages } from './core/inventory.ts';
import { runSessions } from './dialling.ts';
import { type Resolve, resolveByDns } from './discovery.ts';
import { NodeKube } from './kube.ts';
import type { Session, SessionOwner } from './session.ts';
import type { SessionToken } from './session-token.ts';
import { type OpenStream, openGrpcTransport, type TransportTls } from './transport.ts';

export interface AgentOptions {
  readonly nodeName: string;
  /** Of pull pods. */
  readonly namespace: string;
  /** HOST:PORT; of several addresses behind HOST the agent finds the one that leads. */
  readonly coordinator: string;
  /** Of sessions over gRPC; undefined means plain text, and only a loopback address. */
  readonly tls?: TransportTls | undefined;
  readonly kube: KubeClient;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** Name of the agent's own pod, in the same namespace; from it come the owners of pull pods. */
  readonly ownPodName?: string | undefined;
  /** Of pull pods; the cluster's default class when undefined. */
  readonly priorityClassName?: string | undefined;
  /** The kubelet's nodeStatusMaxImages, 50 unless said otherwise. */
  readonly maxStatusImages?: number | undefined;
  /** Proves this node to the coordinator; undefined where it believes every agent. */
  readonly sessionToken?: SessionToken | undefined;
  /** gRPC unless said otherwise. */
  readonly openStream?: OpenStream | undefined;
  /** As the machine resolves names unless said otherwise. */
  readonly resolve?: Resolve | undefined;
}

type DeletePod = Extract<Action, { kind: 'deletePod' }>;

export class Agent {
  readonly #options: AgentOptions;
  readonly #log: Log;
  readonly #core: AgentCore;
  readonly #kube: NodeKube;
  /** Aborts with the outer signal, or with the error that ends the agent. */
  readonly #life = new AbortController();
  #running: Promise<void> | undefined;
  #session: Session | undefined;
  #nodeUid = '';
  #timer: Timer | undefined;
  /** Resolved whenever the core has learned something, and at the end. */
  #learned = Promise.withResolvers<void>();

  constructor(options: AgentOptions) {
    const { nodeName, random, maxStatusImages = defaultMaxStatusImages } = options;
    this.#options = options;
    this.#log = options.log.child({ node: nodeName });
    this.#core = new AgentCore({ agentInstance: randomUUID(), maxStatusImages, random });
    const { kube: client, ownPodName, priorityClassName } = options;
    const log = this.#log;
    this.#kube = new NodeKube({ ...options, client, ownPodName, priorityClassName, log });
  }

  /**
   * Runs until the signal aborts; called again, it returns the same promise.
   * @throws what no retry can mend, such as UnsafeAddressError
   */
  run(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run(signal);
    return this.#running;
  }

  view(): CoreView {
    return this.#core.view();
  }

  async #run(outer: AbortSignal): Promise<void> {
    const stop = (): void => this.#life.abort(outer.reason);
    if (outer.aborted) stop();
    outer.addEventListener('abort', stop, { once: true });
    const { signal } = this.#life;
    signal.addEventListener('abort', () => this.#learned.resolve(), { once: true });
    const {
      tls,
      openStream = openGrpcTransport(tls, signal),
      resolve = resolveByDns,
    } = this.#options;
    const dialling = { ...this.#options, openStream, resolve, log: this.#log };
    const owners = this.#kube.learnDaemonSet(signal);
    const greet = async (): Promise<Hello> => {
      await owners;
      return this.#greet();
    };
    const parts = [
      owners,
      this.#kube.watchNode((event) => this.#takeNode(event), signal),
      this.#kube.watchPods((event) => this.#takePods(event), signal),
      runSessions({ ...dialling, owner: this.#owner(), greet }, signal),
    ];
    // One part that fails must not leave the others running.
    for (const part of parts) part.catch((error: unknown) => this.#life.abort(error));
    await Promise.allSettled(parts);
    this.#timer?.cancel();
    outer.removeEventListener('abort', stop);
    if (!outer.aborted) throw signal.reason;
  }

  #owner(): SessionOwner {
    return {
      opened: (welcome: Welcome, session: Session) => {
        this.#session = session;
        this.#apply({ kind: 'sessionOpened', welcome });
      },
      received: (message: CoordinatorMessage) => {
        if (message.kind === 'offer') {
          const { leaseId, image, podName } = message;
          this.#log.info({ leaseId, image, pod: podName }, 'offer received');
        }
        this.#apply({ kind: 'messageReceived', message });
      },
      ended: () => {
        this.#session = undefined;
        this.#apply({ kind: 'sessionEnded' });
      },
    };
  }

  async #greet(): Promise<Hello> {
    for (;;) {
      this.#life.signal.throwIfAborted();
      const hello = this.#core.hello();
      if (hello !== undefined) return hello;
      this.#learned = Promise.withResolvers<void>();
      await this.#learned.promise;
    }
  }

  // The node's own end is the coordinator's to see; until its object is back under a new uid, nothing changes here.
  #takeNode(event: ReflectorEvent<OwnNode>): void {
    if (event.kind === 'gone') return;
    const node = event.kind === 'seen' ? event.object : event.objects[0];
    if (node === undefined) return;
    this.#nodeUid = node.uid;
    this.#apply({ kind: 'nodeSeen', node });
  }

  #takePods(event: ReflectorEvent<OwnPod>): void {
    if (event.kind === 'listed') {
      const { objects: pods, askedAtMs } = event;
      this.#apply({ kind: 'podsListed', pods, askedAtMs });
    } else if (event.kind === 'seen') this.#apply({ kind: 'podSeen', pod: event.object });
    else this.#apply({ kind: 'podGone', pod: event.object });
  }

  #apply(event: Event): void {
    if (this.#life.signal.aborted) return;
    const now = this.#options.clock.now();
    for (const action of this.#core.apply(event, now)) this.#perform(action);
    this.#learned.resolve();
    this.#timer?.cancel();
    const dueMs = this.#core.nextDeadlineMs();
    this.#timer = Number.isFinite(dueMs)
      ? this.#options.clock.startTimer(dueMs - now.monotonicMs, () => this.#tick())
      : undefined;
  }

  #tick(): void {
    this.#apply({ kind: 'ticked' });
  }

  #perform(action: Action): void {
    switch (action.kind) {
      case 'send':
        this.#send(action.message);
        break;
      case 'endSession':
        this.#session?.end(new StatusError('CANCELLED', action.why));
        break;
      case 'createPod':
        this.#follow(this.#createPod(action.offer));
        break;
      case 'lookUpPod':
        this.#follow(this.#lookUpPod(action.leaseId, action.podName));
        break;
      case 'deletePod':
        this.#follow(this.#deletePod(action));
        break;
      default:
        action satisfies never;
    }
  }

  #send(message: AgentMessage): void {
    if (message.kind === 'leaseUpdate') {
      const { leaseId, state, outcome, reason, message: words } = message;
      this.#log.info({ leaseId, state, outcome, reason, words }, 'lease reported');
    }
    this.#session?.send(message);
  }

  async #createPod(offer: Offer): Promise<void> {
    const answer = await this.#kube.createPod(offer, this.#nodeUid, this.#life.signal);
    const { leaseId, podName } = offer;
    if (answer.kind === 'created') this.#log.info({ leaseId, pod: podName }, 'pull pod created');
    else this.#log.warn({ leaseId, pod: podName, answer }, 'pull pod not created');
    this.#apply({ kind: 'createAnswered', leaseId, answer });
  }

  async #lookUpPod(leaseId: string, podName: string): Promise<void> {
    const answer = await this.#kube.lookUpPod(podName, this.#life.signal);
    this.#apply({ kind: 'lookUpAnswered', leaseId, answer });
  }

  async #deletePod({ podName, podUid, force }: DeletePod): Promise<void> {
    const answer = await this.#kube.deletePod({ podName, podUid, force }, this.#life.signal);
    this.#log.info({ pod: podName, force, answer }, 'pull pod deletion requested');
    this.#apply({ kind: 'deleteAnswered', podUid, answer });
  }

  /** Requests end with the agent; any other error is a fault of ours and ends the agent. */
  #follow(request: Promise<void>): void {
    request.catch((error: unknown) => this.#life.abort(error));
  }
}
