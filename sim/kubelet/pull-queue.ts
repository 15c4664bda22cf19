// The pulls of one node, as kubelet and containerd do them: one after the other unless told otherwise, in the order
// of asking, and none of them can be taken back. Whoever asked may be gone long before the bytes have arrived.

import type { Clock, Timer } from '../../shared/clock.ts';
import { formatImageReference, type ImageReference } from '../../shared/image-ref.ts';
import type { Registry, RegistryImage, Resolution } from '../registry/registry.ts';
import type { ImageStore } from './image-store.ts';
import { noSpaceMessage, platformMessage, refusalMessage } from './messages.ts';
import { manifestMs, type PullSpeed, pullMs, unreachableMs } from './pull-speed.ts';
import type { EndPull, PullRecord } from './record.ts';

export type PullResult =
  | { readonly kind: 'pulled'; readonly image: RegistryImage }
  /** In containerd's words. */
  | { readonly kind: 'failed'; readonly message: string }
  /** The kubelet went away in the middle of it. */
  | { readonly kind: 'aborted' };

export interface PullQueueOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly node: { readonly name: string; readonly uid: string; readonly platform: string };
  readonly registry: Registry;
  readonly images: ImageStore;
  readonly record: PullRecord;
  readonly speed: PullSpeed;
  /** 1 as long as kubelets have `serializeImagePulls`. */
  readonly maxParallelPulls: number;
  /** A pull that finds less room than its image needs fails. */
  readonly diskBytes: number;
  readonly onImagesChanged: () => void;
}

interface Pull {
  readonly reference: ImageReference;
  readonly podUid: string;
  readonly resolve: (result: PullResult) => void;
}

/** A pull that has begun; its progress is kept as what remains, so that it can be stopped and go on at another speed. */
interface ActivePull {
  readonly pull: Pull;
  readonly end: EndPull;
  readonly result: PullResult;
  /** The image whose bytes flow; undefined when the registry refuses, or nothing has to be fetched. */
  readonly transfer: RegistryImage | undefined;
  totalMs: number;
  remainingMs: number;
  resumedAtMs: number;
  timer: Timer | undefined;
}

export class PullQueue {
  readonly #options: PullQueueOptions;
  /** Bounded by the pods of a node: one entry per container that waits for its image. */
  readonly #waiting: Pull[] = [];
  readonly #active = new Set<ActivePull>();
  #speed: PullSpeed;
  #frozen = false;

  constructor(options: PullQueueOptions) {
    this.#options = options;
    this.#speed = options.speed;
  }

  /** Resolves when the kubelet is done with it, for whomever still wants to know. */
  pull(reference: ImageReference, podUid: string): Promise<PullResult> {
    return new Promise((resolve) => {
      this.#waiting.push({ reference, podUid, resolve });
      this.#beginNext();
    });
  }

  /** Holds from now on, for the rest of a pull under way as well. */
  setSpeed(speed: PullSpeed): void {
    this.#speed = speed;
    for (const active of this.#active) {
      if (active.transfer === undefined) continue;
      this.#pause(active);
      const totalMs = this.#transferMs(active.transfer);
      active.remainingMs *= totalMs / active.totalMs;
      active.totalMs = totalMs;
      this.#resume(active);
    }
  }

  /** No byte flows until `thaw`. */
  freeze(): void {
    if (this.#frozen) return;
    for (const active of this.#active) this.#pause(active);
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const active of this.#active) this.#resume(active);
    this.#beginNext();
  }

  /** The kubelet ends: what it was pulling or had queued is given up. */
  abort(): void {
    const aborted = [...this.#active];
    const dropped = this.#waiting.splice(0);
    this.#active.clear();
    for (const active of aborted) {
      active.timer?.cancel();
      active.end('aborted');
    }
    for (const { resolve } of [...aborted.map((active) => active.pull), ...dropped]) {
      resolve({ kind: 'aborted' });
    }
  }

  #beginNext(): void {
    while (!this.#frozen && this.#active.size < this.#options.maxParallelPulls) {
      const pull = this.#waiting.shift();
      if (pull === undefined) return;
      this.#begin(pull);
    }
  }

  #begin(pull: Pull): void {
    const { node, images, record, registry } = this.#options;
    const resolution = registry.resolve(pull.reference);
    const found = resolution.kind === 'found' ? resolution.image : undefined;
    const current = images.find(pull.reference)?.image.digest;
    const end = record.beginPull({
      node: node.name,
      nodeUid: node.uid,
      image: formatImageReference(pull.reference),
      podUid: pull.podUid,
      present: found !== undefined && found.digest === current,
    });
    const result = this.#foresee(pull.reference, resolution);
    const transfer =
      result.kind === 'pulled' && !images.has(result.image.digest) ? result.image : undefined;
    const silent = resolution.kind === 'refused' && resolution.refusal === 'unreachable';
    const shortMs = silent ? unreachableMs : manifestMs;
    const totalMs = transfer === undefined ? shortMs : this.#transferMs(transfer);
    const active: ActivePull = {
      pull,
      end,
      result,
      transfer,
      totalMs,
      remainingMs: totalMs,
      resumedAtMs: 0,
      timer: undefined,
    };
    this.#active.add(active);
    this.#resume(active);
  }

  /** How the pull will end, unless the disk turns out to be full. */
  #foresee(reference: ImageReference, resolution: Resolution): PullResult {
    if (resolution.kind === 'refused') {
      return { kind: 'failed', message: refusalMessage(resolution.refusal, reference) };
    }
    const { image } = resolution;
    if (image.platforms.includes(this.#options.node.platform)) return { kind: 'pulled', image };
    return { kind: 'failed', message: platformMessage(formatImageReference(reference)) };
  }

  #finish(active: ActivePull): void {
    this.#active.delete(active);
    const result = this.#store(active);
    active.end(result.kind === 'pulled' ? 'succeeded' : 'failed');
    active.pull.resolve(result);
    this.#beginNext();
  }

  #store(active: ActivePull): PullResult {
    const { images, diskBytes, clock, onImagesChanged } = this.#options;
    const { result, pull, transfer } = active;
    if (result.kind !== 'pulled') return result;
    if (transfer !== undefined && images.usedBytes + transfer.sizeBytes > diskBytes) {
      return { kind: 'failed', message: noSpaceMessage(formatImageReference(pull.reference)) };
    }
    images.add(pull.reference, result.image, clock.now().monotonicMs);
    onImagesChanged();
    return result;
  }

  #pause(active: ActivePull): void {
    if (active.timer === undefined) return;
    active.timer.cancel();
    active.timer = undefined;
    active.remainingMs -= this.#options.clock.now().monotonicMs - active.resumedAtMs;
  }

  #resume(active: ActivePull): void {
    if (this.#frozen || active.timer !== undefined) return;
    const { clock } = this.#options;
    active.resumedAtMs = clock.now().monotonicMs;
    active.timer = clock.startTimer(active.remainingMs, () => this.#finish(active));
  }

  #transferMs(image: RegistryImage): number {
    const { seed, node } = this.#options;
    return Math.max(1, pullMs(this.#speed, image, { seed, node: node.name }));
  }
}
