// One direction of a stream: from one process to another, in order, delayed, with room for a few unread messages.

import type { Clock } from '../../shared/clock.ts';
import { StatusError } from '../../shared/rpc.ts';
import { Inbox } from './inbox.ts';
import type { ProcessClock } from './process-clock.ts';

export interface LaneOptions {
  readonly network: Clock;
  readonly from: ProcessClock;
  readonly to: ProcessClock;
  readonly condition: {
    delayMs(): number;
    /** What is sent or under way vanishes. */
    isSilent(): boolean;
  };
}

/** As an HTTP/2 window holds: a sender waits beyond it. */
const maxUnread = 64;
/** A sender gives up on a reader that does not read for so long, as over gRPC. */
const sendDeadlineMs = 10_000;

export class Lane<T> {
  readonly #options: LaneOptions;
  readonly #inbox = new Inbox<T>();
  #dueMs = 0;
  /** Sent and not arrived. */
  #underWay = 0;
  #isOver = false;
  #accept: (() => void) | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Called before the first value is there to be read. */
  onFirst(accept: () => void): void {
    this.#accept = accept;
  }

  /**
   * Waits while too much is unread.
   * @throws StatusError when the stream is over or not read for too long; the signal's reason when it aborts
   */
  async send(value: T, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#isOver) throw new StatusError('CANCELLED', 'the stream is over');
    this.#underWay += 1;
    this.#carry(() => {
      this.#underWay -= 1;
      this.#inbox.push(value);
      this.#accept?.();
      this.#accept = undefined;
    });
    if (this.#underWay + this.#inbox.unread > maxUnread) await this.#room(signal);
  }

  /** The sender has finished, with a status that the receiver reads after everything before. */
  end(error: StatusError | undefined): void {
    this.#isOver = true;
    this.#carry(() => this.#inbox.end(error));
  }

  /** The connection breaks: the receiver learns it, what was under way is lost. */
  break(error: StatusError): void {
    this.#isOver = true;
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#options.network.startTimer(this.#options.condition.delayMs(), () =>
      this.#options.to.deliver(() => this.#inbox.fail(error)),
    );
  }

  /** @throws the StatusError that ended it; the signal's reason when it aborts */
  async *read(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    const onAbort = (): void => this.#inbox.fail(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      yield* this.#inbox.read();
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #room(signal: AbortSignal): Promise<void> {
    const late = Promise.withResolvers<never>();
    const fail = (error: unknown): void => late.reject(error);
    const onAbort = (): void => fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = this.#options.from.startTimer(sendDeadlineMs, () =>
      fail(new StatusError('RESOURCE_EXHAUSTED', 'the stream was not read')),
    );
    try {
      await Promise.race([this.#inbox.belowOrEnded(maxUnread), late.promise]);
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #carry(arrive: () => void): void {
    const { network, from, to, condition } = this.#options;
    // A process that was killed or sleeps sends nothing: what it did last is what left it.
    if (condition.isSilent() || from.isKilled || this.#dueMs === Number.POSITIVE_INFINITY) return;
    const { monotonicMs } = network.now();
    this.#dueMs = Math.max(this.#dueMs, monotonicMs + condition.delayMs());
    network.startTimer(this.#dueMs - monotonicMs, () => {
      if (!condition.isSilent() && this.#dueMs !== Number.POSITIVE_INFINITY) to.deliver(arrive);
    });
  }
}
