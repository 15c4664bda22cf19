// A coordinator as a process of a simulated run: a replica with everything that it decides and does, without listeners.

import { LeaseFeed } from '../../coordinator/inspector/lease-feed.ts';
import { openCoordinatorMetrics } from '../../coordinator/metrics.ts';
import { Replica } from '../../coordinator/replica.ts';
import type { AgentStream } from '../../coordinator/session/transport.ts';
import { openLog } from '../../shared/log.ts';
import type { EmbeddedCluster } from '../embedded-cluster.ts';
import type { LimitsFile } from './limits-file.ts';
import { type Life, Process, type ProcessGround } from './process.ts';
import type { SessionNetwork } from './session-network.ts';

export interface CoordinatorProcessOptions {
  readonly name: string;
  /** HOST:PORT that agents dial. */
  readonly address: string;
  readonly ground: ProcessGround;
  readonly cluster: EmbeddedCluster;
  readonly sessions: SessionNetwork;
  readonly limits: Pick<LimitsFile, 'limits'>;
}

const log = openLog('coordinator', 'silent');
// As limits-file.ts reads the real one.
const readEveryMs = 10_000;

export class CoordinatorProcess extends Process {
  readonly #sessions: SessionNetwork;
  #replica: Replica | undefined;

  constructor(options: CoordinatorProcessOptions) {
    super({
      name: options.name,
      userAgent: 'forehold-coordinator',
      ground: options.ground,
      run: (life) => this.#run(options, life),
    });
    this.#sessions = options.sessions;
  }

  get isLeading(): boolean {
    return this.isRunning && this.#replica?.reign !== undefined;
  }

  /** What it says about one pair, for whoever wonders; undefined while it does not lead. */
  explain(image: string, node: string): string | undefined {
    const clock = this.life?.clock;
    const core = this.#replica?.reign?.core;
    if (clock === undefined || core === undefined) return undefined;
    const [said] = core.inquiry.explainPair(image, node, clock.now());
    return said === undefined ? 'not desired there' : `${said.reason}: ${said.message}`;
  }

  override kill(): void {
    const clock = this.life?.clock;
    super.kill();
    if (clock !== undefined) this.#sessions.drop(clock, 'reset');
  }

  async #run(options: CoordinatorProcessOptions, life: Life): Promise<void> {
    const { name, address, cluster, sessions, limits } = options;
    const { clock, kube, random, signal } = life;
    const replica = new Replica({
      kube,
      clock,
      random,
      log,
      metrics: openCoordinatorMetrics(() => replica.reign?.core),
      feed: new LeaseFeed(),
      pullNamespace: cluster.pullNamespace,
      leaseNamespace: cluster.systemNamespace,
      self: { identity: name, address },
      limits: limits.limits(),
      gate: undefined,
      onChange: () => {},
      onFault: (error) => options.ground.onFault(name, error),
    });
    this.#replica = replica;
    const accept = (stream: AgentStream): void => {
      if (replica.reign === undefined) stream.end(replica.refuse());
      else void replica.reign.sessions.serve(stream);
    };
    const close = sessions.listen(address, { name, clock, accept });
    const reread = (): void => {
      replica.configure(limits.limits());
      if (!signal.aborted) clock.startTimer(readEveryMs, reread);
    };
    reread();
    try {
      await replica.run(signal);
    } finally {
      close();
    }
  }
}
