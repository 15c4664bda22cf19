// Whom the agent trusts: the file of authorities, read again for every connection, because the kubelet changes it when the
// coordinator rotates, and parsed again when it has changed, because that takes longer than a handshake.

import { readFileSync } from 'node:fs';
import type { SecureContext } from 'node:tls';
import { trustIn } from '../shared/dial.ts';
import { StatusError } from '../shared/rpc.ts';

export class Authorities {
  readonly #file: string;
  #text: string | undefined;
  #trust: SecureContext | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws StatusError UNAVAILABLE when the file is of no use */
  read(): SecureContext {
    const text = readText(this.#file);
    if (this.#trust !== undefined && text === this.#text) return this.#trust;
    const trust = trustIn(text);
    this.#text = text;
    this.#trust = trust;
    return trust;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StatusError(
      'UNAVAILABLE',
      `cannot read ${file} (${why}): the coordinator publishes it when it has started; if it never comes, see that its ConfigMap is mounted`,
      { cause: error },
    );
  }
}
