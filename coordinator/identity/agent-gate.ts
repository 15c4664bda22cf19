// The gate of agents: from the metadata of a stream and its Hello to the identity of an agent, or a refusal. Cheap
// reasons come first, the API server last; nobody who is refused here is heard of by the core.

import type { Hello } from '../../shared/protocol.ts';
import {
  type AgentIdentity,
  findClaimProblem,
  findNodeProblem,
  findRotationProblem,
  identifyAgent,
} from './agent-identity.ts';
import { type BearerToken, parseToken, readBearer } from './bearer.ts';
import type { Refusal } from './refusal.ts';
import type { Refusals } from './refusals.ts';
import type { TokenReviewer } from './token-reviewer.ts';

export interface AgentGateOptions {
  readonly reviewer: TokenReviewer;
  /** That agents must have. */
  readonly username: string;
  readonly refusals: Refusals;
}

export class AgentGate {
  readonly #options: AgentGateOptions;

  constructor(options: AgentGateOptions) {
    this.#options = options;
  }

  /** Before a Hello, and without asking anybody. */
  read(authorization: readonly string[], peer: string): BearerToken | Refusal {
    const bearer = readBearer(authorization);
    if (bearer.kind === 'refused') return this.#note(bearer, peer);
    const problem = this.#options.reviewer.findProblem(bearer);
    return problem === undefined ? bearer : this.#note(problem, peer);
  }

  /** Never throws. */
  async admit(bearer: BearerToken, hello: Hello, peer: string): Promise<AgentIdentity | Refusal> {
    const { username } = this.#options;
    const problem = findClaimProblem(bearer.claims, username, hello);
    const identity = problem ?? (await this.#identify(bearer, peer));
    if (identity.kind === 'refused') return this.#note(identity, peer, hello.nodeName);
    const mismatch = findNodeProblem(identity, hello);
    return mismatch === undefined ? identity : this.#note(mismatch, peer, hello.nodeName);
  }

  /** The token in place of the one that the session began with. Never throws. */
  async renew(
    identity: AgentIdentity,
    token: string,
    peer: string,
  ): Promise<AgentIdentity | Refusal> {
    const bearer = parseToken(token);
    const next = bearer.kind === 'refused' ? bearer : await this.#identify(bearer, peer);
    if (next.kind === 'refused') return this.#note(next, peer, identity.nodeName);
    const problem = findRotationProblem(identity, next);
    return problem === undefined ? next : this.#note(problem, peer, identity.nodeName);
  }

  async #identify(bearer: BearerToken, peer: string): Promise<AgentIdentity | Refusal> {
    const { reviewer, username } = this.#options;
    const reviewed = await reviewer.review(bearer, peer);
    return reviewed.kind === 'refused' ? reviewed : identifyAgent(reviewed, username);
  }

  #note(refusal: Refusal, peer: string, node?: string): Refusal {
    this.#options.refusals.note(refusal, { service: 'session', peer, node });
    return refusal;
  }
}
