// Makes authorities and serving certificates. The one place that uses an X.509 library, and loads it only when there is
// something to make: about 10 MiB that coordinators with somebody else's certificates, replicas that came second and
// all agents do without. ECDSA on P-256: what every TLS 1.3 client speaks, at a tenth of RSA's cost for the server.
//
// No name constraints: an authority outlives a change of FOREHOLD_TLS_NAMES, and nobody but our own clients trusts it.

import { randomBytes, webcrypto } from 'node:crypto';

/** A certificate and its key, in PEM. The key must not get into a log, an error or a metric. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface Issuer {
  issueAuthority(validity: Validity): Promise<KeyPair>;
  /** @param names DNS names, at least one */
  issueServing(authority: KeyPair, names: readonly string[], validity: Validity): Promise<KeyPair>;
}

type X509 = typeof import('@peculiar/x509');

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const uses = ['sign', 'verify'] as const;

export const x509Issuer: Issuer = {
  issueAuthority: async (validity) => {
    const x509 = await load();
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, uses);
    const serialNumber = openSerial();
    const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...describe(serialNumber, validity),
      // A name of its own, so that a client that trusts two of ours tells them apart.
      name: `CN=forehold authority ${serialNumber.slice(0, 8)}`,
      keys,
      extensions: [
        // It signs serving certificates and no further authorities.
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { certificate: certificate.toString('pem'), key: await exportKey(x509, keys) };
  },

  issueServing: async (authority, names, validity) => {
    const x509 = await load();
    const issuer = new x509.X509Certificate(authority.certificate);
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, uses);
    const certificate = await x509.X509CertificateGenerator.create({
      ...describe(openSerial(), validity),
      subject: 'CN=forehold coordinator',
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey: await importKey(x509, authority.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: 'dns', value }) as const),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(issuer),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { certificate: certificate.toString('pem'), key: await exportKey(x509, keys) };
  },
};

async function load(): Promise<X509> {
  // The library's own library wants it, and wants it first.
  await import('reflect-metadata');
  // A CommonJS package: of what is imported late, a bundle hands out the default export alone.
  return (await import('@peculiar/x509')).default;
}

function describe(serialNumber: string, { notBeforeMs, notAfterMs }: Validity) {
  const [notBefore, notAfter] = [new Date(notBeforeMs), new Date(notAfterMs)];
  return { serialNumber, notBefore, notAfter, signingAlgorithm };
}

// RFC 5280 wants a positive number of at most 20 bytes; CA/Browser Forum 64 random bits.
function openSerial(): string {
  return `4${randomBytes(15).toString('hex').slice(1)}`;
}

async function exportKey(x509: X509, { privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return x509.PemConverter.encode(bytes, 'PRIVATE KEY');
}

function importKey(x509: X509, pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = x509.PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey('pkcs8', bytes, keyAlgorithm, false, ['sign']);
}
