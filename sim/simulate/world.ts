// The simulated world of one seed: the embedded cluster, two coordinators, an agent on every node, and what faults may do
// to them. Every program in it is the real one; clocks, sockets and random numbers are the world's.

import type { Pod } from '../../shared/kube-types.ts';
import { EmbeddedCluster } from '../embedded-cluster.ts';
import { hasEnded } from '../pod-phase.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { coordinatorAddresses } from './addresses.ts';
import { AgentProcess } from './agent-process.ts';
import { CoordinatorProcess } from './coordinator-process.ts';
import { Draw } from './draw.ts';
import type { AnswerLoss, Interference, KubeLink } from './kube-link.ts';
import { LimitsFile } from './limits-file.ts';
import { Machines } from './machines.ts';
import type { Life, ProcessGround } from './process.ts';
import { SessionNetwork } from './session-network.ts';
import { Trace } from './trace.ts';
import { Wishes } from './wishes.ts';

export interface WorldOptions {
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly nodes: number;
  readonly images: number;
}

const bytesPerSecond = 100_000_000;
const maxPods = 4;

export class World {
  readonly clock: VirtualClock;
  readonly draw: Draw;
  readonly trace: Trace;
  readonly cluster: EmbeddedCluster;
  readonly wishes: Wishes;
  readonly limits: LimitsFile;
  readonly machines: Machines;
  readonly sessions: SessionNetwork;
  readonly coordinators: readonly CoordinatorProcess[];
  /** By node name. */
  readonly agents = new Map<string, AgentProcess>();
  /** Nodes and registries that a fault holds: two faults on one would mend each other. */
  readonly heldNodes = new Set<string>();
  readonly heldRegistries = new Set<string>();
  readonly interferences = new Set<Interference>();
  /** Programs that ended by themselves. */
  readonly defects: { readonly name: string; readonly error: unknown }[] = [];
  readonly #losses = new Set<AnswerLoss>();
  readonly #ground: ProcessGround;
  /** Nodes whose machine is off. */
  readonly #dark = new Set<string>();
  #refusing = false;

  constructor({ clock, seed, nodes, images }: WorldOptions) {
    this.clock = clock;
    this.draw = new Draw(seed);
    this.trace = new Trace(clock);
    this.cluster = new EmbeddedCluster({
      clock,
      seed,
      nodes,
      maxPods,
      speed: { kind: 'bandwidth', bytesPerSecond },
    });
    const { store, registry } = this.cluster;
    this.wishes = new Wishes({ store, registry, draw: this.draw, images });
    this.limits = new LimitsFile(this.draw);
    this.machines = new Machines(this.cluster, bytesPerSecond);
    this.sessions = new SessionNetwork({ clock, random: this.draw.random });
    this.#ground = {
      seed,
      clock,
      interferences: this.interferences,
      losses: this.#losses,
      dispatch: (request) => this.cluster.dispatch(request),
      isRefusing: () => this.#refusing,
      onFault: (name, error) => this.defects.push({ name, error }),
    };
    this.coordinators = coordinatorAddresses.map(
      (address, index) =>
        new CoordinatorProcess({
          name: `coordinator-${index + 1}`,
          address,
          ground: this.#ground,
          cluster: this.cluster,
          sessions: this.sessions,
          limits: this.limits,
        }),
    );
  }

  start(): void {
    this.cluster.populate();
    this.wishes.populate();
    for (const one of this.coordinators) one.start();
    for (const name of this.nodeNames()) {
      this.machines.setLabel(name, 'pool', 'a');
      this.#startAgent(name);
    }
  }

  /** Everything ends at once. */
  async stop(): Promise<void> {
    for (const one of [...this.coordinators, ...this.agents.values()]) one.kill();
    await this.cluster.stop();
  }

  nodeNames(): readonly string[] {
    return this.cluster.nodeNames();
  }

  /** Nodes with a pull pod that has not ended. */
  busyNodes(): ReadonlySet<string> {
    return new Set(this.livePods().map((pod) => pod.spec.nodeName ?? ''));
  }

  livePods(): readonly Pod[] {
    const { store, pullNamespace: namespace } = this.cluster;
    return store.list('pods', { namespace }).filter((pod) => !hasEnded(pod));
  }

  liveLeases(): number {
    return this.cluster.record.livePods();
  }

  addNode(name?: string): void {
    const made = this.cluster.addNode(name === undefined ? {} : { name });
    this.machines.setLabel(made, 'pool', 'a');
    this.#startAgent(made);
  }

  removeNode(name: string): void {
    this.agents.get(name)?.kill('silently');
    this.agents.delete(name);
    this.cluster.removeNode(name);
  }

  powerOff(name: string): void {
    this.#dark.add(name);
    this.agents.get(name)?.kill('silently');
    this.cluster.powerOff(name);
  }

  powerOn(name: string): void {
    this.#dark.delete(name);
    this.cluster.powerOn(name);
    this.agents.get(name)?.start();
  }

  /** Starts an agent again, unless its machine is off, or gone with another one in its place. */
  restartAgent(agent: AgentProcess): void {
    if (this.agents.get(agent.node) === agent && !this.#dark.has(agent.node)) agent.start();
  }

  /** Nobody can learn anything of this node now: its kubelet, its agent or the API server is away or does not listen. */
  isHidden(name: string): boolean {
    return this.heldNodes.has(name) || this.seeingAgent(name) === undefined;
  }

  /** The present life of the node's agent; undefined while there is none or it learns nothing of the API server. */
  seeingAgent(name: string): Life | undefined {
    const life = this.runningAgent(name);
    if (this.#refusing || life === undefined) return undefined;
    const isBlind = life.clock.isPaused || life.link.isCut || life.link.isLosingWatches;
    return isBlind ? undefined : life;
  }

  /** The present life of the node's agent; undefined while there is none. */
  runningAgent(name: string): Life | undefined {
    return this.agents.get(name)?.life;
  }

  /** Another agent of the same node, beside the first one. */
  startTwin({ node }: AgentProcess): AgentProcess {
    const twin = this.#makeAgent(node, `twin-${node}`);
    twin.start();
    return twin;
  }

  allLinks(): readonly KubeLink[] {
    return [...this.coordinators, ...this.agents.values()].flatMap(({ life }) =>
      life === undefined ? [] : [life.link],
    );
  }

  /** Connections that are opened from now on are refused as well, or not any more. */
  refuseNewLinks(refusing: boolean): void {
    this.#refusing = refusing;
  }

  /** Returns the end of it. */
  loseAnswers(loss: AnswerLoss): () => void {
    this.#losses.add(loss);
    return () => this.#losses.delete(loss);
  }

  #startAgent(node: string): void {
    const agent = this.#makeAgent(node, `agent-${node}`);
    this.agents.set(node, agent);
    agent.start();
  }

  #makeAgent(node: string, name: string): AgentProcess {
    const { pullNamespace } = this.cluster;
    return new AgentProcess({
      name,
      node,
      pullNamespace,
      ground: this.#ground,
      sessions: this.sessions,
    });
  }
}
