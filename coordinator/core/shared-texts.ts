// One copy of each text that thousands of nodes tell alike: most nodes hold the same images, and each message brings names
// and digests of its own. At 5,000 nodes with 150 entries the copies were a tenth of all that a coordinator may use.

/** Distinct names and digests of a large cluster are a few thousand; beyond this all begin anew. */
const defaultMaxTexts = 100_000;

export class SharedTexts {
  readonly #maxTexts: number;
  readonly #texts = new Map<string, string>();

  constructor(maxTexts = defaultMaxTexts) {
    this.#maxTexts = maxTexts;
  }

  /** How many it knows. */
  get size(): number {
    return this.#texts.size;
  }

  /** The same text as the copy that was shared first. */
  share(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= this.#maxTexts) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
