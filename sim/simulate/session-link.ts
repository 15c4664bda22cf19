// One session without sockets: the agent's end and the coordinator's end of a stream, with a delay either way, a few
// unread messages of room, and the ways in which connections die. Messages cross as the bytes of the contract.

import type { Clock } from '../../shared/clock.ts';
import { StatusError } from '../../shared/rpc.ts';
import { Lane } from './lane.ts';
import type { ProcessClock } from './process-clock.ts';

export interface SessionLinkOptions {
  /** Of both ends, for the trace. */
  readonly name: string;
  readonly network: Clock;
  readonly random: () => number;
  readonly agent: ProcessClock;
  /** Undefined when nobody listens there. */
  readonly coordinator: ProcessClock | undefined;
  readonly onOver: (link: SessionLink) => void;
}

const minDelayMs = 1;
const maxDelayMs = 5;
// HTTP/2 pings each 30 s that wait 10 s for their answer, on both ends (shared/dial.ts, coordinator/server.ts).
const pingEveryMs = 30_000;
const pingPatienceMs = 10_000;

export class SessionLink {
  readonly name: string;
  readonly agent: ProcessClock;
  readonly coordinator: ProcessClock | undefined;
  /** From the agent. */
  readonly up: Lane<Buffer>;
  /** To the agent. */
  readonly down: Lane<Buffer>;
  readonly #options: SessionLinkOptions;
  #slowMs = 0;
  #isSilent = false;
  #isOver = false;

  constructor(options: SessionLinkOptions) {
    const { network, agent, coordinator = agent, random } = options;
    this.#options = options;
    this.name = options.name;
    this.agent = agent;
    this.coordinator = options.coordinator;
    const condition = {
      delayMs: () => minDelayMs + random() * (maxDelayMs - minDelayMs) + this.#slowMs,
      isSilent: () => this.#isSilent,
    };
    this.up = new Lane({ network, from: agent, to: coordinator, condition });
    this.down = new Lane({ network, from: coordinator, to: agent, condition });
    this.#pingLater();
  }

  /** Either side has ended it, or it broke. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Called in the coordinator when the stream reaches it. */
  onFirst(accept: () => void): void {
    this.up.onFirst(accept);
  }

  /** Every message takes so much longer from now on. */
  slow(ms: number): void {
    this.#slowMs = ms;
  }

  /** Nothing gets through either way, and nobody is told. */
  silence(): void {
    this.#isSilent = true;
  }

  /** The connection breaks: both ends learn it, what was under way is lost. */
  break(why: string): void {
    if (this.#isOver && !this.#isSilent) return;
    this.#isSilent = false;
    this.up.break(new StatusError('CANCELLED', 'the peer left the stream'));
    this.down.break(new StatusError('UNAVAILABLE', why));
    this.#over();
  }

  /** The agent leaves. */
  close(error: StatusError): void {
    this.up.end(error);
    this.#over();
  }

  /** The coordinator ends the stream with a status, in order when undefined. */
  finish(error: StatusError | undefined): void {
    this.down.end(error);
    this.#over();
  }

  #pingLater(): void {
    this.#options.network.startTimer(pingEveryMs, () => {
      // One end may have left a silent connection without the other end's knowing.
      if (this.#isOver && !this.#isSilent) return;
      if (this.#isMute) this.#awaitAnswer();
      else this.#pingLater();
    });
  }

  #awaitAnswer(): void {
    this.#options.network.startTimer(pingPatienceMs, () => {
      if (this.#isMute) this.break('the connection is dead');
      else this.#pingLater();
    });
  }

  /** Nobody answers a ping. */
  get #isMute(): boolean {
    const { agent, coordinator } = this.#options;
    return this.#isSilent || agent.isPaused || coordinator?.isPaused === true;
  }

  #over(): void {
    this.#isOver = true;
    this.#options.onOver(this);
  }
}
