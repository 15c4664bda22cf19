// The pull pods of this node, those found at the agent's start included, and the outcomes that the coordinator has not
// acknowledged yet.

import { type Backoff, decideBackoffMs } from '../../shared/backoff.ts';
import type { Instant } from '../../shared/clock.ts';
import { parsePair } from '../../shared/pair.ts';
import {
  bounds,
  type FailedPull,
  type LeaseUpdate,
  type Offer,
  type Outcome,
  type UnseenPull,
} from '../../shared/protocol.ts';
import type { Reason } from '../../shared/reason.ts';
import type { Action, DeleteAnswer, Event, OwnNode, OwnPod } from './events.ts';
import { FailedPulls } from './failed-pulls.ts';
import type { Inventory } from './inventory.ts';
import { tellsOfSandboxes } from './sandbox.ts';
import {
  decideDeletionMs,
  decideEnd,
  decideOverdueMs,
  decideSandboxDueMs,
  decideUpdate,
  holdsUpDrain,
  isUnseen,
  type TrackedPod,
  trackPod,
} from './tracked-pod.ts';

const deletionBackoff: Backoff = { initialMs: 1_000, factor: 2, maxMs: 30_000, jitterRatio: 0.5 };
// The watch shows an accepted deletion within a second; a delete that is lost all the same is asked for again.
const deletionPatienceMs = 30_000;
// Outcomes of pods that are gone, kept for a coordinator that is away; the oldest are given up.
const maxUnacknowledged = 1_000;

export class Pods {
  readonly #inventory: Inventory;
  readonly #random: () => number;
  readonly #tracked = new Map<string, TrackedPod>();
  readonly #failed = new FailedPulls();
  #nodeUid: string | undefined;
  #isNodeLeaving = false;
  #tellsOfSandboxes = false;
  readonly #outcomes = { Succeeded: 0, Failed: 0, Cancelled: 0, Unknown: 0 };

  constructor(inventory: Inventory, random: () => number) {
    this.#inventory = inventory;
    this.#random = random;
  }

  /** Pods of a former node object under the same name are nobody's lease any more. */
  setNode({ uid, leaving, kubeletVersion }: OwnNode): void {
    if (this.#nodeUid !== undefined && this.#nodeUid !== uid) this.#failed.clear();
    this.#nodeUid = uid;
    this.#isNodeLeaving = leaving;
    this.#tellsOfSandboxes = tellsOfSandboxes(kubeletVersion);
    for (const tracked of this.#tracked.values())
      if (!this.#isOwn(tracked.pod)) tracked.leaseId = undefined;
  }

  /** All pull pods of the node: what is not among them is gone. */
  listed({ pods, askedAtMs }: Extract<Event, { kind: 'podsListed' }>, now: Instant): void {
    const uids = new Set(pods.map((pod) => pod.uid));
    for (const [uid, tracked] of this.#tracked) {
      // The list may be older than a pod that was created while it was under way.
      const mayBeNewer = !tracked.watched && tracked.sinceMs >= askedAtMs;
      if (!uids.has(uid) && !mayBeNewer) tracked.gone = true;
    }
    for (const pod of pods) this.seen(pod, now);
  }

  seen(pod: OwnPod, now: Instant): void {
    const tracked = this.#track(pod, now);
    tracked.watched = true;
    if (!tracked.gone) tracked.pod = pod;
  }

  gone(pod: OwnPod, now: Instant): void {
    const tracked = this.#tracked.get(pod.uid);
    // What is not followed has been dealt with; its end is no news.
    if (tracked === undefined) return;
    this.seen(pod, now);
    tracked.gone = true;
  }

  /** This pod stands for the lease from now on. */
  adopt(pod: OwnPod, leaseId: string, now: Instant): void {
    const tracked = this.#track(pod, now);
    if (tracked.leaseId === leaseId) return;
    tracked.leaseId = leaseId;
    tracked.acknowledged = false;
    tracked.told = 'nothing';
  }

  /** Whether a pod was found whose deletion follows. */
  revoke(leaseId: string, podUid: string, reason: Reason): boolean {
    const found = [...this.#tracked.values()].filter(
      ({ pod, leaseId: own }) => pod.uid === podUid || own === leaseId,
    );
    for (const tracked of found) tracked.endingFor = reason === '' ? 'NoLongerDesired' : reason;
    return found.length > 0;
  }

  acknowledge(podUid: string): void {
    const tracked = this.#tracked.get(podUid);
    if (tracked?.ended === undefined || tracked.told !== 'ended') return;
    tracked.acknowledged = true;
  }

  deleteAnswered(podUid: string, answer: DeleteAnswer, now: Instant): void {
    const tracked = this.#tracked.get(podUid);
    if (tracked === undefined || answer === 'accepted') return;
    if (answer === 'missing') {
      tracked.gone = true;
      return;
    }
    tracked.deletionFailures += 1;
    const delayMs = decideBackoffMs(deletionBackoff, tracked.deletionFailures, this.#random());
    tracked.nextDeletionMs = now.monotonicMs + delayMs;
  }

  /** A new coordinator, or the same after a gap, knows nothing of what was said. */
  sessionOpened(): void {
    for (const tracked of this.#tracked.values()) tracked.told = 'nothing';
  }

  /** Draws the conclusions from what was seen; pulled images enter the inventory. */
  settle(now: Instant): void {
    // Whose pods these are is not known before the node is.
    if (this.#nodeUid === undefined) return;
    for (const [uid, tracked] of this.#tracked) {
      const isOverdue = decideOverdueMs(tracked) <= now.monotonicMs;
      if (isOverdue && !tracked.gone) tracked.endingFor = 'PullTimeout';
      if (this.#sandboxDueMs(tracked) <= now.monotonicMs) tracked.endingFor = 'SandboxFailed';
      this.#takeEnd(tracked, now);
      const told = tracked.leaseId === undefined || tracked.acknowledged;
      if (tracked.gone && told) this.#tracked.delete(uid);
    }
    this.#failed.settle((reference) => this.#inventory.isListed(reference), now);
    this.#giveUpOldest();
  }

  /** What to tell the coordinator now, outcomes after what they mean for the inventory. */
  updates(): readonly LeaseUpdate[] {
    return [...this.#tracked.values()].flatMap((tracked) => {
      const update = decideUpdate(tracked);
      if (update === undefined) return [];
      tracked.told = update.unseen ? 'unseen' : update.state === 'ended' ? 'ended' : 'accepted';
      return [update];
    });
  }

  deletions(now: Instant): readonly Action[] {
    return [...this.#tracked.values()].flatMap((tracked) => {
      if (this.#deletionMs(tracked) > now.monotonicMs) return [];
      const force = this.#holdsUpDrain(tracked);
      tracked.nextDeletionMs = now.monotonicMs + deletionPatienceMs;
      if (!force) tracked.deletionAsked = true;
      const { name, uid } = tracked.pod;
      return [{ kind: 'deletePod', podName: name, podUid: uid, force } as const];
    });
  }

  /** An earlier pull of the offer's pair has not ended, as far as was seen. */
  isFollowed({ leaseId, pair }: Offer): boolean {
    return [...this.#tracked.values()].some(
      (tracked) =>
        tracked.ended === undefined &&
        tracked.leaseId !== leaseId &&
        tracked.pod.lease?.pair === pair,
    );
  }

  /** For Hello: a coordinator that knows nothing of these must count them; the newest ones. */
  unseenPulls(): readonly UnseenPull[] {
    const unseen = [...this.#tracked.values()].filter(isUnseen);
    return unseen.flatMap(toUnseenPull).slice(-bounds.maxUnseenPulls);
  }

  /** For Hello: a coordinator that knows nothing of these goes on with their backoff. */
  failedPulls(): readonly FailedPull[] {
    return this.#failed.list();
  }

  nextDeadlineMs(): number {
    const tracked = [...this.#tracked.values()];
    return Math.min(
      ...tracked.flatMap((one) => [
        decideOverdueMs(one),
        this.#sandboxDueMs(one),
        this.#deletionMs(one),
      ]),
    );
  }

  /** Pull pods that exist. */
  get count(): number {
    return [...this.#tracked.values()].filter((tracked) => !tracked.gone).length;
  }

  /** Pulls that ended since the start, by outcome. */
  get outcomes(): Readonly<Record<Outcome, number>> {
    return this.#outcomes;
  }

  #sandboxDueMs(tracked: TrackedPod): number {
    return this.#tellsOfSandboxes ? decideSandboxDueMs(tracked) : Number.POSITIVE_INFINITY;
  }

  #deletionMs(tracked: TrackedPod): number {
    if (this.#holdsUpDrain(tracked)) return tracked.nextDeletionMs;
    return decideDeletionMs(tracked, this.#isListed(tracked));
  }

  #holdsUpDrain(tracked: TrackedPod): boolean {
    return this.#isNodeLeaving && holdsUpDrain(tracked);
  }

  #isListed({ pod: { image } }: TrackedPod): boolean {
    return image !== undefined && this.#inventory.isListed(image);
  }

  #track(pod: OwnPod, now: Instant): TrackedPod {
    const known = this.#tracked.get(pod.uid);
    if (known !== undefined) return known;
    const tracked = trackPod(pod, now);
    if (!this.#isOwn(pod)) tracked.leaseId = undefined;
    this.#tracked.set(pod.uid, tracked);
    return tracked;
  }

  /** True as well as long as the node is not known. */
  #isOwn({ lease }: OwnPod): boolean {
    const nodeUid = lease === undefined ? undefined : parsePair(lease.pair)?.nodeUid;
    return this.#nodeUid === undefined || nodeUid === this.#nodeUid;
  }

  #isFormer(pod: OwnPod): boolean {
    return pod.lease !== undefined && !this.#isOwn(pod);
  }

  #takeEnd(tracked: TrackedPod, now: Instant): void {
    const ended = decideEnd(tracked, this.#isListed(tracked), now);
    if (ended === undefined || ended === tracked.ended) return;
    tracked.ended = ended;
    tracked.acknowledged = false;
    if (tracked.told === 'ended') tracked.told = 'accepted';
    this.#outcomes[ended.outcome] += 1;
    if (tracked.leaseId !== undefined)
      this.#failed.ended(tracked.pod.lease?.pair ?? '', ended, now);
    const { image, finishedAtMs } = tracked.pod;
    // What a former node of this name pulled is on that machine's disk.
    if (this.#isFormer(tracked.pod)) return;
    if (ended.outcome === 'Succeeded' && image !== undefined)
      this.#inventory.takeOutcome(image, ended.digest, finishedAtMs ?? now.wallMs);
  }

  #giveUpOldest(): void {
    const excess = this.#tracked.size - maxUnacknowledged;
    if (excess <= 0) return;
    const unheard = [...this.#tracked].filter(([, tracked]) => tracked.gone);
    for (const [uid] of unheard.slice(0, excess)) this.#tracked.delete(uid);
  }
}

/** Nothing for a pod without a readable lease: it has nobody to be told to. */
function toUnseenPull({ pod, leaseId }: TrackedPod): readonly UnseenPull[] {
  const { name: podName, uid: podUid, image: admittedImage, createdAtMs, lease } = pod;
  if (lease === undefined || leaseId === undefined) return [];
  const { pair, limits, pullTimeoutMs } = lease;
  return [{ leaseId, pair, podName, podUid, admittedImage, limits, createdAtMs, pullTimeoutMs }];
}
