// The bearer token of a call, and what it says of itself. Nothing of that is believed: it only refuses, before anybody
// asks the API server, what cannot come true, and after the review it tells when the token ends.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { bounds } from '../../shared/protocol.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface BearerToken {
  readonly kind: 'token';
  readonly token: string;
  readonly claims: Claims;
}

/** Unverified. */
export interface Claims {
  readonly audiences: readonly string[];
  readonly subject: string | undefined;
  readonly expiresAtMs: number;
  readonly nodeName: string | undefined;
  readonly nodeUid: string | undefined;
}

const { maxTokenBytes } = bounds;

const bearer = /^Bearer +([^ ]+)$/i;
const webToken = /^[\w-]+\.([\w-]+)\.[\w-]+$/;

/**
 * From `authorization: Bearer …`, of which there must be exactly one.
 * @param authorization all its values
 */
export function readBearer(authorization: readonly string[]): BearerToken | Refusal {
  const [value, ...others] = authorization;
  if (value === undefined)
    return refuse('NoToken', 'the call carries no `authorization: Bearer TOKEN`');
  if (others.length > 0)
    return refuse('NoToken', 'the call carries more than one `authorization`; send exactly one');
  const [, token] = bearer.exec(value) ?? [];
  if (token === undefined)
    return refuse('MalformedToken', '`authorization` is not of the form `Bearer TOKEN`');
  return parseToken(token);
}

export function parseToken(token: string): BearerToken | Refusal {
  if (Buffer.byteLength(token) > maxTokenBytes)
    return refuse('MalformedToken', `the token has more than ${maxTokenBytes} bytes`);
  const [, payload] = webToken.exec(token) ?? [];
  const claims = payload === undefined ? undefined : readClaims(payload);
  if (claims === undefined)
    return refuse('MalformedToken', 'the token is not a JSON web token with an end');
  return { kind: 'token', token, claims };
}

function readClaims(payload: string): Claims | undefined {
  const claims = parseObject(Buffer.from(payload, 'base64url').toString());
  const { aud, sub, exp } = claims;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return undefined;
  const node = asObject(asObject(claims['kubernetes.io'])['node']);
  return {
    audiences: [aud].flat().filter((item): item is string => typeof item === 'string'),
    subject: textOf(sub),
    expiresAtMs: exp * 1_000,
    nodeName: textOf(node['name']),
    nodeUid: textOf(node['uid']),
  };
}

function parseObject(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
