// One simulated process: a program with a clock, a way to the API server and random numbers of its own, which can be
// started, stopped in order, killed in the middle of everything, and started again with nothing in memory.

import type { Clock } from '../../shared/clock.ts';
import type { KubeClient } from '../../shared/kube-client.ts';
import type { ApiRequest, ApiResponse } from '../api-server/message.ts';
import { hashToUnit } from '../seeded-hash.ts';
import { openSeededRandom } from '../store/seeded-random.ts';
import { KubeLink, type KubeLinkOptions } from './kube-link.ts';
import { MemoryKube } from './memory-kube.ts';
import { ProcessClock } from './process-clock.ts';

/** What every process of a run has in common. */
export interface ProcessGround extends Pick<KubeLinkOptions, 'interferences' | 'losses'> {
  readonly seed: number;
  /** The cluster's clock, which is the network's as well. */
  readonly clock: Clock;
  readonly dispatch: (request: ApiRequest) => ApiResponse;
  /** The API server refuses connections now. */
  readonly isRefusing: () => boolean;
  /** A program ended by itself, with an error: a defect, whatever was done to it. */
  readonly onFault: (name: string, error: unknown) => void;
}

/** What one life of a process has. */
export interface Life {
  readonly clock: ProcessClock;
  readonly link: KubeLink;
  readonly kube: KubeClient;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
}

export interface ProcessOptions {
  readonly name: string;
  readonly userAgent: string;
  readonly ground: ProcessGround;
  /** The program; runs until its signal aborts. */
  readonly run: (life: Life) => Promise<void>;
}

export class Process {
  readonly name: string;
  readonly #options: ProcessOptions;
  #lives = 0;
  #life: { readonly parts: Life; readonly abort: AbortController } | undefined;

  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#life !== undefined;
  }

  /** Of the present life. */
  get life(): Life | undefined {
    return this.#life?.parts;
  }

  /** Times that it was started. */
  get lives(): number {
    return this.#lives;
  }

  /** Idempotent. */
  start(): void {
    if (this.#life !== undefined) return;
    this.#lives += 1;
    const abort = new AbortController();
    const parts = this.#prepare(abort.signal);
    const life = { parts, abort };
    this.#life = life;
    const { run, ground } = this.#options;
    run(parts).then(
      () => this.#ended(life),
      (error: unknown) => {
        const isExpected = parts.clock.isKilled || abort.signal.aborted;
        this.#ended(life);
        if (!isExpected) ground.onFault(this.name, error);
      },
    );
  }

  /** As SIGTERM. */
  stop(): void {
    const life = this.#life;
    this.#life = undefined;
    life?.abort.abort(new Error(`${this.name} is stopped`));
  }

  /** As SIGKILL: no byte of it gets out any more. */
  kill(): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    life.parts.link.cut();
    life.parts.clock.kill();
    // Lets go of what hangs on the signal; nothing that it still does reaches anybody.
    life.abort.abort(new Error(`${this.name} was killed`));
  }

  #prepare(signal: AbortSignal): Life {
    const { ground, name, userAgent } = this.#options;
    const { seed, clock: network, dispatch } = ground;
    const unit = hashToUnit(seed, 'process', name, String(this.#lives));
    const random = openSeededRandom(Math.floor(unit * 2 ** 32));
    const clock = new ProcessClock(network);
    const link = new KubeLink({ ...ground, random: openSeededRandom(Math.floor(unit * 2 ** 31)) });
    if (ground.isRefusing()) link.refuse();
    const kube = new MemoryKube({ dispatch, link, network, process: clock, userAgent });
    return { clock, link, kube, random, signal };
  }

  #ended(life: object): void {
    if (this.#life === life) this.#life = undefined;
  }
}
