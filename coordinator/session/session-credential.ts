// The token of one session, from the Hello to the end: the session begins with it, lives as long as it does, and longer
// when the agent presents a newer one in a heartbeat. A rotated token is reviewed beside the stream, because a heartbeat
// must not wait for the API server; while that cannot be asked, the token is asked about again with each heartbeat.

import type { Clock, Timer } from '../../shared/clock.ts';
import type { Hello } from '../../shared/protocol.ts';
import type { StatusError } from '../../shared/rpc.ts';
import type { AgentGate } from '../identity/agent-gate.ts';
import type { AgentIdentity } from '../identity/agent-identity.ts';
import type { BearerToken } from '../identity/bearer.ts';
import { type Refusal, refuse, toStatus } from '../identity/refusal.ts';

export interface SessionCredentialOptions {
  readonly gate: AgentGate;
  /** Of the stream's metadata. */
  readonly bearer: BearerToken;
  readonly peer: string;
  readonly clock: Clock;
  /** The session must end. */
  readonly onEnd: (reason: StatusError) => void;
}

export class SessionCredential {
  readonly #options: SessionCredentialOptions;
  #identity: AgentIdentity | undefined;
  /** Presented and not yet answered for. */
  #rotated: string | undefined;
  #isRenewing = false;
  #isStopped = false;
  #timer: Timer | undefined;

  constructor(options: SessionCredentialOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the agent may say this Hello.
   * @throws StatusError
   */
  async admit(hello: Hello): Promise<void> {
    const { gate, bearer, peer } = this.#options;
    const identity = await gate.admit(bearer, hello, peer);
    if (identity.kind === 'refused') throw toStatus(identity);
    this.#identity = identity;
    this.#arm();
  }

  /** A heartbeat came, perhaps with a rotated token. */
  heard(token: string | undefined): void {
    if (token !== undefined) this.#rotated = token;
    this.#endWhenOver();
    if (this.#rotated !== undefined && !this.#isRenewing) void this.#renew(this.#rotated);
  }

  /** Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #renew(token: string): Promise<void> {
    const { gate, peer } = this.#options;
    const old = this.#identity;
    if (old === undefined || this.#isStopped) return;
    this.#isRenewing = true;
    const next = await gate.renew(old, token, peer);
    this.#isRenewing = false;
    if (this.#isStopped || (next.kind === 'refused' && isPassing(next))) return;
    if (this.#rotated === token) this.#rotated = undefined;
    if (next.kind === 'refused') this.#options.onEnd(toStatus(next));
    else if (next.expiresAtMs > old.expiresAtMs) {
      this.#identity = next;
      this.#arm();
    }
  }

  #arm(): void {
    this.#timer?.cancel();
    if (this.#identity === undefined || this.#isStopped) return;
    const { clock } = this.#options;
    const leftMs = this.#identity.expiresAtMs - clock.now().wallMs;
    this.#timer = clock.startTimer(leftMs, () => {
      if (!this.#endWhenOver()) this.#arm();
    });
  }

  // By the wall clock, as the token says it; timers count another one.
  #endWhenOver(): boolean {
    const { clock, onEnd } = this.#options;
    if (this.#identity === undefined || clock.now().wallMs < this.#identity.expiresAtMs)
      return false;
    onEnd(toStatus(sessionOver));
    return true;
  }
}

const sessionOver = refuse(
  'TokenExpired',
  "the session's token has ended; dial again with the newest one",
);

function isPassing({ reason }: Refusal): boolean {
  return reason === 'ReviewUnavailable' || reason === 'TooManyReviews';
}
