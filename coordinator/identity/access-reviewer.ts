// Whether a user may do something: asked of the API server by SubjectAccessReview, about resources of our group that
// only exist for that question. Both answers are kept for a short while; a failure to ask is no answer.

import { createHash } from 'node:crypto';
import { apiGroup } from '../../shared/names.ts';
import { KeptAnswers } from './kept-answers.ts';
import { type Refusal, refuse } from './refusal.ts';
import { ReviewFailures } from './review-failures.ts';
import { answerKeptMs, type ReviewedToken, type ReviewerOptions } from './token-reviewer.ts';

/** What a method does, in the words of RBAC, on a resource of our group. */
export interface Access {
  readonly resource: 'leases' | 'nodes' | 'images' | 'limits' | 'pause';
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'delete';
}

interface AccessReview {
  readonly status?: { readonly allowed?: unknown };
}

// People and what they do: a hundred of each.
const maxAnswers = 10_000;
const requestTimeoutMs = 10_000;
const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

export class AccessReviewer {
  readonly #options: ReviewerOptions;
  readonly #kept: KeptAnswers<boolean>;
  readonly #failures: ReviewFailures;
  readonly #underWay = new Map<string, Promise<boolean | Refusal>>();

  constructor(options: ReviewerOptions) {
    this.#options = options;
    this.#kept = new KeptAnswers(options.clock, maxAnswers);
    this.#failures = new ReviewFailures(options.clock, options.log);
  }

  /** Undefined when the user may. Never throws; `peer` shares the queue fairly. */
  async review(
    { user }: ReviewedToken,
    access: Access,
    peer: string,
  ): Promise<Refusal | undefined> {
    const { resource, verb } = access;
    const spec = { ...toSpec(user), resourceAttributes: { group: apiGroup, resource, verb } };
    const key = createHash('sha256').update(JSON.stringify(spec)).digest('base64');
    const allowed = this.#kept.find(key) ?? (await this.#askOnce(key, spec, peer));
    if (allowed === true) return undefined;
    if (allowed !== false) return allowed;
    const what = `${verb} ${resource}.${apiGroup}`;
    return refuse(
      'NotPermitted',
      `${user.username} may not ${what}; ask for a role that allows it`,
    );
  }

  #askOnce(key: string, spec: object, peer: string): Promise<boolean | Refusal> {
    const underWay = this.#underWay.get(key) ?? this.#ask(key, spec, peer);
    this.#underWay.set(key, underWay);
    return underWay;
  }

  async #ask(key: string, spec: object, peer: string): Promise<boolean | Refusal> {
    const { kube, queue } = this.#options;
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    const timeoutMs = requestTimeoutMs;
    try {
      const review = await queue.run(peer, () =>
        kube.request<AccessReview>({ method: 'POST', path, body, timeoutMs }),
      );
      const allowed = review.status?.allowed === true;
      this.#kept.keep(key, allowed, answerKeptMs);
      return allowed;
    } catch (error) {
      return this.#failures.describe(error);
    } finally {
      this.#underWay.delete(key);
    }
  }
}

function toSpec({ username, uid, groups, extra }: ReviewedToken['user']): object {
  // Every call of one user is one question, whichever of his tokens he shows.
  const { [credentialId]: _, ...lasting } = extra;
  return { user: username, uid, groups, extra: lasting };
}

const credentialId = 'authentication.kubernetes.io/credential-id';
