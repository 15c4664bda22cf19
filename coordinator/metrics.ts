// Every metric of the coordinator, in one place. Labels are closed lists or the names of limits, never a node, an image or
// a lease. Gauges of the core are read when Prometheus asks.

import { Counter, Gauge, type Registry } from 'prom-client';
import { openRegistry } from '../shared/metrics.ts';
import { addBreakerGauges } from './breaker-metrics.ts';
import {
  type BreakerView,
  type ImageView,
  type LeaseView,
  type LimitView,
  livePhases,
  type NodeView,
} from './core/views.ts';

/** What the gauges read. */
export interface Views {
  leases(): Iterable<LeaseView>;
  nodes(): Iterable<NodeView>;
  images(): Iterable<ImageView>;
  limits(): Iterable<LimitView>;
  breakers(): Iterable<BreakerView>;
}

export interface CoordinatorMetrics {
  readonly registry: Registry;
  readonly offers: Counter;
  readonly pulls: Counter<'outcome' | 'reason'>;
  readonly sessionsEnded: Counter<'code'>;
  readonly callsRefused: Counter<'service' | 'reason'>;
  readonly statusWrites: Counter<'result'>;
  readonly kubeRequests: Counter<'verb' | 'code'>;
  readonly transitions: Counter<'to'>;
}

/** Undefined while this coordinator does not lead. */
export type ReignViews = () => (Views & { readonly epoch: number }) | undefined;

export function openCoordinatorMetrics(views: ReignViews): CoordinatorMetrics {
  const registry = openRegistry();
  const registers = [registry];
  addGauges(registry, views);
  addBreakerGauges(registry, () => views()?.breakers() ?? []);
  addLeadershipGauges(registry, views);
  return {
    registry,
    transitions: new Counter({
      name: 'forehold_coordinator_transitions_total',
      help: 'Times that this coordinator began to lead or ceased to.',
      labelNames: ['to'],
      registers,
    }),
    offers: new Counter({
      name: 'forehold_offers_total',
      help: 'Leases offered to agents.',
      registers,
    }),
    pulls: new Counter({
      name: 'forehold_pulls_total',
      help: 'Leases that are live no more, by outcome and reason.',
      labelNames: ['outcome', 'reason'],
      registers,
    }),
    sessionsEnded: new Counter({
      name: 'forehold_sessions_ended_total',
      help: 'Sessions of agents that ended, by gRPC status.',
      labelNames: ['code'],
      registers,
    }),
    callsRefused: new Counter({
      name: 'forehold_calls_refused_total',
      help: 'Sessions and inspector calls refused by their tokens, rotated tokens included, by reason.',
      labelNames: ['service', 'reason'],
      registers,
    }),
    statusWrites: new Counter({
      name: 'forehold_status_writes_total',
      help: 'Attempts to write the status of a CachedImage or a PullPolicy, by result.',
      labelNames: ['result'],
      registers,
    }),
    kubeRequests: new Counter({
      name: 'forehold_kube_requests_total',
      help: 'Requests to the API server, by HTTP method (watch apart) and status; 0 means no answer.',
      labelNames: ['verb', 'code'],
      registers,
    }),
  };
}

function addLeadershipGauges(registry: Registry, views: ReignViews): void {
  const registers = [registry];
  new Gauge({
    name: 'forehold_coordinator_leader',
    help: '1 while this coordinator leads, 0 while it stands by.',
    registers,
    collect() {
      this.set(views() === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'forehold_coordinator_epoch',
    help: 'Epoch of this coordinator while it leads, 0 while it stands by.',
    registers,
    collect() {
      this.set(views()?.epoch ?? 0);
    },
  });
}

function addGauges(registry: Registry, views: () => Views | undefined): void {
  const registers = [registry];
  new Gauge({
    name: 'forehold_leases',
    help: 'Live leases by phase.',
    labelNames: ['phase'],
    registers,
    collect() {
      this.reset();
      for (const phase of livePhases) this.set({ phase }, 0);
      for (const { phase } of views()?.leases() ?? [])
        if (livePhases.includes(phase)) this.inc({ phase });
    },
  });
  new Gauge({
    name: 'forehold_limit_slots',
    help: 'Slots of one scope of a limit.',
    labelNames: ['limit'],
    registers,
    collect() {
      this.reset();
      for (const { name, slots } of views()?.limits() ?? []) this.set({ limit: name }, slots);
    },
  });
  new Gauge({
    name: 'forehold_limit_in_use',
    help: 'Live leases in the fullest scope of a limit.',
    labelNames: ['limit'],
    registers,
    collect() {
      this.reset();
      for (const { name, inUse } of views()?.limits() ?? []) this.set({ limit: name }, inUse);
    },
  });
  addNodeGauges(registry, views);
  addImageGauges(registry, views);
}

function addNodeGauges(registry: Registry, views: () => Views | undefined): void {
  const registers = [registry];
  const count = (counts: (node: NodeView) => boolean): number =>
    [...(views()?.nodes() ?? [])].filter(counts).length;
  new Gauge({
    name: 'forehold_nodes',
    help: 'Nodes of the cluster.',
    registers,
    collect() {
      this.set(count(() => true));
    },
  });
  new Gauge({
    name: 'forehold_sessions',
    help: 'Nodes whose agent has a session and told its whole inventory.',
    registers,
    collect() {
      this.set(count((node) => node.connected));
    },
  });
  new Gauge({
    name: 'forehold_warm_nodes',
    help: 'Nodes that have all images desired on them.',
    registers,
    collect() {
      this.set(count((node) => node.warm));
    },
  });
}

function addImageGauges(registry: Registry, views: () => Views | undefined): void {
  const registers = [registry];
  const sum = (figure: (image: ImageView) => number): number =>
    [...(views()?.images() ?? [])].reduce((total, image) => total + figure(image), 0);
  new Gauge({
    name: 'forehold_desired_images',
    help: 'Images that at least one CachedImage wants.',
    registers,
    collect() {
      this.set(sum(() => 1));
    },
  });
  new Gauge({
    name: 'forehold_desired_pairs',
    help: 'Desired images times their target nodes.',
    registers,
    collect() {
      this.set(sum((image) => image.nodesTargeted));
    },
  });
  new Gauge({
    name: 'forehold_warm_pairs',
    help: 'Desired pairs whose node is known to have the image.',
    registers,
    collect() {
      this.set(sum((image) => image.nodesReady));
    },
  });
  new Gauge({
    name: 'forehold_failed_pairs',
    help: 'Desired pairs whose last pull failed.',
    registers,
    collect() {
      this.set(sum((image) => image.nodesFailed));
    },
  });
}
