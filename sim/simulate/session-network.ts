// The network between agents and coordinators: who listens where, and every stream that is open, for faults to break.

import type { OpenStream, SessionStream } from '../../agent/transport.ts';
import type { AgentStream } from '../../coordinator/session/transport.ts';
import type { Clock } from '../../shared/clock.ts';
import { loadContract } from '../../shared/proto.ts';
import { StatusError } from '../../shared/rpc.ts';
import {
  fromAgentMessage,
  fromCoordinatorMessage,
  toAgentMessage,
  toCoordinatorMessage,
} from '../../shared/wire.ts';
import type { ProcessClock } from './process-clock.ts';
import { SessionLink } from './session-link.ts';

/** A coordinator that listens. */
export interface Listener {
  readonly name: string;
  readonly clock: ProcessClock;
  accept(stream: AgentStream): void;
}

export interface SessionNetworkOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** An offer left a coordinator. */
export type OfferListener = (epoch: number, by: string) => void;

const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } =
  loadContract().SessionService.service.Session;

export class SessionNetwork {
  readonly #options: SessionNetworkOptions;
  readonly #listeners = new Map<string, Listener>();
  readonly #links = new Set<SessionLink>();
  readonly #offerListeners = new Set<OfferListener>();

  constructor(options: SessionNetworkOptions) {
    this.#options = options;
  }

  /** Returns the end of it: what comes from then on is refused. */
  listen(address: string, listener: Listener): () => void {
    this.#listeners.set(address, listener);
    return () => {
      if (this.#listeners.get(address) === listener) this.#listeners.delete(address);
    };
  }

  /** The process of this clock is gone: its machine resets its connections, or is gone as well and says nothing. */
  drop(clock: ProcessClock, how: 'reset' | 'silently'): void {
    for (const link of this.open()) {
      if (link.coordinator !== clock && link.agent !== clock) continue;
      if (how === 'reset') link.break('connection reset');
      else link.silence();
    }
  }

  /** Streams that neither side has ended. */
  open(): readonly SessionLink[] {
    return [...this.#links];
  }

  onOffer(listener: OfferListener): void {
    this.#offerListeners.add(listener);
  }

  /** How an agent that lives by this clock opens streams. */
  dialler(name: string, agent: ProcessClock): OpenStream {
    return (target) => this.#dial(target, name, agent);
  }

  #dial(target: string, name: string, agent: ProcessClock): SessionStream {
    const listener = this.#listeners.get(target);
    const { clock: network, random } = this.#options;
    const link = new SessionLink({
      name: `${name} to ${listener?.name ?? target}`,
      network,
      random,
      agent,
      coordinator: listener?.clock,
      onOver: (over) => this.#links.delete(over),
    });
    this.#links.add(link);
    if (listener === undefined) link.break(`connect ECONNREFUSED ${target}`);
    else link.onFirst(() => listener.accept(this.#coordinatorEnd(link, listener.name)));
    return {
      send: (sessionId, message, signal) =>
        link.up.send(requestSerialize(toAgentMessage(sessionId, message)), signal),
      messages: async function* (signal) {
        for await (const bytes of link.down.read(signal))
          yield fromCoordinatorMessage(responseDeserialize(bytes));
      },
      close: () => link.close(new StatusError('CANCELLED', 'the peer left the stream')),
    };
  }

  #coordinatorEnd(link: SessionLink, by: string): AgentStream {
    const notice = (epoch: number): void => {
      for (const listener of this.#offerListeners) listener(epoch, by);
    };
    return {
      authorization: [],
      peer: link.name,
      get isOver() {
        return link.isOver;
      },
      messages: async function* (signal) {
        for await (const bytes of link.up.read(signal))
          yield fromAgentMessage(requestDeserialize(bytes));
      },
      send: (sessionId, message, signal) => {
        if (message.kind === 'offer') notice(message.epoch);
        return link.down.send(responseSerialize(toCoordinatorMessage(sessionId, message)), signal);
      },
      end: (reason) => link.finish(reason),
    };
  }
}
