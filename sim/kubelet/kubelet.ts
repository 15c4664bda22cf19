// One node's kubelet with its container runtime: follows the pods bound to its node, pulls, reports. It meets the rest
// of the cluster only in the store, as a real one does at the API server, and lives on the clock that it is given.

import type { Clock, Timer } from '../../shared/clock.ts';
import { parseImageReference } from '../../shared/image-ref.ts';
import type { ContainerImage } from '../../shared/kube-types.ts';
import type { Registry } from '../registry/registry.ts';
import type { Store } from '../store.ts';
import type { EventBook } from './event-book.ts';
import { chooseVictims, imageGcEveryMs } from './image-gc.ts';
import { ImageReporter, type ReportIntervals } from './image-reporter.ts';
import { ImageStore, type StoredImage } from './image-store.ts';
import { KubeletLife } from './kubelet-life.ts';
import { latencyMs } from './latency.ts';
import {
  buildNode,
  type NodeIdentity,
  type NodeStatus,
  readyCondition,
  withBoot,
  withCondition,
  withImages,
} from './node-object.ts';
import { PodOutbox } from './pod-outbox.ts';
import { PullQueue } from './pull-queue.ts';
import type { PullSpeed } from './pull-speed.ts';
import type { PullRecord } from './record.ts';

export interface KubeletOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly store: Store;
  readonly registry: Registry;
  readonly record: PullRecord;
  readonly events: EventBook;
  readonly identity: NodeIdentity;
  readonly speed: PullSpeed;
  readonly maxParallelPulls: number;
  /** Image file system; garbage collection begins at 85 % of it. Infinity: never. */
  readonly diskBytes: number;
  readonly reportIntervals: ReportIntervals;
}

export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #images = new ImageStore();
  readonly #outbox: PodOutbox;
  readonly #reporter: ImageReporter;
  #life: KubeletLife | undefined;
  /** What the next report says. */
  #ready = true;
  #listedImages: readonly ContainerImage[] = [];
  #speed: PullSpeed;
  #sandboxTrouble: string | undefined;
  #powerOffs = 0;
  /** The API server is out of reach. */
  #partitioned = false;
  /** Set while frozen: resolves at the thaw. */
  #thawed: PromiseWithResolvers<void> | undefined;
  /** Of the process, not of one pod: ended with it. */
  readonly #timers = new Map<'gc' | 'join' | 'restart', Timer>();

  constructor(options: KubeletOptions) {
    this.#options = options;
    this.#speed = options.speed;
    this.#outbox = new PodOutbox(options.store);
    this.#reporter = new ImageReporter({
      clock: options.clock,
      seed: options.seed,
      node: options.identity.name,
      intervals: options.reportIntervals,
      images: this.#images,
      report: (listed) => {
        this.#listedImages = listed;
        this.#report();
      },
    });
  }

  get name(): string {
    return this.#options.identity.name;
  }

  /** Registers the node and starts to work; one that joins is not Ready for its first second. */
  start(joining: boolean): void {
    if (this.#life !== undefined) return;
    const { store, identity, clock, seed } = this.#options;
    const { wallMs } = clock.now();
    this.#ready = !joining;
    this.#listedImages = this.#images.status();
    if (store.find('nodes', { name: this.name }) === undefined) {
      const node = buildNode(identity, readyCondition(this.#ready, wallMs), wallMs);
      store.create('nodes', { ...node, status: this.#tellMachine(node.status) });
    }
    this.#begin();
    const joinMs = latencyMs(seed, 'join', this.name);
    if (joining) this.#startTimer('join', joinMs, () => this.setReady(true));
  }

  /** The machine is switched off: nothing of it goes on. Idempotent. */
  stop(): void {
    this.#powerOffs += 1;
    this.#end();
    this.#thawed?.resolve();
    this.#thawed = undefined;
  }

  /** The process ends, if it ran, and is back `downMs` later; pulls under way are given up, images stay. */
  restart(downMs: number): void {
    this.#end();
    this.#startTimer('restart', downMs, () => {
      this.#begin();
      this.#reporter.imagesChanged();
      this.setReady(true);
    });
  }

  /** Reports Ready or not; pods and pulls go on either way. */
  setReady(ready: boolean): void {
    this.#ready = ready;
    this.#report();
  }

  /** The API server is out of reach: pulls go on, nothing is seen and nothing told. */
  disconnect(): void {
    this.#partitioned = true;
    this.#reachOrNot();
  }

  connect(): void {
    this.#partitioned = false;
    this.#reachOrNot();
  }

  /** Everything on the machine stands still: no byte flows, nothing is seen and nothing told, by a new process neither. */
  freeze(): void {
    const isOff = this.#life === undefined && !this.#timers.has('restart');
    if (this.#thawed !== undefined || isOff) return;
    this.#thawed = Promise.withResolvers();
    this.#life?.pulls.freeze();
    this.#reachOrNot();
  }

  thaw(): void {
    if (this.#thawed === undefined) return;
    this.#thawed.resolve();
    this.#thawed = undefined;
    this.#life?.pulls.thaw();
    this.#reachOrNot();
  }

  setSpeed(speed: PullSpeed): void {
    this.#speed = speed;
    this.#life?.pulls.setSpeed(speed);
  }

  /** From now on no pod gets a sandbox, for this reason in the network plugin's words; undefined ends it. */
  setSandboxTrouble(words: string | undefined): void {
    this.#sandboxTrouble = words;
  }

  images(): readonly StoredImage[] {
    return this.#images.list();
  }

  /**
   * Puts an image on the node without a pull, as a node image or an administrator may.
   * @throws Error when its registry does not have it
   */
  addImage(name: string): void {
    const reference = parseImageReference(name);
    const resolution = this.#options.registry.resolve(reference);
    if (resolution.kind === 'refused') {
      throw new Error(
        `cannot put ${name} on ${this.name}: its registry says ${resolution.refusal}`,
      );
    }
    this.#images.add(reference, resolution.image, this.#options.clock.now().monotonicMs);
    this.#imagesChanged();
  }

  /** Removes an image, as garbage collection or an administrator may; false when it is not there. */
  removeImage(name: string): boolean {
    const removed = this.#images.remove(name);
    if (removed) this.#imagesChanged();
    return removed;
  }

  #end(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#reporter.stop();
    this.#life?.end();
    this.#life = undefined;
    this.#outbox.clear();
  }

  #begin(): void {
    const { clock, seed, store, identity } = this.#options;
    this.#life = new KubeletLife({
      clock,
      seed,
      store,
      identity,
      images: this.#images,
      outbox: this.#outbox,
      pulls: this.#openPulls(),
      awake: () => this.#thawed?.promise ?? Promise.resolve(),
      sandboxTrouble: () => this.#sandboxTrouble,
      // Real ones try for two minutes to get rid of an event; here it is lost at once.
      tell: (pod, news) => {
        if (this.#isReaching) this.#options.events.tell(pod, news, this.name);
      },
    });
    if (this.#thawed !== undefined) this.#life.pulls.freeze();
    this.#reachOrNot();
    if (Number.isFinite(this.#options.diskBytes)) this.#scheduleGc();
  }

  get #isReaching(): boolean {
    return !this.#partitioned && this.#thawed === undefined;
  }

  /** Goes silent, or tells what has gathered and looks what there is to do. */
  #reachOrNot(): void {
    if (this.#isReaching) {
      this.#outbox.connect();
      this.#report();
      this.#life?.follow();
    } else {
      this.#outbox.disconnect();
      this.#life?.unfollow();
    }
  }

  #openPulls(): PullQueue {
    const { identity, maxParallelPulls, diskBytes, clock, seed, registry, record } = this.#options;
    return new PullQueue({
      clock,
      seed,
      registry,
      record,
      images: this.#images,
      node: {
        name: this.name,
        uid: this.#options.store.find('nodes', { name: this.name })?.metadata.uid ?? '',
        platform: `${identity.os}/${identity.architecture}`,
      },
      speed: this.#speed,
      maxParallelPulls,
      diskBytes,
      onImagesChanged: () => this.#imagesChanged(),
    });
  }

  #imagesChanged(): void {
    if (this.#life !== undefined) this.#reporter.imagesChanged();
  }

  /** Node status; a write that changes nothing is none. */
  #report(): void {
    const { store, clock } = this.#options;
    const at = { name: this.name };
    const alive = this.#isReaching && this.#life !== undefined;
    if (!alive || store.find('nodes', at) === undefined) return;
    const ready = readyCondition(this.#ready, clock.now().wallMs);
    store.modify(
      'nodes',
      at,
      (node) => {
        const status = this.#tellMachine(node.status);
        return { ...node, status: withCondition(status, ready) };
      },
      { subresource: 'status' },
    );
  }

  #tellMachine(status: NodeStatus = {}): NodeStatus {
    const boot = { seed: this.#options.seed, node: this.name, powerOffs: this.#powerOffs };
    return withBoot(withImages(status, this.#listedImages), boot);
  }

  #scheduleGc(): void {
    this.#startTimer('gc', imageGcEveryMs, () => {
      this.#collectImages();
      this.#scheduleGc();
    });
  }

  #collectImages(): void {
    const { clock, diskBytes } = this.#options;
    const disk = { diskBytes, inUse: this.#life?.imagesInUse() ?? new Set<string>() };
    for (const name of chooseVictims(this.#images, disk, clock.now().monotonicMs))
      this.removeImage(name);
  }

  #startTimer(name: 'gc' | 'join' | 'restart', delayMs: number, callback: () => void): void {
    this.#timers.set(name, this.#options.clock.startTimer(delayMs, callback));
  }
}
