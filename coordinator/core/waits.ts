// What holds pairs back, asked in one order by decisions and by explanations, and when the first of it ends by itself.

import type { Instant } from '../../shared/clock.ts';
import type { Demand } from './demand.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Gate, Wait } from './gate.ts';
import type { LimitUse } from './limit-use.ts';
import type { NodeClass } from './node-class.ts';
import type { NodeState } from './node-state.ts';
import { eligibleFor } from './order.ts';
import { type Admission, admitClass, hasTried } from './stages.ts';

/** What a decision looks at, and changes nothing of. */
export interface Outlook {
  readonly demand: Demand;
  readonly use: LimitUse;
  readonly gates: readonly Gate[];
}

export class Waits {
  readonly outlook: Outlook;
  readonly #now: Instant;
  /** When to ask again, monotonic: the first time at which something ends that `isFree` was told of. */
  retryAtMs: number | undefined;

  constructor(outlook: Outlook, now: Instant) {
    this.outlook = outlook;
    this.#now = now;
  }

  checkImage(image: DesiredImage): Wait | undefined {
    const { use, gates } = this.outlook;
    const eligible = eligibleFor(image, this.outlook);
    const wait = use.checkImage(image.traits, eligible, this.#now.monotonicMs);
    return wait ?? firstWait(gates, (gate) => gate.checkImage(image, this.#now));
  }

  checkClass(image: DesiredImage, nodeClass: NodeClass): Wait | undefined {
    const eligible = eligibleFor(image, this.outlook);
    const { monotonicMs } = this.#now;
    return this.outlook.use.checkClass({ image: image.traits, nodeClass }, eligible, monotonicMs);
  }

  checkStage(image: DesiredImage, node: NodeState): Wait | undefined {
    const admission = this.admit(image, node.nodeClass);
    if (admission.kind === 'all') return undefined;
    return admission.kind === 'again' && hasTried(image, node) ? undefined : admission.wait;
  }

  checkNode(image: DesiredImage, node: NodeState): Wait | undefined {
    const { use, gates } = this.outlook;
    const eligible = eligibleFor(image, this.outlook);
    const wait = use.checkNode({ image: image.traits, node }, eligible, this.#now.monotonicMs);
    return wait ?? firstWait(gates, (gate) => gate.checkNode(image, node, this.#now));
  }

  /** What the stages of its policies say of the class. */
  admit(image: DesiredImage, nodeClass: NodeClass): Admission {
    return admitClass(image, nodeClass, this.#now);
  }

  isFree(wait: Wait | undefined): boolean {
    if (wait?.retryAtMs !== undefined)
      this.retryAtMs = Math.min(this.retryAtMs ?? Infinity, wait.retryAtMs);
    return wait === undefined;
  }
}

function firstWait(
  gates: readonly Gate[],
  ask: (gate: Gate) => Wait | undefined,
): Wait | undefined {
  for (const gate of gates) {
    const wait = ask(gate);
    if (wait !== undefined) return wait;
  }
  return undefined;
}
