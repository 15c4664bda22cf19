// The connection to a coordinator that could not welcome us: a standby refuses every stream, and may lead a moment later.
// While nobody leads, thousands of agents ask it again and again; over the connection that they have that costs it a
// stream, and not a TLS handshake each time.

import { connectivityState } from '@grpc/grpc-js';
import type { Clock, Timer } from '../shared/clock.ts';
import type { SessionServiceClient } from '../shared/gen/forehold/v1/SessionService.ts';

export interface Connection {
  /** HOST:PORT */
  readonly target: string;
  readonly client: SessionServiceClient;
  /** Monotonic. */
  readonly openedAtMs: number;
}

// A coordinator ends a connection without an accepted call after 60 s, and counts it among the bad ones.
const keptMs = 45_000;

/** At most one at a time, and none once the signal has aborted. */
export class KeptConnection {
  readonly #signal: AbortSignal;
  #kept: Connection | undefined;
  #timer: Timer | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.drop(), { once: true });
  }

  /** Hands it over if it leads to the target and still stands. */
  take(target: string): Connection | undefined {
    const kept = this.#kept;
    if (kept?.target !== target) return undefined;
    if (isReady(kept)) {
      this.#timer?.cancel();
      this.#kept = undefined;
      return kept;
    }
    this.drop();
    return undefined;
  }

  /** In place of the one before; closes it when it is too old, or no connection any more. */
  keep(connection: Connection, clock: Clock): void {
    const leftMs = connection.openedAtMs + keptMs - clock.now().monotonicMs;
    if (this.#signal.aborted || leftMs <= 0 || !isReady(connection)) {
      connection.client.close();
      return;
    }
    this.drop();
    this.#kept = connection;
    this.#timer = clock.startTimer(leftMs, () => this.drop());
  }

  /** Idempotent. */
  drop(): void {
    this.#timer?.cancel();
    this.#kept?.client.close();
    this.#kept = undefined;
  }
}

function isReady({ client }: Connection): boolean {
  return client.getChannel().getConnectivityState(false) === connectivityState.READY;
}
