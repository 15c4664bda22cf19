// What an agent remembers for a coordinator that may know nothing, as its Hello tells: pulls that go on without a pod, and
// failures whose backoff goes on. Taken in as soon as nodes, pods and images are known; what is known here already stays.

import type { Instant } from '../../shared/clock.ts';
import type { NodeState } from './node-state.ts';
import type { Pairs } from './pairs.ts';
import type { UnseenPulls } from './unseen-pulls.ts';

export class AgentMemory {
  readonly #pairs: Pairs;
  readonly #unseen: UnseenPulls;

  constructor(pairs: Pairs, unseen: UnseenPulls) {
    this.#pairs = pairs;
    this.#unseen = unseen;
  }

  restore(node: NodeState, now: Instant): void {
    if (node.record === undefined || node.session === undefined) return;
    this.#unseen.restore(node, now);
    for (const failed of node.session.hello.failedPulls)
      this.#pairs.restoreFailures(node, failed, now);
  }
}
