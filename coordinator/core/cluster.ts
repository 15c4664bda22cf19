// What the watches of nodes, pull pods and CachedImages tell. Complete lists say what is gone as well; until all
// are in, pods wait, because a pod means nothing before its node and its image are known.

import type { Instant } from '../../shared/clock.ts';
import { parseTimestamp } from '../../shared/timestamp.ts';
import type { AgentMemory } from './agent-memory.ts';
import { refreshAvailability } from './availability.ts';
import type { CachedImageObject, NodeRecord, PullPodRecord } from './events.ts';
import type { Leases } from './leases.ts';
import type { NodeState } from './node-state.ts';
import type { Revocations } from './revocations.ts';
import type { State } from './state.ts';
import type { Suspects } from './suspects.ts';
import type { UnseenPulls } from './unseen-pulls.ts';
import type { WishState } from './wish-state.ts';

/** A node that is not Ready for longer makes its leases suspect. */
const suspectAfterMs = 5 * 60_000;

export interface ClusterParts {
  readonly state: State;
  readonly leases: Leases;
  readonly revocations: Revocations;
  readonly suspects: Suspects;
  readonly unseen: UnseenPulls;
  readonly memory: AgentMemory;
}

export class Cluster {
  readonly #state: State;
  readonly #leases: Leases;
  readonly #revocations: Revocations;
  readonly #suspects: Suspects;
  readonly #unseen: UnseenPulls;
  readonly #memory: AgentMemory;
  /** Pods that came before all lists were in, by name; bounded by the pull pods there are. */
  readonly #earlyPods = new Map<string, PullPodRecord>();
  #isBegun = false;

  constructor({ state, leases, revocations, suspects, unseen, memory }: ClusterParts) {
    this.#state = state;
    this.#leases = leases;
    this.#revocations = revocations;
    this.#suspects = suspects;
    this.#unseen = unseen;
    this.#memory = memory;
  }

  /** All lists are in and taken over. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  nodesListed(nodes: readonly NodeRecord[], now: Instant): void {
    const uids = new Set(nodes.map((node) => node.uid));
    for (const node of [...this.#state.demand.nodes.values()]) {
      if (node.record !== undefined && !uids.has(node.uid)) this.nodeGone(node.uid, now);
    }
    for (const node of nodes) this.nodeSeen(node, now);
    this.#state.listed.nodes = true;
  }

  nodeSeen(record: NodeRecord, now: Instant): void {
    const { demand } = this.#state;
    const namesake = demand.findNodeByName(record.name);
    if (namesake !== undefined && namesake.uid !== record.uid) this.nodeGone(namesake.uid, now);
    const before = demand.nodes.get(record.uid)?.record;
    // Most updates of a node object are about what the core does not keep.
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(record)) return;
    const node = demand.setNodeRecord(record);
    if (before !== undefined && hasBooted(before, record)) this.#unseen.stopped(node, now);
    if (record.ready) {
      if (node.notReadySinceMs !== undefined) this.#trust(node, now);
    } else if (node.notReadySinceMs === undefined) {
      node.notReadySinceMs = now.monotonicMs;
      this.#state.deadlines.add(now.monotonicMs + suspectAfterMs, { kind: 'nodeSuspect', node });
    }
    refreshAvailability(this.#state, node, now);
    if (before === undefined && this.#isBegun) this.#memory.restore(node, now);
  }

  #trust(node: NodeState, now: Instant): void {
    node.notReadySinceMs = undefined;
    this.#suspects.trustNode(node);
    if (this.#isBegun) this.#leases.takeUp(node, now);
  }

  nodeGone(uid: string, now: Instant): void {
    const node = this.#state.demand.nodes.get(uid);
    if (node?.record === undefined) return;
    this.#suspects.loseNode(node, now);
    this.#state.demand.removeNodeRecord(node);
  }

  podsListed(pods: readonly PullPodRecord[], now: Instant): void {
    this.#state.listed.pods = true;
    if (this.#isBegun) {
      this.#leases.podsListed(pods, now);
      return;
    }
    this.#earlyPods.clear();
    for (const pod of pods) this.#earlyPods.set(pod.name, pod);
    if (pods.length === 0 && this.#state.settings.firstEpoch) {
      this.#state.areOffersAllowed = true;
      this.#state.use.trustNoStarts();
    }
  }

  podSeen(pod: PullPodRecord, now: Instant): void {
    if (this.#isBegun) this.#leases.podSeen(pod, now);
    else this.#earlyPods.set(pod.name, pod);
  }

  podGone(pod: PullPodRecord, now: Instant): void {
    if (this.#isBegun) this.#leases.podGone(pod, now);
    else this.#earlyPods.delete(pod.name);
  }

  imagesListed(images: readonly CachedImageObject[], now: Instant): void {
    const names = new Set(images.map((image) => image.metadata.name));
    for (const name of [...this.#state.demand.wishes.keys()]) {
      if (!names.has(name)) this.imageGone(name, now);
    }
    for (const image of images) this.imageSeen(image, now);
    this.#state.listed.images = true;
  }

  imageSeen(object: CachedImageObject, now: Instant): void {
    const { demand } = this.#state;
    const before = demand.wishes.get(object.metadata.name)?.desired;
    const wish = demand.setWish(object);
    if (!this.#isBegun) this.#restoreRest(wish, object, now);
    if (before !== undefined && (before !== wish.desired || demand.changedWishes.has(wish))) {
      this.#revocations.revokeUnwanted(before, now);
    }
  }

  /** An image that failed as a whole before a restart of ours goes on waiting. */
  #restoreRest(
    { generation, desired }: WishState,
    { status }: CachedImageObject,
    now: Instant,
  ): void {
    const nextAttemptAtMs = parseTimestamp(status?.nextAttemptAt);
    const attempts = status?.attempts ?? 0;
    if (desired === undefined || nextAttemptAtMs === undefined || attempts < 1) return;
    if (status?.observedGeneration !== generation) return;
    const { breakers } = this.#state;
    breakers.restoreImage(desired, { attempts, nextAttemptAtMs }, now);
    desired.rest = breakers.imageRest(desired.key);
  }

  imageGone(name: string, now: Instant): void {
    const image = this.#state.demand.wishes.get(name)?.desired;
    this.#state.demand.removeWish(name);
    if (image !== undefined) this.#revocations.revokeUnwanted(image, now);
  }

  suspect(node: NodeState, now: Instant): void {
    const sinceMs = node.notReadySinceMs;
    if (sinceMs !== undefined && now.monotonicMs - sinceMs >= suspectAfterMs) {
      this.#suspects.suspectNode(node);
    }
  }

  /** Once all lists are in, and limits hold: takes the pods over, whose nodes and images are known by now. */
  begin(now: Instant): void {
    if (this.#isBegun || !this.#state.isListed) return;
    this.#isBegun = true;
    this.#leases.podsListed([...this.#earlyPods.values()], now);
    this.#earlyPods.clear();
    for (const node of this.#state.demand.nodes.values()) this.#memory.restore(node, now);
  }
}

function hasBooted(before: NodeRecord, { bootId }: NodeRecord): boolean {
  return before.bootId !== '' && bootId !== '' && before.bootId !== bootId;
}
