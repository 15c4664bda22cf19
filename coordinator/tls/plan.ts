// What is to be done with the material of a managed channel, and when. The spans, and why these:
//
// - A serving certificate lives 30 days and is renewed after two thirds, which leaves ten days for what goes wrong.
// - An authority lives 2 years. After two thirds its successor is made and published to agents beside it.
// - The successor signs 24 hours after agents could mount it first. The kubelet brings a changed ConfigMap within two
//   minutes; a day is for nodes that sleep and for API servers that are down.
// - The authority before stays published until the last certificate that it signed has expired: nothing signed by it
//   can be served then, not even by a replica that hears nothing.
//
// Damage is mended so that nobody is cut off: a serving certificate from the same authority; a lost authority by way of
// its successor, as long as something it signed can be served. New material that no agent knows is made at once only
// where nothing could be served anyway: in an empty Secret, or when all else is lost or has expired.

import type { KeyPair, Validity } from './issue.ts';
import { type CertificateFacts, readFacts } from './key-pair.ts';
import type { Material, PreviousAuthorities } from './material.ts';

const dayMs = 24 * 60 * 60_000;

const spans = {
  authorityMs: 730 * dayMs,
  servingMs: 30 * dayMs,
  /** Of a life, after which the next one is prepared. */
  renewRatio: 2 / 3,
  publishedMs: dayMs,
  /** Certificates begin in the past by this much: clocks differ. */
  skewMs: 60 * 60_000,
} as const;

export type Step =
  | { readonly kind: 'none' }
  /** A new authority and what it signs, for agents that know neither. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'makeNext' }
  | { readonly kind: 'notePublished' }
  /** The next authority becomes the one that signs. */
  | { readonly kind: 'switch' }
  | { readonly kind: 'renewServing' }
  | { readonly kind: 'dropPrevious' };

export interface Circumstances {
  readonly nowMs: number;
  /** DNS names of the serving certificate. */
  readonly names: readonly string[];
  /** Fingerprints of the authorities that agents can mount. */
  readonly published: ReadonlySet<string>;
}

/** The next step; after it was taken there may be another one. */
export function planStep(material: Material, circumstances: Circumstances): Step {
  const { nowMs } = circumstances;
  const authority = findLive(material.authority, nowMs);
  const serving = findLive(material.serving, nowMs);
  const next = findLive(material.next?.pair, nowMs);
  if (authority === undefined && serving === undefined)
    return { kind: next === undefined ? 'begin' : 'switch' };
  const succession = planSuccession(authority, next, material, circumstances);
  if (succession !== undefined) return succession;
  if (authority !== undefined && mustRenew(serving, circumstances, authority))
    return { kind: 'renewServing' };
  const { previous } = material;
  return { kind: previous !== undefined && nowMs >= previous.untilMs ? 'dropPrevious' : 'none' };
}

/** Undefined while nothing is to be done about authorities. */
function planSuccession(
  authority: CertificateFacts | undefined,
  next: CertificateFacts | undefined,
  material: Material,
  { nowMs, published }: Circumstances,
): Step | undefined {
  if (next === undefined) {
    const isWanted = authority === undefined || isDue(authority, nowMs);
    return isWanted ? { kind: 'makeNext' } : undefined;
  }
  const publishedAtMs = material.next?.publishedAtMs;
  if (publishedAtMs === undefined)
    return published.has(next.fingerprint) ? { kind: 'notePublished' } : undefined;
  return nowMs >= publishedAtMs + spans.publishedMs ? { kind: 'switch' } : undefined;
}

/** Of an authority made now. */
export function authorityValidity(nowMs: number): Validity {
  return { notBeforeMs: nowMs - spans.skewMs, notAfterMs: nowMs + spans.authorityMs };
}

/** Of a certificate signed now; it never outlives who signs it. */
export function servingValidity(nowMs: number, authority: KeyPair): Validity {
  const endMs = readFacts(authority.certificate)?.notAfterMs ?? nowMs;
  return {
    notBeforeMs: nowMs - spans.skewMs,
    notAfterMs: Math.min(nowMs + spans.servingMs, endMs),
  };
}

/** Those before, once the authority that signs becomes one of them. */
export function retire(material: Material, nowMs: number): PreviousAuthorities | undefined {
  const { authority, serving, previous } = material;
  if (authority === undefined) return previous;
  const lastMs = readFacts(serving?.certificate ?? '')?.notAfterMs ?? nowMs + spans.servingMs;
  return {
    certificates: [authority.certificate, ...(previous?.certificates ?? [])],
    untilMs: Math.max(lastMs, previous?.untilMs ?? 0),
  };
}

function findLive(pair: KeyPair | undefined, nowMs: number): CertificateFacts | undefined {
  const facts = pair && readFacts(pair.certificate);
  return facts !== undefined && nowMs < facts.notAfterMs ? facts : undefined;
}

function isDue({ notBeforeMs, notAfterMs }: CertificateFacts, nowMs: number): boolean {
  return nowMs >= notBeforeMs + (notAfterMs - notBeforeMs) * spans.renewRatio;
}

function mustRenew(
  serving: CertificateFacts | undefined,
  { nowMs, names }: Circumstances,
  authority: CertificateFacts,
): boolean {
  if (serving === undefined || nowMs < serving.notBeforeMs) return true;
  if (serving.names.join() !== [...names].sort().join()) return true;
  // At the end of the authority's own life there is nothing longer to be had.
  return isDue(serving, nowMs) && serving.notAfterMs < authority.notAfterMs;
}
