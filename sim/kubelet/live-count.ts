// How many of something live at once on (node, image) pairs, and the most there ever were: over the cluster, of one
// image, on one node.

export interface Peaks {
  readonly cluster: number;
  /** Of the image with the highest peak. */
  readonly perImage: number;
  /** On the node with the highest peak. */
  readonly perNode: number;
}

export class LiveCount {
  #count = 0;
  readonly #byPair = new Map<string, number>();
  readonly #byImage = new Map<string, number>();
  readonly #byNode = new Map<string, number>();
  #peaks: Peaks = { cluster: 0, perImage: 0, perNode: 0 };

  get count(): number {
    return this.#count;
  }

  isLive(node: string, image: string): boolean {
    return this.#byPair.has(pairKey(node, image));
  }

  peaks(): Peaks {
    return this.#peaks;
  }

  add(node: string, image: string): void {
    this.#count += 1;
    change(this.#byPair, pairKey(node, image), 1);
    const perImage = change(this.#byImage, image, 1);
    const perNode = change(this.#byNode, node, 1);
    this.#peaks = {
      cluster: Math.max(this.#peaks.cluster, this.#count),
      perImage: Math.max(this.#peaks.perImage, perImage),
      perNode: Math.max(this.#peaks.perNode, perNode),
    };
  }

  remove(node: string, image: string): void {
    this.#count -= 1;
    change(this.#byPair, pairKey(node, image), -1);
    change(this.#byImage, image, -1);
    change(this.#byNode, node, -1);
  }
}

function change(counts: Map<string, number>, key: string, by: number): number {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
  return count;
}

function pairKey(node: string, image: string): string {
  return `${node}|${image}`;
}
