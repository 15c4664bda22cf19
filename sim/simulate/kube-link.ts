// The way of one process to the API server: its delay, whether it is cut, and the answers that faults give in the API
// server's place.

import type { Clock } from '../../shared/clock.ts';
import type { KubeError, KubeRequest } from '../../shared/kube-client.ts';

export type Way =
  | { readonly kind: 'passed' }
  /** Nobody answers: the client's own deadline ends it. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'answered'; readonly answer: KubeError };

/** A fault's say in a request: an answer in place of the API server's, or undefined. */
export type Interference = (request: KubeRequest) => KubeError | undefined;

/** True of a request whose answer is lost on its way back. */
export type AnswerLoss = (request: KubeRequest) => boolean;

export interface KubeLinkOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Faults that touch every process. */
  readonly interferences: ReadonlySet<Interference>;
  readonly losses: ReadonlySet<AnswerLoss>;
}

const minDelayMs = 1;
const maxDelayMs = 8;

export class KubeLink {
  readonly #options: KubeLinkOptions;
  readonly #watches = new Set<(why: string) => void>();
  #state: 'open' | 'cut' | 'refusing' = 'open';
  #losesWatches = false;

  constructor(options: KubeLinkOptions) {
    this.#options = options;
  }

  get isCut(): boolean {
    return this.#state === 'cut';
  }

  get isLosingWatches(): boolean {
    return this.#losesWatches;
  }

  get isRefusing(): boolean {
    return this.#state === 'refusing';
  }

  delayMs(): number {
    const { random } = this.#options;
    return minDelayMs + random() * (maxDelayMs - minDelayMs);
  }

  carry(request: KubeRequest): Way {
    if (this.#state === 'cut') return { kind: 'lost' };
    if (this.#state === 'refusing') return { kind: 'refused' };
    for (const interfere of this.#options.interferences) {
      const answer = interfere(request);
      if (answer !== undefined) return { kind: 'answered', answer };
    }
    return { kind: 'passed' };
  }

  /** The request took effect and nobody is told. */
  losesAnswer(request: KubeRequest): boolean {
    return this.isCut || [...this.#options.losses].some((loses) => loses(request));
  }

  /** Registers a watch; `reset` is called when its connection breaks. Returns the end of the registration. */
  open(reset: (why: string) => void): () => void {
    this.#watches.add(reset);
    return () => this.#watches.delete(reset);
  }

  /** Deliveries of one stream: delayed, never reordered, lost while the link is cut. */
  inOrder(network: Clock): (deliver: () => void) => void {
    let dueMs = 0;
    return (deliver) => {
      const { monotonicMs } = network.now();
      dueMs = Math.max(dueMs, monotonicMs + this.delayMs());
      network.startTimer(dueMs - monotonicMs, () => {
        if (!this.isCut && !this.#losesWatches) deliver();
      });
    };
  }

  /** Nothing gets through and nobody is told. */
  cut(): void {
    this.#state = 'cut';
  }

  /** Connections are refused, open watches break. */
  refuse(): void {
    this.#state = 'refusing';
    this.breakWatches('connection reset');
  }

  restore(): void {
    const wasCut = this.isCut;
    this.#state = 'open';
    // What a cut watch missed is gone: its connection cannot go on as if nothing had been.
    if (wasCut) this.breakWatches('connection reset');
  }

  /** What watches should bring vanishes, while requests get through. */
  loseWatches(lost: boolean): void {
    this.#losesWatches = lost;
  }

  breakWatches(why: string): void {
    for (const reset of [...this.#watches]) reset(why);
  }
}
