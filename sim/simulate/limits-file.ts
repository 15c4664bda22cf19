// The limits that the operator of a simulated run has configured, and edits while pulls run.

import type { Limit } from '../../coordinator/core/limits.ts';
import type { Draw } from './draw.ts';

const usual = { cluster: 12, image: 4, registry: 8 };

export class LimitsFile {
  readonly #draw: Draw;
  readonly #listeners = new Set<() => void>();
  cluster = usual.cluster;
  image = usual.image;
  registry = usual.registry;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  /** As the file would have them. */
  limits(): readonly Limit[] {
    return [
      { name: 'cluster', per: 'cluster', slots: { count: this.cluster, percent: 0 }, match: {} },
      { name: 'image', per: 'image', slots: { count: this.image, percent: 0 }, match: {} },
      { name: 'registry', per: 'registry', slots: { count: this.registry, percent: 0 }, match: {} },
    ];
  }

  /** Returns the end of it. */
  onEdit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes one limit and says how. */
  edit(): string {
    const name = this.#draw.pick(['cluster', 'image', 'registry'] as const) ?? 'cluster';
    this[name] = this.#draw.whole(2, name === 'image' ? 6 : 16);
    this.#tell();
    return `${name} to ${this[name]}`;
  }

  /** As at the start. */
  restore(): void {
    Object.assign(this, usual);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
