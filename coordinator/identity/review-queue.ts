// Questions to the API server, few at a time: five thousand agents that come back at once must not become five thousand
// requests at once. Those that wait are served peer by peer, so that whoever asks a thousand times (with forged tokens,
// say) waits behind himself and not before all others.

import type { Clock, Timer } from '../../shared/clock.ts';

export interface ReviewQueueOptions {
  readonly clock: Clock;
  readonly maxInFlight: number;
  readonly maxWaiting: number;
  /** From being asked to being put to the API server. */
  readonly maxWaitMs: number;
}

/** The question was not put: too many wait, or it waited for too long. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}

interface Waiting {
  readonly begin: () => void;
  readonly giveUp: (error: QueueError) => void;
  readonly timer: Timer;
}

export class ReviewQueue {
  readonly #options: ReviewQueueOptions;
  /** By peer, in the order of their turns; no list is empty. */
  readonly #waiting = new Map<string, Waiting[]>();
  #waitingCount = 0;
  #inFlight = 0;

  constructor(options: ReviewQueueOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get waiting(): number {
    return this.#waitingCount;
  }

  /**
   * @throws QueueError; and whatever `ask` throws
   */
  async run<T>(peer: string, ask: () => Promise<T>): Promise<T> {
    if (this.#inFlight >= this.#options.maxInFlight) await this.#wait(peer);
    else this.#inFlight += 1;
    try {
      return await ask();
    } finally {
      this.#passOn();
    }
  }

  #wait(peer: string): Promise<void> {
    const { clock, maxWaiting, maxWaitMs } = this.#options;
    if (this.#waitingCount >= maxWaiting) this.#dropFromLongest();
    return new Promise((resolve, reject) => {
      const timer = clock.startTimer(maxWaitMs, () => {
        this.#remove(peer, waiting);
        reject(new QueueError(`the API server was not asked within ${maxWaitMs / 1_000} s`));
      });
      const begin = (): void => {
        timer.cancel();
        resolve();
      };
      const waiting = { begin, giveUp: reject, timer };
      const line = this.#waiting.get(peer);
      if (line === undefined) this.#waiting.set(peer, [waiting]);
      else line.push(waiting);
      this.#waitingCount += 1;
    });
  }

  /** The place goes to the peer whose turn it is, who then goes to the end of the round. */
  #passOn(): void {
    const [turn] = this.#waiting;
    const [peer, [waiting] = []] = turn ?? [];
    if (peer === undefined || waiting === undefined) {
      this.#inFlight -= 1;
      return;
    }
    const line = this.#remove(peer, waiting);
    if (line.length > 0) {
      this.#waiting.delete(peer);
      this.#waiting.set(peer, line);
    }
    waiting.begin();
  }

  #dropFromLongest(): void {
    const lines = [...this.#waiting];
    const [peer, line = []] = lines.reduce((longest, next) =>
      next[1].length > longest[1].length ? next : longest,
    );
    const dropped = line.at(-1);
    if (dropped === undefined) return;
    this.#remove(peer, dropped);
    dropped.timer.cancel();
    dropped.giveUp(new QueueError(`more than ${this.#options.maxWaiting} reviews wait`));
  }

  /** What is left of the peer's line. */
  #remove(peer: string, waiting: Waiting): Waiting[] {
    const line = this.#waiting.get(peer) ?? [];
    const index = line.indexOf(waiting);
    if (index < 0) return line;
    line.splice(index, 1);
    this.#waitingCount -= 1;
    if (line.length === 0) this.#waiting.delete(peer);
    return line;
  }
}
