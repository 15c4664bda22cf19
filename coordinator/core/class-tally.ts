// Of one image: how many target nodes each class of nodes has and how many of them lack it, for rules that let some nodes
// of a platform or a zone go first.

import type { NodeClass } from './node-class.ts';

interface Tally {
  targets: number;
  missing: number;
}

export class ClassTally {
  readonly #classes = new Map<NodeClass, Tally>();

  change(nodeClass: NodeClass, by: Readonly<Tally>): void {
    const tally = this.#classes.get(nodeClass) ?? { targets: 0, missing: 0 };
    tally.targets += by.targets;
    tally.missing += by.missing;
    if (tally.targets === 0 && tally.missing === 0) this.#classes.delete(nodeClass);
    else this.#classes.set(nodeClass, tally);
  }

  /** Classes with nodes that lack the image, and how many. */
  *missing(): Generator<readonly [nodeClass: NodeClass, nodes: number]> {
    for (const [nodeClass, { missing }] of this.#classes)
      if (missing > 0) yield [nodeClass, missing];
  }

  /** Summed over the classes that `picks` takes. */
  sum(picks: (nodeClass: NodeClass) => boolean): Readonly<Tally> {
    const sum = { targets: 0, missing: 0 };
    for (const [nodeClass, { targets, missing }] of this.#classes) {
      if (!picks(nodeClass)) continue;
      sum.targets += targets;
      sum.missing += missing;
    }
    return sum;
  }
}
