// The nodes that lack one image and neither pull it nor rest from a failure: it could be offered to them as far as the pair
// itself is concerned. One number per node, because every decision may look at thousands of them.

export class OpenNodes {
  /** By node index: 0 when the pair is not open, else one more than the offers that the image had had when it opened. */
  #since = new Uint32Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(index: number): boolean {
    return (this.#since[index] ?? 0) > 0;
  }

  /** Infinity when the pair is not open. */
  offersBefore(index: number): number {
    const since = this.#since[index] ?? 0;
    return since === 0 ? Infinity : since - 1;
  }

  /** @param offers how many offers the image has had; a pair that is open already keeps its number */
  add(index: number, offers: number): void {
    if (this.has(index)) return;
    if (index >= this.#since.length) {
      const larger = new Uint32Array(2 ** Math.ceil(Math.log2(index + 1)));
      larger.set(this.#since);
      this.#since = larger;
    }
    this.#since[index] = offers + 1;
    this.#size += 1;
  }

  delete(index: number): void {
    if (!this.has(index)) return;
    this.#since[index] = 0;
    this.#size -= 1;
  }
}
