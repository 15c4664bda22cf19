// What people ask the core, answered from its state at that moment. Nothing here changes anything.

import type { Instant } from '../../shared/clock.ts';
import type { Reason } from '../../shared/reason.ts';
import type { DesiredImage } from './desired-image.ts';
import { decideVerdict } from './explain.ts';
import { explainPair } from './explain-words.ts';
import { reportLimits } from './limit-report.ts';
import type { NodeState } from './node-state.ts';
import type { Pause } from './pauses.ts';
import { showNode } from './show.ts';
import type { State } from './state.ts';
import type {
  ExplanationView,
  ImageExplanation,
  Inquiries,
  LimitScopeView,
  NodeView,
} from './views.ts';

/** As many nodes without the image as a person reads; the counts are about all of them. */
const maxWorst = 20;

export class Inquiry implements Inquiries {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  node(name: string): NodeView | undefined {
    const node = this.#state.demand.findNodeByName(name);
    return node === undefined ? undefined : showNode(node);
  }

  isDesired(image: string): boolean {
    return !this.#state.demand.imagesOf(image).next().done;
  }

  explainPair(image: string, nodeName: string, now: Instant): readonly ExplanationView[] {
    const node = this.#state.demand.findNodeByName(nodeName);
    if (node === undefined) return [];
    return [...this.#state.demand.imagesOf(image)].map((desired) =>
      explainPair({ state: this.#state, image: desired, node, now }),
    );
  }

  explainNode(nodeName: string, now: Instant): readonly ExplanationView[] {
    const node = this.#state.demand.findNodeByName(nodeName);
    const images = [...(node?.targetOf ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
    return images.flatMap((image) =>
      node === undefined ? [] : [explainPair({ state: this.#state, image, node, now })],
    );
  }

  explainImage(image: string, now: Instant): ImageExplanation {
    const counts = new Map<Reason, number>();
    const lacking: LackingPair[] = [];
    for (const desired of this.#state.demand.imagesOf(image)) {
      for (const node of this.#state.demand.nodes.values()) {
        if (node.record === undefined) continue;
        const verdict = decideVerdict({ state: this.#state, image: desired, node, now });
        counts.set(verdict.reason, (counts.get(verdict.reason) ?? 0) + 1);
        if (verdict.kind === 'held' || verdict.reason === 'NotTargeted') continue;
        const failures = desired.pairs.get(node)?.failures ?? 0;
        lacking.push({ image: desired, node, failures, rank: ranks[verdict.kind] });
      }
    }
    const worst = lacking.sort(compareWorst).slice(0, maxWorst);
    return {
      counts,
      worst: worst.map((pair) => explainPair({ state: this.#state, now, ...pair })),
    };
  }

  limits(now: Instant): readonly LimitScopeView[] {
    return reportLimits(this.#state, now);
  }

  pauses(): readonly Pause[] {
    return this.#state.pauses.list();
  }
}

interface LackingPair {
  readonly image: DesiredImage;
  readonly node: NodeState;
  readonly failures: number;
  readonly rank: number;
}

/** What needs a person comes before what only needs time. */
const ranks = {
  backoff: 0,
  node: 1,
  gate: 2,
  leftoverPod: 3,
  limit: 4,
  free: 5,
  recovering: 6,
  lease: 7,
  target: 8,
  held: 9,
} as const;

function compareWorst(a: LackingPair, b: LackingPair): number {
  return b.failures - a.failures || a.rank - b.rank || (a.node.name < b.node.name ? -1 : 1);
}
