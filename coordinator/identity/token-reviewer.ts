// Whose token it is: asked of the API server by TokenReview for one audience, never found out here. A failure to ask is
// no answer. Answers are kept by the token's hash, never by the token; one token is asked for once at a time.

import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import type { KubeClient } from '../../shared/kube-client.ts';
import type { Log } from '../../shared/log.ts';
import type { BearerToken } from './bearer.ts';
import { KeptAnswers } from './kept-answers.ts';
import { type Refusal, refuse } from './refusal.ts';
import { ReviewFailures } from './review-failures.ts';
import type { ReviewQueue } from './review-queue.ts';

/** As the API server tells it, so that it can be asked what this user may do. */
export interface ReviewedUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface ReviewedToken {
  readonly kind: 'reviewed';
  readonly user: ReviewedUser;
  readonly expiresAtMs: number;
}

export interface ReviewerOptions {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly queue: ReviewQueue;
}

export interface TokenReviewerOptions extends ReviewerOptions {
  readonly audience: string;
  /** What the caller should do about a token of another audience; empty when he cannot do anything. */
  readonly advice: string;
}

// A revoked token is believed for this long at most; where answers are asked for again at this interval, for 60 s in all.
export const answerKeptMs = 30_000;
// Twice the largest cluster, as sessions have it.
const maxAnswers = 10_000;
const requestTimeoutMs = 10_000;
const path = '/apis/authentication.k8s.io/v1/tokenreviews';

/** Nothing of an answer is taken for granted. */
interface TokenReview {
  readonly status?: {
    readonly authenticated?: unknown;
    readonly audiences?: unknown;
    readonly user?: {
      readonly username?: unknown;
      readonly uid?: unknown;
      readonly groups?: unknown;
      readonly extra?: unknown;
    };
  };
}

export class TokenReviewer {
  readonly #options: TokenReviewerOptions;
  readonly #accepted: KeptAnswers<ReviewedToken>;
  // Apart, so that a flood of bad tokens drives no good one out.
  readonly #refused: KeptAnswers<Refusal>;
  readonly #failures: ReviewFailures;
  readonly #underWay = new Map<string, Promise<ReviewedToken | Refusal>>();

  constructor(options: TokenReviewerOptions) {
    this.#options = options;
    this.#accepted = new KeptAnswers(options.clock, maxAnswers);
    this.#refused = new KeptAnswers(options.clock, maxAnswers);
    this.#failures = new ReviewFailures(options.clock, options.log);
  }

  /** Refuses without asking what cannot be a token for this audience. */
  findProblem({ claims }: BearerToken): Refusal | undefined {
    const { audience, advice, clock } = this.#options;
    if (!claims.audiences.includes(audience))
      return refuse('WrongAudience', `the token is not for the audience ${audience}${advice}`);
    if (claims.expiresAtMs <= clock.now().wallMs) return expired();
    return undefined;
  }

  /** Never throws; `peer` shares the queue fairly. */
  async review(bearer: BearerToken, peer: string): Promise<ReviewedToken | Refusal> {
    const problem = this.findProblem(bearer);
    if (problem !== undefined) return problem;
    const hash = createHash('sha256').update(bearer.token).digest('base64');
    const kept = this.#accepted.find(hash) ?? this.#refused.find(hash);
    if (kept !== undefined) return kept;
    const underWay = this.#underWay.get(hash) ?? this.#ask(bearer, hash, peer);
    this.#underWay.set(hash, underWay);
    const answer = await underWay;
    return this.findProblem(bearer) ?? answer;
  }

  async #ask(bearer: BearerToken, hash: string, peer: string): Promise<ReviewedToken | Refusal> {
    try {
      const review = await this.#options.queue.run(peer, () => this.#request(bearer.token));
      return this.#keep(bearer, hash, this.#read(review));
    } catch (error) {
      return this.#failures.describe(error);
    } finally {
      this.#underWay.delete(hash);
    }
  }

  #request(token: string): Promise<TokenReview> {
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, audiences: [this.#options.audience] },
    };
    return this.#options.kube.request<TokenReview>({
      method: 'POST',
      path,
      body,
      timeoutMs: requestTimeoutMs,
    });
  }

  /** Undefined when the API server does not vouch for the token and our audience. */
  #read({ status }: TokenReview): ReviewedUser | undefined {
    const username = status?.user?.username;
    if (status?.authenticated !== true || typeof username !== 'string' || username === '')
      return undefined;
    // An API server that knows no audiences tells none: such a token might be for anybody.
    if (!textsIn(status.audiences).includes(this.#options.audience)) return undefined;
    const { uid, groups, extra } = status.user ?? {};
    return {
      username,
      uid: typeof uid === 'string' ? uid : '',
      groups: textsIn(groups),
      extra: readExtra(extra),
    };
  }

  #keep(
    { claims }: BearerToken,
    hash: string,
    user: ReviewedUser | undefined,
  ): ReviewedToken | Refusal {
    const { expiresAtMs } = claims;
    if (user === undefined) {
      const refusal = refuse('TokenInvalid', 'the API server does not accept the token');
      this.#refused.keep(hash, refusal, answerKeptMs);
      return refusal;
    }
    const reviewed: ReviewedToken = { kind: 'reviewed', user, expiresAtMs };
    const leftMs = expiresAtMs - this.#options.clock.now().wallMs;
    this.#accepted.keep(hash, reviewed, Math.min(answerKeptMs, leftMs));
    return reviewed;
  }
}

function expired(): Refusal {
  return refuse('TokenExpired', 'the token has ended; use a newer one');
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((item: unknown): item is string => typeof item === 'string')
    : [];
}

function readExtra(value: unknown): ReviewedUser['extra'] {
  const entries: readonly [string, unknown][] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([name, texts]) => [name, textsIn(texts)]));
}
