// Which limits count an image, on all nodes and on those of one class. There may be hundreds of limits and a handful that
// count one image, so the answers are kept for as long as the limits and the image's traits are the same objects.

import type { LimitState } from './limit-state.ts';
import { isNodeless, type Limit, type LimitSubject, scopeKeys } from './limits.ts';
import type { NodeClass } from './node-class.ts';
import { type ImageTraits, subjectOn } from './subject.ts';

/** The limits that count an image, and in which scope. */
export interface Applicable {
  readonly shared: readonly { readonly state: LimitState; readonly key: string }[];
  /** Their scope key is the node's uid. */
  readonly perNode: readonly LimitState[];
}

export class LimitIndex {
  readonly #states: readonly LimitState[];
  readonly #ofImage = new WeakMap<ImageTraits, Applicable>();
  readonly #ofClass = new WeakMap<ImageTraits, Map<NodeClass, Applicable>>();

  constructor(states: readonly LimitState[]) {
    this.#states = states;
  }

  /** Limits that are the same on every node. */
  forImage(image: ImageTraits): Applicable {
    const known = this.#ofImage.get(image);
    if (known !== undefined) return known;
    const subject = subjectOn(image, undefined, '');
    const hasScopedPolicy = image.policies.some(({ selector }) => selector !== undefined);
    const states = this.#states.filter(
      ({ limit }) => isNodeless(limit) && !(hasScopedPolicy && asksPolicy(limit)),
    );
    const made = { shared: listShared(states, subject), perNode: [] };
    this.#ofImage.set(image, made);
    return made;
  }

  /** Limits that ask about the node, beyond those that `forImage` has. */
  forClass(image: ImageTraits, nodeClass: NodeClass): Applicable {
    const classes = this.#ofClass.get(image) ?? new Map<NodeClass, Applicable>();
    this.#ofClass.set(image, classes);
    const known = classes.get(nodeClass);
    if (known !== undefined) return known;
    const subject = subjectOn(image, nodeClass, '');
    const ofImage = new Set(this.forImage(image).shared.map(({ state }) => state));
    const rest = this.#states.filter((state) => !ofImage.has(state));
    const made = {
      shared: listShared(
        rest.filter(({ limit }) => limit.per !== 'node'),
        subject,
      ),
      perNode: rest.filter(
        ({ limit }) => limit.per === 'node' && scopeKeys(limit, subject).length > 0,
      ),
    };
    classes.set(nodeClass, made);
    return made;
  }
}

function asksPolicy({ per, match }: Limit): boolean {
  return per === 'policy' || match.policy !== undefined;
}

function listShared(states: readonly LimitState[], subject: LimitSubject): Applicable['shared'] {
  return states.flatMap((state) => scopeKeys(state.limit, subject).map((key) => ({ state, key })));
}
