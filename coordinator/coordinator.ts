// The coordinator of one cluster: starts its parts in order, carries events to the core and effects to the parts, and ends
// them. The order of the start is the safety of it: nothing is offered before the epoch is written (design, I7); what
// the core waits for beyond that, it knows itself.

import type { Registry } from 'prom-client';
import type { Clock } from '../shared/clock.ts';
import type { HostPort } from '../shared/env.ts';
import { startHttpServer } from '../shared/http-server.ts';
import type { KubeClient } from '../shared/kube-client.ts';
import type { Log } from '../shared/log.ts';
import { StatusError } from '../shared/rpc.ts';
import type { Event } from './core/events.ts';
import type { Limit } from './core/limits.ts';
import type { ImageView, LeaseView, LimitView, NodeView } from './core/views.ts';
import { raiseEpoch } from './epoch.ts';
import { openInspector } from './inspector/inspector.ts';
import { LeaseFeed } from './inspector/lease-feed.ts';
import { countRequests } from './kube/count-requests.ts';
import { runReflectors } from './kube/reflectors.ts';
import { followLimitsFile } from './limits-file.ts';
import { openCoordinatorMetrics } from './metrics.ts';
import { openPauseKeeper } from './pauses/pause-keeper.ts';
import { Reign, type ReignOptions } from './reign.ts';
import { type GrpcServer, startGrpcServer } from './server.ts';
import { openAgentStream, type SessionCall } from './session/transport.ts';

export interface CoordinatorOptions {
  readonly kube: KubeClient;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** Of the pull pods. */
  readonly pullNamespace: string;
  /** Of the coordination Lease that keeps the epoch. */
  readonly leaseNamespace: string;
  /** Who this is, for those who read that Lease. */
  readonly identity?: string;
  readonly grpc: HostPort;
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
  readonly #metrics = openCoordinatorMetrics(() => this.#reign?.core);
  readonly #kube: KubeClient;
  readonly #feed = new LeaseFeed();
  readonly #listening = Promise.withResolvers<ListeningPorts>();
  /** Aborted with the error of which the coordinator dies. */
  readonly #fault = new AbortController();
  #reign: Reign | undefined;
  #running: Promise<void> | undefined;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#kube = countRequests(options.kube, this.#metrics);
    // Who does not wait for it learns of a failed start from run.
    this.#listening.promise.catch(() => undefined);
  }

  /** Resolves once agents can open sessions; rejects when the start fails. */
  get listening(): Promise<ListeningPorts> {
    return this.#listening.promise;
  }

  get registry(): Registry {
    return this.#metrics.registry;
  }

  /** Live leases and the last 1,000 ended ones; nothing before the start, as all views. */
  leases(): Iterable<LeaseView> {
    return this.#reign?.core.leases() ?? [];
  }

  nodes(): Iterable<NodeView> {
    return this.#reign?.core.nodes() ?? [];
  }

  images(): Iterable<ImageView> {
    return this.#reign?.core.images() ?? [];
  }

  limits(): Iterable<LimitView> {
    return this.#reign?.core.limits() ?? [];
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
      // Whatever still runs when one part has failed.
      this.#fault.abort(new Error('the coordinator has ended'));
      await Promise.all(stops.map((stop) => stop()));
    }
  }

  /** Ends only by throwing; how to end what it started is put into `stops`. */
  async #serve(signal: AbortSignal, stops: Stop[]): Promise<never> {
    const { log, http, leaseNamespace: namespace } = this.#options;
    const grpcServer = await this.#startGrpc(stops);
    const httpServer = await startHttpServer({
      ...http,
      metrics: () => this.#metrics.registry.metrics(),
      notReady: () =>
        this.#reign === undefined ? 'the epoch is not written' : this.#reign.missing,
      log,
    });
    stops.push(() => httpServer.stop());
    const { identity = 'forehold-coordinator' } = this.#options;
    const epochOptions = { ...this.#options, kube: this.#kube, namespace, identity };
    const { epoch, isFirst } = await raiseEpoch(epochOptions, signal);
    log.info({ epoch, isFirst }, 'epoch raised');
    const pauses = await openPauseKeeper({ ...epochOptions, epoch }, signal);
    const reign = this.#begin({ epoch, isFirstEpoch: isFirst, pauses }, signal);
    const grpcPort = grpcServer.port;
    this.#listening.resolve({ grpcPort, httpPort: httpServer.port });
    log.info({ grpcPort, httpPort: httpServer.port }, 'coordinator started');
    await this.#follow(reign, grpcServer, signal);
    throw signal.reason;
  }

  async #startGrpc(stops: Stop[]): Promise<GrpcServer> {
    const { clock, log, grpc } = this.#options;
    const watches = new AbortController();
    const inspector = openInspector({
      views: () => {
        if (this.#reign === undefined) throw starting();
        return this.#reign.core;
      },
      actions: () => {
        if (this.#reign === undefined) throw starting();
        return this.#reign;
      },
      identify: () => '',
      feed: this.#feed,
      clock,
      log,
      signal: watches.signal,
    });
    const onSession = (call: SessionCall): void => {
      const stream = openAgentStream(call, clock);
      if (this.#reign === undefined) stream.end(starting());
      else void this.#reign.sessions.serve(stream);
    };
    const server = await startGrpcServer({
      ...grpc,
      tls: false,
      log,
      onEnded: () => undefined,
      onSession,
      inspector,
    });
    stops.push(() => {
      this.#reign?.stop();
      watches.abort(new StatusError('UNAVAILABLE', 'the coordinator is stopping'));
      return server.stop();
    });
    return server;
  }

  #begin(
    from: Pick<ReignOptions, 'epoch' | 'isFirstEpoch' | 'pauses'>,
    signal: AbortSignal,
  ): Reign {
    const reign = new Reign({
      ...this.#options,
      ...from,
      kube: this.#kube,
      metrics: this.#metrics,
      feed: this.#feed,
      signal,
      onFault: (error) => this.#fault.abort(error),
    });
    reign.post({ kind: 'limitsConfigured', limits: this.#options.limits });
    this.#reign = reign;
    return reign;
  }

  /** Resolves when the signal aborts. */
  async #follow(reign: Reign, grpcServer: GrpcServer, signal: AbortSignal): Promise<void> {
    const { limitsFile: path, limits, clock, log } = this.#options;
    const onLimits = (changed: readonly Limit[]): void =>
      reign.post({ kind: 'limitsConfigured', limits: changed });
    let isServing = false;
    const onEvent = (event: Event): void => {
      reign.post(event);
      if (isServing || reign.missing !== undefined) return;
      isServing = true;
      grpcServer.setServing(true);
      log.info('all lists are in');
    };
    await Promise.all([
      runReflectors({ ...this.#options, kube: this.#kube, onEvent }, signal),
      path === undefined
        ? undefined
        : followLimitsFile({ path, limits, clock, log, onLimits }, signal),
    ]);
  }
}

type Stop = () => void | Promise<void>;

function starting(): StatusError {
  return new StatusError('UNAVAILABLE', 'the coordinator is starting');
}
