// Where a serving certificate comes from: the Secret that coordinators keep among themselves (managed.ts), or files that
// somebody else keeps (files.ts).

import type { KeyPair } from './issue.ts';

export interface Offered {
  readonly serving: KeyPair;
  /** Certificates of authorities that agents must know, in PEM. */
  readonly authorities: readonly string[];
}

export interface CertificateSource {
  readonly readEveryMs: number;
  /**
   * What is to be served now.
   * @param published fingerprints of the authorities that agents can mount
   * @throws SourceError or KubeError; neither says what stands in a key
   */
  read(published: ReadonlySet<string>, signal: AbortSignal): Promise<Offered>;
}

/** There is nothing to serve, or it is damaged; the message says what to do. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
