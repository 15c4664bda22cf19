// The embedded cluster: an API server over HTTP, a registry and N nodes with their kubelets, in this process, on a clock
// of the caller's. A newcomer's first command runs on it, and so do tests, which also reach behind the API: into the
// registry, into a node, into the record of what the kubelets really did.

import type { Clock } from '../shared/clock.ts';
import { defaultPullNamespace } from '../shared/names.ts';
import { createAccounts } from './accounts.ts';
import { ApiServer, type ListenOptions } from './api-server/api-server.ts';
import { readChartKinds } from './api-server/chart-kinds.ts';
import type { ApiRequest, ApiResponse } from './api-server/message.ts';
import { OwnerGc } from './api-server/owner-gc.ts';
import type { RequestRecord } from './api-server/record.ts';
import { EventBook } from './kubelet/event-book.ts';
import { defaultReportIntervals, type ReportIntervals } from './kubelet/image-reporter.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import { defaultNodeGraceMs, NodeController } from './kubelet/node-controller.ts';
import type { NodeIdentity } from './kubelet/node-object.ts';
import { defaultPullSpeed, type PullSpeed } from './kubelet/pull-speed.ts';
import { PullRecord } from './kubelet/record.ts';
import { Registry } from './registry/registry.ts';
import { Store } from './store.ts';

export interface EmbeddedClusterOptions {
  readonly clock: Clock;
  /** The same seed gives the same uids, sizes, pull times and latencies. */
  readonly seed: number;
  /** Nodes that are there and Ready from the start: node-01 … */
  readonly nodes: number;
  readonly speed?: PullSpeed;
  /** 1 unless given: kubelets pull one image after the other. */
  readonly maxParallelPulls?: number;
  readonly maxPods?: number;
  /** Size of each node's image file system; never full unless given. */
  readonly diskBytes?: number;
  readonly reportIntervals?: ReportIntervals;
  readonly nodeGraceMs?: number;
  readonly pullNamespace?: string;
  /** Namespace of the coordinator; `forehold-system` unless given. */
  readonly systemNamespace?: string;
  /** Events that watches can go back to. */
  readonly maxHistory?: number;
}

/** What a node may differ in from the others. */
export interface NodeOptions {
  /** The next `node-N` unless given; of a node that is no more, as when a machine is replaced. */
  readonly name?: string;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly architecture?: string;
  readonly maxPods?: number;
  readonly diskBytes?: number;
  readonly speed?: PullSpeed;
  /** Whence it pulls, the cluster's unless given: some nodes have a mirror of their own. */
  readonly registry?: Registry;
  /** Ready from the start; unless given it joins as a new machine does, NotReady and tainted for its first second. */
  readonly ready?: boolean;
}

const defaultSystemNamespace = 'forehold-system';

const zones = ['z1', 'z2', 'z3'] as const;
const defaultMaxPods = 110;
const cordonTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

export class EmbeddedCluster {
  readonly store: Store;
  readonly registry: Registry;
  /** What the kubelets really did. */
  readonly record: PullRecord;
  readonly pullNamespace: string;
  readonly systemNamespace: string;
  readonly #options: EmbeddedClusterOptions;
  readonly #apiServer: ApiServer;
  readonly #nodeController: NodeController;
  readonly #ownerGc: OwnerGc;
  readonly #events: EventBook;
  readonly #kubelets = new Map<string, Kubelet>();
  #stopRecord: () => void = () => {};
  /** Nodes ever made, which numbers them and spreads them over the zones. */
  #nodesMade = 0;
  #speed: PullSpeed;
  #started = false;

  constructor(options: EmbeddedClusterOptions) {
    const { clock, seed, maxHistory } = options;
    this.#options = options;
    this.#speed = options.speed ?? defaultPullSpeed;
    this.pullNamespace = options.pullNamespace ?? defaultPullNamespace;
    this.systemNamespace = options.systemNamespace ?? defaultSystemNamespace;
    this.store = new Store({ clock, seed, ...(maxHistory === undefined ? {} : { maxHistory }) });
    this.registry = new Registry({ seed });
    this.record = new PullRecord(clock, this.pullNamespace);
    this.#events = new EventBook(clock, this.store);
    this.#apiServer = new ApiServer({
      store: this.store,
      clock,
      seed,
      pullNamespace: this.pullNamespace,
      customKinds: readChartKinds(),
    });
    this.#ownerGc = new OwnerGc({ store: this.store, clock });
    this.#nodeController = new NodeController({
      clock,
      store: this.store,
      nodeGraceMs: options.nodeGraceMs ?? defaultNodeGraceMs,
    });
  }

  /** What the API server was asked, by whom. */
  get requests(): RequestRecord {
    return this.#apiServer.record;
  }

  /** Makes namespaces and nodes, and listens; returns the API server's URL. Idempotent. */
  async start(listen: ListenOptions = {}): Promise<{ readonly url: string }> {
    this.populate();
    return { url: await this.#apiServer.start(listen) };
  }

  /** As `start`, without a socket: for those who talk to the store. Idempotent. */
  populate(): void {
    if (this.#started) return;
    this.#started = true;
    for (const name of ['default', 'kube-system', this.pullNamespace, this.systemNamespace]) {
      if (this.store.find('namespaces', { name }) === undefined) {
        this.store.create('namespaces', { metadata: { name } });
      }
    }
    createAccounts(this.store, this);
    this.#stopRecord = this.record.follow(this.store);
    this.#nodeController.start();
    this.#ownerGc.start();
    for (let made = 0; made < this.#options.nodes; made += 1) this.addNode({ ready: true });
  }

  /** A request as the API server gets it, without a socket. */
  dispatch(request: ApiRequest): ApiResponse {
    return this.#apiServer.dispatch(request);
  }

  /** Ends connections and kubelets; record and store can still be read. Idempotent. */
  async stop(): Promise<void> {
    for (const kubelet of this.#kubelets.values()) kubelet.stop();
    this.#nodeController.stop();
    this.#ownerGc.stop();
    this.#stopRecord();
    await this.#apiServer.stop();
  }

  nodeNames(): readonly string[] {
    return [...this.#kubelets.keys()];
  }

  /** The node's kubelet, to do to it what may happen to one: setReady, disconnect, freeze, restart, removeImage … */
  node(name: string): Kubelet {
    const kubelet = this.#kubelets.get(name);
    if (kubelet === undefined) throw new Error(`cannot find node ${name}: there is none`);
    return kubelet;
  }

  /** Adds a machine and returns its node's name. */
  addNode(options: NodeOptions = {}): string {
    const { clock, seed, maxParallelPulls, reportIntervals } = this.#options;
    const identity = this.#identify(options);
    const kubelet = new Kubelet({
      clock,
      seed,
      store: this.store,
      registry: options.registry ?? this.registry,
      record: this.record,
      events: this.#events,
      identity,
      speed: options.speed ?? this.#speed,
      maxParallelPulls: maxParallelPulls ?? 1,
      diskBytes: options.diskBytes ?? this.#options.diskBytes ?? Number.POSITIVE_INFINITY,
      reportIntervals: reportIntervals ?? defaultReportIntervals,
    });
    this.#kubelets.set(identity.name, kubelet);
    kubelet.start(options.ready !== true);
    return identity.name;
  }

  /** The machine is destroyed and its Node object deleted, as an autoscaler does; its pods are collected later. */
  removeNode(name: string): void {
    this.node(name).stop();
    this.#kubelets.delete(name);
    this.#nodeController.heard(name);
    if (this.store.find('nodes', { name }) !== undefined) this.store.remove('nodes', { name });
  }

  /** Power off: bytes stop, the node turns NotReady after its grace. `powerOn` brings it back with its images. */
  powerOff(name: string): void {
    this.node(name).stop();
    this.#nodeController.silent(name);
  }

  powerOn(name: string): void {
    this.node(name).restart(0);
    this.#nodeController.heard(name);
  }

  /** As `kubectl cordon` does, with the taint that the control plane then sets. */
  cordon(name: string): void {
    this.store.modify('nodes', { name }, (node) => {
      const { taints = [], ...spec } = node.spec ?? {};
      const others = taints.filter(({ key }) => key !== cordonTaint.key);
      return { ...node, spec: { ...spec, unschedulable: true, taints: [...others, cordonTaint] } };
    });
  }

  uncordon(name: string): void {
    this.store.modify('nodes', { name }, (node) => {
      const { taints = [], unschedulable: _, ...spec } = node.spec ?? {};
      const others = taints.filter(({ key }) => key !== cordonTaint.key);
      return { ...node, spec: { ...spec, taints: others } };
    });
  }

  /** As `kubectl drain` does: cordons the node and asks every pod on it to go, with the pod's own grace. */
  drain(name: string): void {
    this.cordon(name);
    for (const { metadata } of this.store.list('pods', { nodeName: name }))
      this.store.remove('pods', metadata);
  }

  /** The kubelet loses the API server: pulls go on, the node turns NotReady after its grace. */
  disconnect(name: string): void {
    this.node(name).disconnect();
    this.#nodeController.silent(name);
  }

  connect(name: string): void {
    this.#nodeController.heard(name);
    this.node(name).connect();
  }

  /** Kubelet and runtime stand still: pulls too, the node turns NotReady after its grace. */
  freeze(name: string): void {
    this.node(name).freeze();
    this.#nodeController.silent(name);
  }

  thaw(name: string): void {
    this.#nodeController.heard(name);
    this.node(name).thaw();
  }

  /** Of all nodes from now on, for the rest of pulls under way as well. */
  setSpeed(speed: PullSpeed): void {
    this.#speed = speed;
    for (const kubelet of this.#kubelets.values()) kubelet.setSpeed(speed);
  }

  #identify(options: NodeOptions): NodeIdentity {
    this.#nodesMade += 1;
    const number = this.#nodesMade;
    const digits = Math.max(2, String(this.#options.nodes).length);
    return {
      name: options.name ?? `node-${String(number).padStart(digits, '0')}`,
      zone: options.zone ?? zones[(number - 1) % zones.length] ?? zones[0],
      labels: options.labels ?? {},
      os: 'linux',
      architecture: options.architecture ?? 'amd64',
      maxPods: options.maxPods ?? this.#options.maxPods ?? defaultMaxPods,
      hostIp: `10.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`,
    };
  }
}
