// Several candidates against the embedded API server, in virtual time and without sockets: each a process with a clock
// and a way of its own, which faults touch. After every step it is checked that not two of them hold a tenure.

import { Candidate } from '../../../coordinator/leadership/candidate.ts';
import type { Tenure } from '../../../coordinator/leadership/tenure.ts';
import type { CoordinationLease } from '../../../shared/kube-types.ts';
import { openLog } from '../../../shared/log.ts';
import { annotations, coordinatorLeaseName, pausesConfigMapName } from '../../../shared/names.ts';
import { EmbeddedCluster } from '../../../sim/embedded-cluster.ts';
import type { AnswerLoss, Interference } from '../../../sim/simulate/kube-link.ts';
import { type Life, Process } from '../../../sim/simulate/process.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';

export interface Reign {
  readonly by: string;
  readonly epoch: number;
  /** Monotonic, by the cluster's clock. */
  readonly sinceMs: number;
}

const log = openLog('test', 'silent');

export class LeadershipWorld {
  readonly clock = new VirtualClock({ settle: () => this.#settle() });
  readonly cluster = new EmbeddedCluster({ clock: this.clock, seed: 1, nodes: 0 });
  readonly interferences = new Set<Interference>();
  readonly losses = new Set<AnswerLoss>();
  readonly reigns: Reign[] = [];
  readonly processes = new Map<string, Process>();
  readonly #tenures = new Map<string, Tenure>();

  constructor(names: readonly string[], seed = 1) {
    this.cluster.populate();
    const ground = {
      seed,
      clock: this.clock,
      dispatch: this.cluster.dispatch.bind(this.cluster),
      isRefusing: () => false,
      interferences: this.interferences,
      losses: this.losses,
      onFault: (_name: string, error: unknown) => {
        throw error;
      },
    };
    for (const name of names) {
      const run = (life: Life): Promise<void> => this.#run(name, life);
      const process = new Process({ name, userAgent: 'forehold-coordinator', ground, run });
      this.processes.set(name, process);
    }
  }

  process(name: string): Process {
    const process = this.processes.get(name);
    if (process === undefined) throw new Error(`cannot find ${name}`);
    return process;
  }

  startAll(): void {
    for (const process of this.processes.values()) process.start();
  }

  /** Who may let effects out now; undefined when nobody may. */
  get leader(): string | undefined {
    return this.#holders()[0];
  }

  /** Names of those who took the lease, with the epoch that they took. */
  history(): readonly string[] {
    return this.reigns.map(({ by, epoch }) => `${by} ${epoch}`);
  }

  get lease(): CoordinationLease | undefined {
    return this.cluster.store.find('leases', this.#at());
  }

  editLease(edit: (lease: CoordinationLease) => Partial<CoordinationLease>): void {
    this.cluster.store.modify('leases', this.#at(), (lease) => ({ ...lease, ...edit(lease) }));
  }

  deleteLease(): void {
    this.cluster.store.remove('leases', this.#at());
  }

  #at(): { readonly namespace: string; readonly name: string } {
    return { namespace: this.cluster.systemNamespace, name: coordinatorLeaseName };
  }

  async #run(name: string, { kube, clock, random, signal }: Life): Promise<void> {
    const candidate = new Candidate({
      kube,
      clock,
      random,
      log,
      leaseNamespace: this.cluster.systemNamespace,
      self: { identity: name, address: `${name}:7443` },
      onSeen: () => undefined,
    });
    while (!signal.aborted) {
      const tenure = await candidate.stand(signal);
      const sinceMs = this.clock.now().monotonicMs;
      this.reigns.push({ by: name, epoch: tenure.epoch, sinceMs });
      this.#tenures.set(name, tenure);
      this.#witness(tenure.epoch);
      try {
        const loss = await tenure.keep(() => undefined, signal);
        tenure.end();
        candidate.see(loss.stored);
      } catch (error) {
        if (!signal.aborted) throw error;
        await tenure.release();
      }
    }
  }

  // As every leader does when it reads the pauses.
  #witness(epoch: number): void {
    const at = { namespace: this.cluster.systemNamespace, name: pausesConfigMapName };
    const annotated = { [annotations.epoch]: String(epoch) };
    if (this.cluster.store.find('configmaps', at) === undefined)
      this.cluster.store.create('configmaps', { metadata: at });
    this.cluster.store.modify('configmaps', at, (map) => ({
      ...map,
      metadata: { ...map.metadata, annotations: annotated },
    }));
  }

  #holders(): readonly string[] {
    return [...this.#tenures]
      .filter(([name, tenure]) => this.processes.get(name)?.isRunning === true && tenure.holds)
      .map(([name]) => name);
  }

  async #settle(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const holders = this.#holders();
    if (holders.length > 1) throw new Error(`both ${holders.join(' and ')} hold a tenure`);
  }
}
