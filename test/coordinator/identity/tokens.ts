// Tokens as the API server makes them, but for the signature, and what it answers to their review.

import type { BearerToken } from '../../../coordinator/identity/bearer.ts';
import { parseToken } from '../../../coordinator/identity/bearer.ts';
import { audiences } from '../../../shared/names.ts';
import { FakeKube } from '../fake-kube.ts';

export const agentUsername = 'system:serviceaccount:forehold-pulls:forehold-agent';
export const extraPrefix = 'authentication.kubernetes.io';

export interface TokenOptions {
  readonly audience?: string;
  readonly subject?: string;
  readonly expiresAtMs: number;
  readonly node?: { readonly name: string; readonly uid?: string };
  /** Tells tokens apart. */
  readonly id?: string;
}

export function makeToken(options: TokenOptions): string {
  const { audience = audiences.session, subject = agentUsername, expiresAtMs, node, id } = options;
  const claims = {
    aud: [audience],
    sub: subject,
    exp: expiresAtMs / 1_000,
    jti: id,
    'kubernetes.io': { node },
  };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `eyJhbGciOiJub25lIn0.${payload}.c2lnbmF0dXJl`;
}

/** @throws Error when it is none */
export function bearerOf(token: string): BearerToken {
  const bearer = parseToken(token);
  if (bearer.kind === 'refused') throw new Error(bearer.why);
  return bearer;
}

export interface Vouched {
  readonly username?: string;
  readonly audiences?: readonly string[];
  readonly node?: string;
  readonly nodeUid?: string;
  readonly podUid?: string;
}

/** Status of a TokenReview of a good token. */
export function vouchFor(vouched: Vouched = {}): object {
  const { username = agentUsername, node = 'n1', nodeUid = 'u1', podUid = 'p1' } = vouched;
  return {
    authenticated: true,
    audiences: vouched.audiences ?? [audiences.session],
    user: {
      username,
      uid: 'account-uid',
      groups: ['system:authenticated'],
      extra: {
        [`${extraPrefix}/credential-id`]: ['JTI=1'],
        [`${extraPrefix}/node-name`]: [node],
        [`${extraPrefix}/node-uid`]: [nodeUid],
        [`${extraPrefix}/pod-uid`]: [podUid],
      },
    },
  };
}

/** An API server that answers when it is told to. */
export class HeldKube extends FakeKube {
  readonly #held: PromiseWithResolvers<unknown>[] = [];

  override answer = (): unknown => {
    const held = Promise.withResolvers<unknown>();
    this.#held.push(held);
    return held.promise;
  };

  get underWay(): number {
    return this.#held.length;
  }

  /** Answers the oldest question. */
  release(answer: unknown): void {
    this.#held.shift()?.resolve(answer);
  }

  fail(error: Error): void {
    this.#held.shift()?.reject(error);
  }
}
