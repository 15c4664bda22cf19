// I2: a pair never has two pull pods at once, and nothing is pulled that is there or on its way.

import type { World } from '../world.ts';
import type { PullPod } from './pull-pods.ts';
import type { Report } from './violation.ts';

export class OnceCheck {
  readonly #world: World;
  readonly #report: Report;
  #pullsSeen = 0;

  constructor(world: World, report: Report) {
    this.#world = world;
    this.#report = report;
  }

  podCreated(created: PullPod): void {
    const { image, nodeUid, pullSecrets, uid } = created;
    const twin = this.#world.livePods().find((pod) => {
      const name = pod.metadata.name;
      return pod.metadata.uid !== uid && name === created.name;
    });
    if (twin !== undefined)
      this.#report({ invariant: 'I2', what: `two pods for ${image} ${pullSecrets} on ${nodeUid}` });
  }

  /** After every step: pulls that began since. */
  step(): void {
    const pulls = this.#world.cluster.record.pulls();
    for (; this.#pullsSeen < pulls.length; this.#pullsSeen += 1) {
      const pull = pulls[this.#pullsSeen];
      if (pull?.duplicate)
        this.#report({ invariant: 'I2', what: `${pull.image} is pulled again on ${pull.node}` });
    }
  }
}
