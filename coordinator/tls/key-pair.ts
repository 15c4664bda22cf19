// What stands in a certificate, as far as the coordinator must know it, read by Node's own means. Nothing here ever says
// what stands in a key.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { KeyPair } from './issue.ts';

export interface CertificateFacts {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly isAuthority: boolean;
  /** DNS names, sorted. */
  readonly names: readonly string[];
  /** Tells certificates apart; SHA-256. */
  readonly fingerprint: string;
}

// One is about 700 bytes; chains of four and bundles of a few authorities fit.
const maxPemBytes = 256 * 1024;
const maxCertificates = 64;
const block = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/g;

/** The certificates in a PEM text, without what stands between them; empty when there is none that can be read. */
export function splitPem(text: string): readonly string[] {
  if (text.length > maxPemBytes) return [];
  const found = (text.match(block) ?? []).slice(0, maxCertificates);
  return found.filter((pem) => parse(pem) !== undefined);
}

/** Facts of the first certificate; undefined when it cannot be read. */
export function readFacts(pem: string): CertificateFacts | undefined {
  const certificate = parse(pem);
  if (certificate === undefined) return undefined;
  return {
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
    isAuthority: certificate.ca,
    names: readNames(certificate.subjectAltName ?? ''),
    fingerprint: certificate.fingerprint256,
  };
}

/** Undefined when certificate and key can be used together, else what is wrong with them. */
export function findPairProblem({ certificate, key }: KeyPair): string | undefined {
  const parsed = parse(certificate);
  if (parsed === undefined) return 'the certificate cannot be read';
  const privateKey = parseKey(key);
  if (privateKey === undefined) return 'the key cannot be read';
  if (!parsed.checkPrivateKey(privateKey)) return 'the key is not that of the certificate';
  try {
    createSecureContext({ cert: certificate, key });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return `TLS cannot be served with it (${code})`;
  }
}

/** Whether the first certificate of `pem` was signed by one of these authorities. */
export function isSignedBy(pem: string, authorities: readonly string[]): boolean {
  const certificate = parse(pem);
  return authorities.some((text) => {
    const authority = parse(text);
    if (certificate === undefined || authority === undefined) return false;
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  });
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function readNames(subjectAltName: string): readonly string[] {
  return [...subjectAltName.matchAll(/DNS:([^\s,"]+)/g)].map(([, name = '']) => name).sort();
}
