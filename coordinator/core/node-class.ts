// What limits can tell nodes apart by, other than the node itself: nodes that agree in it are one class. There are few
// classes and thousands of nodes, so a limit per zone is asked once for each class and not for each node.

import type { NodeRecord } from './events.ts';

export interface NodeClass {
  /** Empty when the node has no zone label. */
  readonly zone: string;
  /** `OS/ARCHITECTURE`. */
  readonly platform: string;
  /** The node selectors in force that nodes of this class match, as `formatSelector` writes them. */
  readonly selectors: ReadonlySet<string>;
}

export type Selector = Readonly<Record<string, string>>;

const zoneLabel = 'topology.kubernetes.io/zone';

/** Of a node that nothing is known of. */
export const unknownClass: NodeClass = { zone: '', platform: '', selectors: new Set() };

/** The same text for the same labels, in whatever order. */
export function formatSelector(selector: Selector): string {
  return JSON.stringify(Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Makes classes, each once, so that equal ones are the same object. */
export class NodeClasses {
  #selectors = new Map<string, Selector>();
  #classes = new Map<string, NodeClass>();

  /** Says which selectors limits and policies use now; returns true when nodes have to be classed anew. */
  setSelectors(selectors: readonly Selector[]): boolean {
    const next = new Map(selectors.map((selector) => [formatSelector(selector), selector]));
    const isSame =
      next.size === this.#selectors.size &&
      [...next.keys()].every((key) => this.#selectors.has(key));
    if (isSame) return false;
    this.#selectors = next;
    this.#classes = new Map();
    return true;
  }

  classOf({ labels, platform: { os, architecture } }: NodeRecord): NodeClass {
    const zone = labels[zoneLabel] ?? '';
    const platform = `${os}/${architecture}`;
    const selectors = [...this.#selectors]
      .filter(([, selector]) => isSelected(labels, selector))
      .map(([key]) => key);
    const key = JSON.stringify([zone, platform, selectors]);
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    const made = { zone, platform, selectors: new Set(selectors) };
    this.#classes.set(key, made);
    return made;
  }
}

function isSelected(labels: Readonly<Record<string, string>>, selector: Selector): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
