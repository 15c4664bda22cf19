// The gate of people: one call of the inspector, its bearer token and what the method does. A credential of the API
// server itself (what a kubeconfig holds) is refused: whoever receives it could do everything its owner can.

import type { Clock, Timer } from '../../shared/clock.ts';
import { audiences } from '../../shared/names.ts';
import type { StatusError } from '../../shared/rpc.ts';
import type { Access, AccessReviewer } from './access-reviewer.ts';
import { type BearerToken, readBearer } from './bearer.ts';
import { type Refusal, refuse, toStatus } from './refusal.ts';
import type { Refusals } from './refusals.ts';
import {
  answerKeptMs,
  type ReviewedToken,
  type ReviewedUser,
  type TokenReviewer,
} from './token-reviewer.ts';

export interface CallerGateOptions {
  readonly reviewer: TokenReviewer;
  readonly accessReviewer: AccessReviewer;
  readonly refusals: Refusals;
  readonly clock: Clock;
}

export interface GuardedCall {
  /** Values of `authorization` in the call's metadata. */
  readonly authorization: readonly string[];
  /** Address without port. */
  readonly peer: string;
  readonly method: string;
  /** Undefined when nobody said what the method does: then nobody may call it. */
  readonly access: Access | undefined;
}

/** What to do about a token of another audience. */
export const callerAdvice = `; make one with \`kubectl create token ACCOUNT --audience ${audiences.inspector} --duration 10m\` (ACCOUNT: forehold-viewer or forehold-operator), and never send a kubeconfig's own credential`;

export class CallerGate {
  readonly #options: CallerGateOptions;

  constructor(options: CallerGateOptions) {
    this.#options = options;
  }

  /**
   * Who calls, when he may.
   * @throws StatusError
   */
  async admit(call: GuardedCall): Promise<ReviewedUser> {
    const admission = await this.#review(call);
    if (admission.kind === 'refused') throw toStatus(admission);
    return admission.user;
  }

  /**
   * Asks again and again while a stream lasts, so that it outlives neither its token nor the right to it.
   * @returns how to stop
   */
  follow(call: GuardedCall, onEnd: (reason: StatusError) => void): () => void {
    const { clock } = this.#options;
    let timer: Timer | undefined;
    let isOver = false;
    const arm = (): void => {
      const bearer = readBearer(call.authorization);
      const leftMs = bearer.kind === 'token' ? bearer.claims.expiresAtMs - clock.now().wallMs : 0;
      timer = clock.startTimer(Math.min(answerKeptMs, Math.max(0, leftMs)), () => void look());
    };
    const look = async (): Promise<void> => {
      const admission = await this.#review(call);
      if (isOver) return;
      if (admission.kind === 'reviewed') arm();
      else onEnd(toStatus(admission));
    };
    arm();
    return () => {
      isOver = true;
      timer?.cancel();
    };
  }

  async #review(call: GuardedCall): Promise<ReviewedToken | Refusal> {
    const { authorization, peer, method, access } = call;
    const bearer = explain(readBearer(authorization));
    const admission =
      bearer.kind === 'refused' ? bearer : await this.#reviewAccess(bearer, access, peer);
    if (admission.kind === 'refused')
      this.#options.refusals.note(admission, { service: 'inspector', peer, method });
    return admission;
  }

  async #reviewAccess(
    bearer: BearerToken,
    access: Access | undefined,
    peer: string,
  ): Promise<ReviewedToken | Refusal> {
    const { reviewer, accessReviewer } = this.#options;
    if (access === undefined) return refuse('NotPermitted', 'nobody may call this method');
    const reviewed = await reviewer.review(bearer, peer);
    if (reviewed.kind === 'refused') return reviewed;
    return (await accessReviewer.review(reviewed, access, peer)) ?? reviewed;
  }
}

function explain(bearer: BearerToken | Refusal): BearerToken | Refusal {
  if (bearer.kind === 'token') return bearer;
  return { ...bearer, why: `${bearer.why}${callerAdvice}` };
}
