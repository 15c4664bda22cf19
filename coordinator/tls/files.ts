// The certificate in a folder that somebody else keeps: cert-manager's Secret or the operator's own, mounted. Read again
// every ten seconds and compared, because a mounted Secret is swapped by symbolic links, of which file watches miss half.

import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { findPairProblem, readFacts, splitPem } from './key-pair.ts';
import { type CertificateSource, type Offered, SourceError } from './source.ts';

export class FileSource implements CertificateSource {
  readonly readEveryMs = 10_000;
  readonly #directory: string;
  readonly #clock: Clock;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async read(): Promise<Offered> {
    const folder = await this.#resolve();
    const [certificate, key, ca] = await Promise.all(
      ['tls.crt', 'tls.key', 'ca.crt'].map((file) => this.#read(folder, file)),
    );
    const serving = { certificate: certificate ?? '', key: key ?? '' };
    const problem = findPairProblem(serving);
    if (problem !== undefined) throw this.#refuse('tls.crt and tls.key', problem);
    const notAfterMs = readFacts(serving.certificate)?.notAfterMs ?? 0;
    if (this.#clock.now().wallMs >= notAfterMs)
      throw this.#refuse('tls.crt', 'the certificate has expired');
    const authorities = splitPem(ca ?? '');
    if (authorities.length === 0) throw this.#refuse('ca.crt', 'no certificate can be read');
    return { serving, authorities };
  }

  /** The kubelet swaps one link for all files: those behind it belong together. */
  #resolve(): Promise<string> {
    return realpath(join(this.#directory, '..data')).catch(() => this.#directory);
  }

  async #read(folder: string, file: string): Promise<string> {
    try {
      return await readFile(join(folder, file), 'utf8');
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw this.#refuse(file, `it cannot be read (${why})`);
    }
  }

  #refuse(file: string, why: string): SourceError {
    return new SourceError(
      `cannot use ${file} in ${this.#directory}: ${why}; what was served before is served on`,
    );
  }
}
