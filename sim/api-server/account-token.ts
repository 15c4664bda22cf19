// Tokens of service accounts: JSON web tokens with the claims of the real API server, bound to a pod or a node, and the
// question whether one still holds. Signed with a secret of this cluster alone (HS256; the real one signs with a key
// pair), because nobody but this API server ever checks them.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { makeUid, openSeededRandom } from '../store/seeded-random.ts';
import type { Store } from '../store.ts';

export interface Identity {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface Reference {
  readonly name: string;
  /** A node that does not exist has none. */
  readonly uid?: string;
}

export interface TokenClaims {
  readonly namespace: string;
  readonly account: Reference;
  readonly pod: Reference | undefined;
  readonly node: Reference | undefined;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
}

export type Verdict =
  | {
      readonly kind: 'authenticated';
      readonly identity: Identity;
      readonly audiences: readonly string[];
    }
  | { readonly kind: 'refused'; readonly why: string };

/** Audience of the API server itself, and of tokens that ask for none. */
export const apiAudience = 'https://kubernetes.default.svc.cluster.local';

// go-jose allows a minute between clocks; for the end of tokens and for the deletion of what they are bound to.
const leewayMs = 60_000;
const extraPrefix = 'authentication.kubernetes.io';

export class AccountTokens {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #secret: string;

  constructor(options: { readonly store: Store; readonly clock: Clock; readonly seed: number }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#random = openSeededRandom(options.seed ^ 0x746f6b65);
    this.#secret = makeUid(this.#random);
  }

  issue(claims: TokenClaims): { readonly token: string; readonly expiresAtMs: number } {
    const { namespace, account, pod, node, audiences, expirationSeconds } = claims;
    const issuedAt = Math.floor(this.#clock.now().wallMs / 1_000);
    const expiresAt = issuedAt + expirationSeconds;
    const header = encode({ alg: 'HS256', kid: 'embedded' });
    const payload = encode({
      aud: audiences,
      exp: expiresAt,
      iat: issuedAt,
      iss: apiAudience,
      jti: makeUid(this.#random),
      'kubernetes.io': { namespace, node, pod, serviceaccount: account },
      nbf: issuedAt,
      sub: `system:serviceaccount:${namespace}:${account.name}`,
    });
    const signed = `${header}.${payload}`;
    return { token: `${signed}.${this.#sign(signed)}`, expiresAtMs: expiresAt * 1_000 };
  }

  /** Whether the token holds now for at least one of the audiences. */
  verify(token: string, audiences: readonly string[]): Verdict {
    const claims = this.#open(token);
    if (claims === undefined) return refuse('invalid bearer token');
    const own = textsIn(claims['aud']);
    const common = own.filter((audience) => audiences.includes(audience));
    if (common.length === 0)
      return refuse(
        `[invalid bearer token, token audiences [${quote(own)}] is invalid for the target audiences [${quote(audiences)}]]`,
      );
    const problem = this.#findProblem(claims);
    if (problem !== undefined) return refuse(`[invalid bearer token, ${problem}]`);
    return { kind: 'authenticated', identity: identify(claims), audiences: common };
  }

  #open(token: string): JsonObject | undefined {
    const [header = '', payload = '', signature = '', ...excess] = token.split('.');
    if (excess.length > 0) return undefined;
    const expected = Buffer.from(this.#sign(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return isJsonObject(claims) ? claims : undefined;
  }

  #findProblem(claims: JsonObject): string | undefined {
    const { wallMs } = this.#clock.now();
    if (Number(claims['exp']) * 1_000 + leewayMs < wallMs)
      return 'service account token has expired';
    const { namespace, account, pod, node } = readBinding(claims);
    if (this.#isGone('serviceaccounts', { namespace, ...account }))
      return `serviceaccounts "${account.name}" not found`;
    if (pod !== undefined && this.#isGone('pods', { namespace, ...pod }))
      return 'service account token has been invalidated';
    // The node of a token that is bound to a pod is told, not checked.
    const isNodeGone = pod === undefined && node !== undefined && this.#isGone('nodes', node);
    return isNodeGone ? 'service account token has been invalidated' : undefined;
  }

  #isGone(
    resource: 'serviceaccounts' | 'pods' | 'nodes',
    at: Reference & { readonly namespace?: string },
  ): boolean {
    const object = this.#store.find(resource, at);
    if (object === undefined || object.metadata.uid !== at.uid) return true;
    const { deletionTimestamp } = object.metadata;
    if (deletionTimestamp === undefined) return false;
    return Date.parse(deletionTimestamp) + leewayMs < this.#clock.now().wallMs;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('base64url');
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function refuse(why: string): Verdict {
  return { kind: 'refused', why };
}

function quote(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(' ');
}

function identify(claims: JsonObject): Identity {
  const { namespace, account, pod, node } = readBinding(claims);
  const extra = {
    'credential-id': `JTI=${String(claims['jti'])}`,
    'node-name': node?.name,
    'node-uid': node?.uid,
    'pod-name': pod?.name,
    'pod-uid': pod?.uid,
  };
  return {
    username: `system:serviceaccount:${namespace}:${account.name}`,
    ...(account.uid === undefined ? {} : { uid: account.uid }),
    groups: [
      'system:serviceaccounts',
      `system:serviceaccounts:${namespace}`,
      'system:authenticated',
    ],
    extra: Object.fromEntries(
      Object.entries(extra).flatMap(([name, value]) =>
        value === undefined ? [] : [[`${extraPrefix}/${name}`, [value]]],
      ),
    ),
  };
}

function readBinding(claims: JsonObject) {
  const bound = claims['kubernetes.io'];
  const { namespace, serviceaccount, pod, node } = isJsonObject(bound) ? bound : {};
  return {
    namespace: String(namespace),
    account: readReference(serviceaccount) ?? { name: '' },
    pod: readReference(pod),
    node: readReference(node),
  };
}

function readReference(value: unknown): Reference | undefined {
  if (!isJsonObject(value)) return undefined;
  const { name, uid } = value;
  return { name: String(name), ...(typeof uid === 'string' ? { uid } : {}) };
}

/** The texts of a list; anything else in it, and anything that is no list, counts as nothing. */
export function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((item: unknown): item is string => typeof item === 'string')
    : [];
}
