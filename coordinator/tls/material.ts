// What the Secret of a managed channel holds, as the code speaks of it, and back. A part that is damaged is told apart from
// the others: what is left decides what can be mended without cutting anybody off (plan.ts).

import { formatTimestamp, parseTimestamp } from '../../shared/timestamp.ts';
import type { KeyPair } from './issue.ts';
import { findPairProblem, isSignedBy, readFacts, splitPem } from './key-pair.ts';

export interface Material {
  /** Signs serving certificates; undefined when it is lost. */
  readonly authority: KeyPair | undefined;
  /** Will sign them, once all agents know it. */
  readonly next: NextAuthority | undefined;
  readonly previous: PreviousAuthorities | undefined;
  readonly serving: KeyPair | undefined;
}

export interface NextAuthority {
  readonly pair: KeyPair;
  /** When agents could mount it first; undefined until then. */
  readonly publishedAtMs: number | undefined;
}

/** Those that sign no more, but whose last certificate may still be served somewhere. */
export interface PreviousAuthorities {
  readonly certificates: readonly string[];
  readonly untilMs: number;
}

export interface ReadMaterial {
  readonly material: Material;
  /** Each names a key of the Secret and what is wrong there; never what stands there. */
  readonly damage: readonly string[];
}

/** As in `data` of a Secret: base64 by key. */
export type SecretData = Readonly<Record<string, string>>;

export const emptyMaterial: Material = {
  authority: undefined,
  next: undefined,
  previous: undefined,
  serving: undefined,
};

export function readMaterial(data: SecretData): ReadMaterial {
  const damage: string[] = [];
  const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
  const pair = (name: string): KeyPair | undefined => {
    const read = { certificate: text(`${name}.crt`), key: text(`${name}.key`) };
    if (read.certificate === '' && read.key === '') return undefined;
    const problem = findPairProblem(read);
    if (problem !== undefined) damage.push(`${name}.crt and ${name}.key: ${problem}`);
    return problem === undefined ? read : undefined;
  };
  const authority = onlyAuthority('ca', pair('ca'), damage);
  const next = onlyAuthority('next-ca', pair('next-ca'), damage);
  const serving = pair('tls');
  const previous = readPrevious(text, { authority, serving }, damage);
  return {
    material: {
      authority,
      next: next && { pair: next, publishedAtMs: parseTimestamp(text('next-ca-published-at')) },
      previous,
      serving: onlySigned(serving, authority, damage),
    },
    damage,
  };
}

export function writeMaterial(material: Material): SecretData {
  const { authority, next, previous, serving } = material;
  const texts: Readonly<Record<string, string | undefined>> = {
    'ca.crt': authority?.certificate,
    'ca.key': authority?.key,
    'tls.crt': serving?.certificate,
    'tls.key': serving?.key,
    'next-ca.crt': next?.pair.certificate,
    'next-ca.key': next?.pair.key,
    'next-ca-published-at': writeTime(next?.publishedAtMs),
    'previous-ca.crt': previous?.certificates.join('\n'),
    'previous-ca-until': writeTime(previous?.untilMs),
  };
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([, text]) => text !== undefined)
      .map(([key, text = '']) => [key, Buffer.from(text).toString('base64')]),
  );
}

/** Every authority that agents must know now. */
export function listAuthorities(material: Material): readonly string[] {
  const { authority, next, previous } = material;
  return [authority?.certificate, next?.pair.certificate, ...(previous?.certificates ?? [])].filter(
    (certificate) => certificate !== undefined,
  );
}

function onlyAuthority(
  name: string,
  pair: KeyPair | undefined,
  damage: string[],
): KeyPair | undefined {
  if (pair === undefined || readFacts(pair.certificate)?.isAuthority === true) return pair;
  damage.push(`${name}.crt: the certificate is not that of an authority`);
  return undefined;
}

function onlySigned(
  serving: KeyPair | undefined,
  authority: KeyPair | undefined,
  damage: string[],
): KeyPair | undefined {
  // Without its authority nobody can tell; agents that know it from before take it.
  if (serving === undefined || authority === undefined) return serving;
  if (isSignedBy(serving.certificate, [authority.certificate])) return serving;
  damage.push('tls.crt: the certificate was not signed by ca.crt');
  return undefined;
}

// An authority whose key is lost goes on to be trusted: what it signed is served until it ends.
function readPrevious(
  text: (key: string) => string,
  { authority, serving }: Pick<Material, 'authority' | 'serving'>,
  damage: string[],
): PreviousAuthorities | undefined {
  const certificates = [...splitPem(text('previous-ca.crt'))];
  const untilMs = parseTimestamp(text('previous-ca-until')) ?? 0;
  const orphans = authority === undefined ? splitPem(text('ca.crt')) : [];
  if (text('previous-ca.crt') !== '' && certificates.length === 0)
    damage.push('previous-ca.crt: no certificate can be read');
  if (certificates.length + orphans.length === 0) return undefined;
  const lastMs = orphans.length > 0 ? (readFacts(serving?.certificate ?? '')?.notAfterMs ?? 0) : 0;
  return { certificates: [...certificates, ...orphans], untilMs: Math.max(untilMs, lastMs) };
}

function writeTime(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : formatTimestamp(timeMs);
}
