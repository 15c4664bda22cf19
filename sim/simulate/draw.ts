// Choices of one simulated run, all from its seed.

import { openSeededRandom } from '../store/seeded-random.ts';

export class Draw {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = openSeededRandom(seed);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** Uniform, both ends included up to rounding. */
  between(min: number, max: number): number {
    return min + this.random() * (max - min);
  }

  whole(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1));
  }

  /** Undefined of an empty list. */
  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }
}
