// I2: a pair never has two pull pods at once, and nothing is pulled that is there or on its way.

import type { Pod } from '../../../shared/kube-types.ts';
import type { PullEntry } from '../../kubelet/record.ts';
import { type PullPod, readPullPod } from './pull-pods.ts';
import type { Report } from './violation.ts';
import type { Witnesses } from './witnesses.ts';

/** What is asked of the world. */
export interface PullScene {
  /** Pull pods that have not ended. */
  livePods(): readonly Pod[];
  readonly cluster: { readonly record: { pulls(): readonly PullEntry[] } };
}

export class OnceCheck {
  readonly #world: PullScene;
  readonly #witnesses: Pick<Witnesses, 'isForgotten'>;
  readonly #report: Report;
  /** Uids of pods that may pull what is on its way, because nobody is bound to know of it. */
  readonly #forgiven = new Set<string>();
  #pullsSeen = 0;

  constructor(world: PullScene, witnesses: Pick<Witnesses, 'isForgotten'>, report: Report) {
    this.#world = world;
    this.#witnesses = witnesses;
    this.#report = report;
  }

  /** Call before the witnesses see the pod. */
  podCreated(created: PullPod): void {
    const { image, nodeUid, pullSecrets, uid } = created;
    if (this.#witnesses.isForgotten(created.name) || this.#isLeftToNamesake(created))
      this.#forgiven.add(uid);
    const twin = this.#world.livePods().find((pod) => {
      const name = pod.metadata.name;
      return pod.metadata.uid !== uid && name === created.name;
    });
    if (twin !== undefined)
      this.#report({ invariant: 'I2', what: `two pods for ${image} ${pullSecrets} on ${nodeUid}` });
  }

  /**
   * A pod of a former node is there, and the kubelet of the new one with the same name takes it for its own: such a lease
   * was lost with its node (ARCHITECTURE.md).
   */
  #isLeftToNamesake({ node, nodeUid, image }: PullPod): boolean {
    return this.#world.livePods().some((pod) => {
      const other = readPullPod(pod);
      return other?.node === node && other.nodeUid !== nodeUid && other.image === image;
    });
  }

  /** After every step: pulls that began since. */
  step(): void {
    const pulls = this.#world.cluster.record.pulls();
    for (; this.#pullsSeen < pulls.length; this.#pullsSeen += 1) {
      const pull = pulls[this.#pullsSeen];
      if (pull?.duplicate && !this.#forgiven.has(pull.podUid))
        this.#report({ invariant: 'I2', what: `${pull.image} is pulled again on ${pull.node}` });
    }
  }
}
