// Keeps the channel certified: reads its source again and again, publishes the authorities, and hands a new certificate to
// the listener when agents can know who signed it. Runs in every replica, leading or not. Whatever fails, what is served
// goes on to be served.

import { type Backoff, decideBackoffMs } from '../../shared/backoff.ts';
import { type Clock, waitFor } from '../../shared/clock.ts';
import { KubeError } from '../../shared/kube-client.ts';
import type { Log } from '../../shared/log.ts';
import type { ServingCertificate } from '../listener.ts';
import { type CaConfigMapOptions, publishAuthorities } from './ca-config-map.ts';
import { Changeover } from './changeover.ts';
import { isSignedBy, readFacts } from './key-pair.ts';
import { type CertificateSource, type Offered, SourceError } from './source.ts';

export interface CertificateKeeperOptions {
  readonly source: CertificateSource;
  readonly configMap: CaConfigMapOptions;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly onCertificate: (certificate: ServingCertificate) => void;
}

/** For metrics; times are undefined while there is no certificate. */
export interface CertificateView {
  readonly servingNotAfterMs: number | undefined;
  /** Of the authority that signed what is served; undefined also when its signer is another one's. */
  readonly authorityNotAfterMs: number | undefined;
  /** The last pass failed. */
  readonly isTroubled: boolean;
}

const backoff: Backoff = { initialMs: 500, factor: 2, maxMs: 60_000, jitterRatio: 1 };
// Lost in a row, there is more at work than another replica.
const maxConflicts = 3;
// The ConfigMap is looked at this often when nothing changed.
const publishEveryMs = 60_000;

export class CertificateKeeper {
  readonly #options: CertificateKeeperOptions;
  readonly #changeover = new Changeover();
  #offered: Offered | undefined;
  #published: readonly string[] = [];
  #publishedAtMs = Number.NEGATIVE_INFINITY;
  #trouble = '';

  constructor(options: CertificateKeeperOptions) {
    this.#options = options;
  }

  get view(): CertificateView {
    const { serving } = this.#changeover;
    const authorities = this.#offered?.authorities ?? [];
    const signer = authorities.find((pem) => isSignedBy(serving?.certificate ?? '', [pem]));
    return {
      servingNotAfterMs: readFacts(serving?.certificate ?? '')?.notAfterMs,
      authorityNotAfterMs: readFacts(signer ?? '')?.notAfterMs,
      isTroubled: this.#trouble !== '',
    };
  }

  /**
   * Goes on until the signal aborts.
   * @throws the signal's reason; what neither files nor the API server explain
   */
  async run(signal: AbortSignal): Promise<never> {
    const { clock, random, source } = this.#options;
    let failures = 0;
    for (;;) {
      const done = await this.pass(signal);
      failures = done ? 0 : failures + 1;
      const delayMs = done
        ? source.readEveryMs
        : Math.min(decideBackoffMs(backoff, failures, random()), source.readEveryMs);
      await waitFor(clock, delayMs, signal);
    }
  }

  /** Once: false when something failed, which was logged. */
  async pass(signal: AbortSignal): Promise<boolean> {
    // Each goes on where the other one fails.
    const read = await this.#attempt(() => this.#read(signal), signal);
    const published = await this.#attempt(() => this.#publish(signal), signal);
    if (this.#offered !== undefined) this.#serve(this.#offered);
    const trouble = read ?? published;
    this.#say(trouble ?? '');
    return trouble === undefined;
  }

  async #read(signal: AbortSignal): Promise<void> {
    this.#offered = await this.#options.source.read(this.#changeover.published, signal);
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { wallMs, monotonicMs } = this.#options.clock.now();
    const authorities = this.#changeover.listAuthorities(this.#offered, wallMs);
    if (authorities.length === 0) return;
    const isSame = authorities.join() === this.#published.join();
    if (isSame && monotonicMs < this.#publishedAtMs + publishEveryMs) return;
    await publishAuthorities(this.#options.configMap, authorities, signal);
    this.#changeover.notePublished(authorities, wallMs);
    this.#published = authorities;
    this.#publishedAtMs = monotonicMs;
  }

  #serve(offered: Offered): void {
    const { clock, log, onCertificate } = this.#options;
    if (!this.#changeover.take(offered, clock.now().wallMs)) return;
    onCertificate(offered.serving);
    const facts = readFacts(offered.serving.certificate);
    const notAfter = new Date(facts?.notAfterMs ?? 0).toISOString();
    log.info({ names: facts?.names, notAfter }, 'certificate served');
  }

  /** Undefined when it went well, else what went wrong. */
  async #attempt(action: () => Promise<void>, signal: AbortSignal): Promise<string | undefined> {
    for (let conflicts = 0; ; conflicts += 1) {
      try {
        await action();
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        const isKube = error instanceof KubeError;
        // Another replica was quicker: read what it wrote.
        if (isKube && error.status === 409 && conflicts < maxConflicts) continue;
        if (isKube || error instanceof SourceError) return error.message;
        throw error;
      }
    }
  }

  #say(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (trouble === '') this.#options.log.info('certificates are kept again');
    else this.#options.log.warn({ why: trouble }, 'certificates not kept');
  }
}
