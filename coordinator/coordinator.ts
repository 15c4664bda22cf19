// The coordinator as a server: one of several replicas with its gRPC and HTTP sides, started in order and ended together.
// Only the replica that leads has anything to show; the others say who does.

import type { Metadata, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import type { Clock } from '../shared/clock.ts';
import { formatHostPort, type HostPort } from '../shared/env.ts';
import type { InspectorServiceHandlers } from '../shared/gen/forehold/v1/InspectorService.ts';
import { startHttpServer } from '../shared/http-server.ts';
import type { KubeClient } from '../shared/kube-client.ts';
import type { Log } from '../shared/log.ts';
import { loadContract } from '../shared/proto.ts';
import { StatusError } from '../shared/rpc.ts';
import { type Channel, openChannel } from './channel.ts';
import type { TlsSettings } from './channel-config.ts';
import type { Limit } from './core/limits.ts';
import type { BreakerView, ImageView, LeaseView, LimitView, NodeView } from './core/views.ts';
import { type Identity, openIdentity } from './identity/identity.ts';
import { guardService } from './inspector/guard.ts';
import { openInspector } from './inspector/inspector.ts';
import { LeaseFeed } from './inspector/lease-feed.ts';
import { countRequests } from './kube/count-requests.ts';
import { openCoordinatorMetrics } from './metrics.ts';
import type { Reign } from './reign.ts';
import { Replica } from './replica.ts';
import { openAgentStream, type SessionCall } from './session/transport.ts';

export interface CoordinatorOptions {
  readonly kube: KubeClient;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** Of the pull pods. */
  readonly pullNamespace: string;
  /** Events of that namespace may be read, to say why a pod got no sandbox; not unless said otherwise. */
  readonly readsEvents?: boolean;
  /** Of the coordination Lease that says who leads. */
  readonly leaseNamespace: string;
  /** Who this is, for those who read that Lease. */
  readonly identity?: string;
  /** HOST:PORT at which agents reach this one; where gRPC listens unless given. */
  readonly advertisedAddress?: string | undefined;
  /** How callers prove who they are; undefined when everybody is believed (loopback only). */
  readonly authentication?: { readonly agentServiceAccount: string } | undefined;
  readonly grpc: HostPort;
  /** Off unless given; the host of `grpc` must be a loopback address then. */
  readonly tls?: TlsSettings;
  readonly http: HostPort;
  /** In place of or beside the built-in ones. */
  readonly limits: readonly Limit[];
  /** Where `limits` came from; read again while the coordinator runs. */
  readonly limitsFile?: string | undefined;
}

export interface ListeningPorts {
  readonly grpcPort: number;
  readonly httpPort: number;
}

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #metrics = openCoordinatorMetrics(() => this.#replica?.reign?.core);
  readonly #feed = new LeaseFeed();
  readonly #listening = Promise.withResolvers<ListeningPorts>();
  /** Aborted with the error of which the coordinator dies. */
  readonly #fault = new AbortController();
  readonly #kube: KubeClient;
  readonly #identity: Identity | undefined;
  /** Who makes the calls under way. */
  readonly #users = new WeakMap<Metadata, string>();
  #replica: Replica | undefined;
  #running: Promise<void> | undefined;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#kube = countRequests(options.kube, this.#metrics);
    if (options.authentication !== undefined)
      this.#identity = openIdentity({
        ...options,
        ...options.authentication,
        kube: this.#kube,
        metrics: this.#metrics,
      });
    // Who does not wait for it learns of a failed start from run.
    this.#listening.promise.catch(() => undefined);
  }

  /** Resolves once it leads or has seen that another one does; rejects when the start fails. */
  get listening(): Promise<ListeningPorts> {
    return this.#listening.promise;
  }

  get registry(): Registry {
    return this.#metrics.registry;
  }

  /** Live leases and the last 1,000 ended ones; nothing while it does not lead, as all views. */
  leases(): Iterable<LeaseView> {
    return this.#replica?.reign?.core.leases() ?? [];
  }

  nodes(): Iterable<NodeView> {
    return this.#replica?.reign?.core.nodes() ?? [];
  }

  images(): Iterable<ImageView> {
    return this.#replica?.reign?.core.images() ?? [];
  }

  limits(): Iterable<LimitView> {
    return this.#replica?.reign?.core.limits() ?? [];
  }

  breakers(): Iterable<BreakerView> {
    return this.#replica?.reign?.core.breakers() ?? [];
  }

  /**
   * Resolves when the signal aborts and everything has ended; a second call waits for the first.
   * @throws Error when the start fails, or when the core does.
   */
  run(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run(signal);
    return this.#running;
  }

  async #run(outer: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([outer, this.#fault.signal]);
    const stops: Stop[] = [];
    try {
      await this.#serve(signal, stops);
    } catch (error) {
      this.#listening.reject(error);
      if (!outer.aborted) throw error;
    } finally {
      await Promise.all(stops.map((stop) => stop()));
    }
  }

  /** Ends only by throwing; how to end what it started is put into `stops`. */
  async #serve(signal: AbortSignal, stops: Stop[]): Promise<never> {
    const { log, http, grpc } = this.#options;
    const channel = await this.#openChannel(signal, stops);
    const httpServer = await startHttpServer({
      ...http,
      metrics: () => this.#metrics.registry.metrics(),
      notReady: () =>
        channel.missing ??
        (this.#replica === undefined ? 'it is starting' : this.#replica.notReady),
      log,
    });
    stops.push(() => httpServer.stop());
    const ports = { grpcPort: channel.port, httpPort: httpServer.port };
    const replica = this.#openReplica(formatHostPort(grpc.host, channel.port), channel);
    this.#replica = replica;
    void replica.settled.then(() => {
      this.#listening.resolve(ports);
      log.info(ports, 'coordinator started');
    });
    return replica.run(signal);
  }

  async #openChannel(signal: AbortSignal, stops: Stop[]): Promise<Channel> {
    const { clock, log, grpc, leaseNamespace, tls = { kind: 'off' } } = this.#options;
    const watches = new AbortController();
    const inspector = openInspector({
      views: () => this.#requireReign().core,
      actions: () => this.#requireReign(),
      identify: ({ metadata }) => this.#users.get(metadata) ?? '',
      feed: this.#feed,
      clock,
      log,
      signal: watches.signal,
    });
    const onSession = (call: SessionCall): void => {
      const stream = openAgentStream(call, clock);
      const reign = this.#replica?.reign;
      if (reign === undefined) stream.end(this.#refuse());
      else void reign.sessions.serve(stream);
    };
    const channel = await openChannel({
      ...this.#options,
      ...grpc,
      tls,
      kube: this.#kube,
      namespace: leaseNamespace,
      registry: this.#metrics.registry,
      onSession,
      inspector: this.#guard(inspector),
      signal,
      onFault: (error) => this.#fault.abort(error),
    });
    stops.push(() => {
      watches.abort(new StatusError('UNAVAILABLE', 'the coordinator is stopping'));
      return channel.stop();
    });
    return channel;
  }

  #guard(handlers: InspectorServiceHandlers): UntypedServiceImplementation {
    if (this.#identity === undefined) return handlers;
    const { service } = loadContract().InspectorService;
    const { callers: gate } = this.#identity;
    const { clock } = this.#options;
    return guardService({ service, handlers, gate, clock, users: this.#users });
  }

  #openReplica(address: string, channel: Channel): Replica {
    const { identity = 'forehold-coordinator', advertisedAddress = address } = this.#options;
    const replica: Replica = new Replica({
      ...this.#options,
      kube: this.#kube,
      self: { identity, address: advertisedAddress },
      metrics: this.#metrics,
      feed: this.#feed,
      gate: this.#identity?.agents,
      onFault: (error) => this.#fault.abort(error),
      onChange: () =>
        channel.setServing({
          isReady: replica.notReady === undefined,
          isLeading: replica.reign !== undefined && replica.reign.missing === undefined,
        }),
    });
    return replica;
  }

  /** @throws StatusError that says who leads. */
  #requireReign(): Reign {
    const reign = this.#replica?.reign;
    if (reign === undefined) throw this.#refuse();
    return reign;
  }

  #refuse(): StatusError {
    return this.#replica?.refuse() ?? new StatusError('UNAVAILABLE', 'the coordinator is starting');
  }
}

type Stop = () => void | Promise<void>;
