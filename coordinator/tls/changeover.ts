// When a certificate that was offered is served, and which authorities agents must know until then. An authority that
// agents cannot have mounted yet is published first, beside those that they know, and what it signed is served five
// minutes later: the kubelet takes up to two to bring a changed ConfigMap. The authorities before are published until
// ten minutes after the change: other replicas may be that late. A managed rotation publishes a day ahead and passes at
// once; this is for files that somebody swaps, and for a Secret that somebody restores.

import type { KeyPair } from './issue.ts';
import { isSignedBy, readFacts } from './key-pair.ts';
import type { Offered } from './source.ts';

const mountLagMs = 5 * 60_000;
const otherReplicasMs = 10 * 60_000;

interface Leaving {
  readonly authorities: readonly string[];
  readonly untilMs: number;
}

export class Changeover {
  /** When agents could mount an authority first, by fingerprint. */
  readonly #publishedAtMs = new Map<string, number>();
  #serving: Offered | undefined;
  #leaving: Leaving = { authorities: [], untilMs: 0 };

  /** The certificate to serve now; undefined before the first offer. */
  get serving(): KeyPair | undefined {
    return this.#serving?.serving;
  }

  /** Fingerprints of what agents can mount. */
  get published(): ReadonlySet<string> {
    return new Set(this.#publishedAtMs.keys());
  }

  /** All authorities that agents must know now, each once, none that has expired. */
  listAuthorities(offered: Offered | undefined, nowMs: number): readonly string[] {
    const leaving = nowMs < this.#leaving.untilMs ? this.#leaving.authorities : [];
    const all = [
      ...(offered?.authorities ?? []),
      ...(this.#serving?.authorities ?? []),
      ...leaving,
    ];
    const byFingerprint = new Map<string, string>();
    for (const pem of all) {
      const facts = readFacts(pem);
      if (facts !== undefined && nowMs < facts.notAfterMs)
        byFingerprint.set(facts.fingerprint, byFingerprint.get(facts.fingerprint) ?? pem);
    }
    return [...byFingerprint.values()];
  }

  /** These authorities stand in the ConfigMap, and no others. */
  notePublished(authorities: readonly string[], nowMs: number): void {
    const fingerprints = authorities.map((pem) => readFacts(pem)?.fingerprint ?? '');
    for (const known of this.#publishedAtMs.keys())
      if (!fingerprints.includes(known)) this.#publishedAtMs.delete(known);
    for (const fingerprint of fingerprints)
      this.#publishedAtMs.set(fingerprint, this.#publishedAtMs.get(fingerprint) ?? nowMs);
  }

  /** Takes the offer up as soon as agents can know its authority; returns whether another certificate is served now. */
  take(offered: Offered, nowMs: number): boolean {
    const before = this.#serving;
    const isOther = before?.serving.certificate !== offered.serving.certificate;
    if (isOther && before !== undefined && !this.#isKnown(offered, before, nowMs)) return false;
    const leaving = before?.authorities.filter((pem) => !offered.authorities.includes(pem)) ?? [];
    if (leaving.length > 0)
      this.#leaving = { authorities: leaving, untilMs: nowMs + otherReplicasMs };
    this.#serving = offered;
    return isOther;
  }

  #isKnown({ serving, authorities }: Offered, before: Offered, nowMs: number): boolean {
    const current = readFacts(before.serving.certificate);
    // What is served is of no use to anybody: nothing to lose.
    if (current === undefined || nowMs >= current.notAfterMs) return true;
    const signers = authorities.filter((pem) => isSignedBy(serving.certificate, [pem]));
    if (signers.some((pem) => before.authorities.includes(pem))) return true;
    const known = (signers.length > 0 ? signers : authorities).map(
      (pem) => this.#publishedAtMs.get(readFacts(pem)?.fingerprint ?? '') ?? nowMs,
    );
    return known.some((publishedAtMs) => nowMs - publishedAtMs >= mountLagMs);
  }
}
