// One pod in the hands of its kubelet, from admission to its removal. The awkward truth that Forehold is built around
// is here: once a sync of the pod has begun it runs to its end, pull included, whatever is done to the object. Order
// and spacing of the statuses are those of the test bed's kubelets.

import { type Clock, waitFor } from '../../shared/clock.ts';
import type { Container, Pod } from '../../shared/kube-types.ts';
import { formatTimestampSeconds } from '../../shared/timestamp.ts';
import type { RegistryImage } from '../registry/registry.ts';
import { hashToUnit } from '../seeded-hash.ts';
import type { PodNews } from './event-book.ts';
import type { ImageStore } from './image-store.ts';
import { latencyMs, type Step } from './latency.ts';
import { nonRootMessage, sandboxFailedMessage, startErrorMessage } from './messages.ts';
import { type Ensured, PodImages } from './pod-images.ts';
import {
  buildPodStatus,
  buildRejection,
  type ContainerRun,
  completedState,
  creatingState,
  killedState,
  type PodStatus,
  type Rejection,
  startErrorState,
} from './pod-status.ts';
import type { PullQueue } from './pull-queue.ts';

/** What a worker needs of its kubelet. */
export interface WorkerHost {
  readonly clock: Clock;
  readonly seed: number;
  readonly hostIp: string;
  readonly images: ImageStore;
  readonly pulls: PullQueue;
  /** Ends every worker of a kubelet that ends. */
  readonly signal: AbortSignal;
  /** Resolves as soon as the kubelet is not frozen. */
  awake(): Promise<void>;
  admit(pod: Pod): Rejection | undefined;
  /** Why no sandbox can be made now, in the network plugin's words; undefined when one can. */
  sandboxTrouble(): string | undefined;
  /** Says it in an event. */
  tell(pod: Pod, news: PodNews): void;
  /** The newest status of the pod; reaches the API server when it can. */
  writeStatus(pod: Pod, status: PodStatus): void;
  /** The kubelet has let go of a pod that is Terminating. */
  removePod(pod: Pod): void;
  /** A container of the pod was created from this image. */
  imageUsed(podUid: string, digest: string): void;
}

// kubelet pod_workers: after a failed sync the next one comes 10 s later, up to half as much again.
const resyncMs = 10_000;
const resyncJitterRatio = 0.5;

export class PodWorker {
  readonly #host: WorkerHost;
  readonly #podImages: PodImages;
  readonly #runs: readonly ContainerRun[];
  readonly #uid: string;
  #pod: Pod;
  #deleting = false;
  #gone = false;
  #ended = false;
  #syncs = 0;
  /** Undefined as long as nobody has reason to ask. */
  #hasSandbox: boolean | undefined;
  #startTime = '';
  /** Ends the wait between two syncs. */
  #wake: () => void = () => {};

  constructor(pod: Pod, host: WorkerHost) {
    this.#pod = pod;
    this.#uid = pod.metadata.uid ?? '';
    this.#host = host;
    this.#podImages = new PodImages(this.#uid, host, (news) => host.tell(this.#pod, news));
    this.#runs = pod.spec.containers.map((container) => ({
      container,
      state: creatingState(),
      imageId: '',
    }));
  }

  /** The pod occupies one of the node's places. */
  get isLive(): boolean {
    return !this.#ended && !this.#gone;
  }

  /** The object changed; only a deletion matters. */
  podChanged(pod: Pod): void {
    this.#pod = pod;
    this.#noteDeletion();
  }

  /** The object is gone: nobody will be told anything any more. */
  podGone(): void {
    this.#gone = true;
    this.#wake();
  }

  /** Resolves when the kubelet is done with the pod, or ends itself. */
  async run(): Promise<void> {
    try {
      await this.#live();
    } catch (error) {
      if (!this.#host.signal.aborted) throw error;
    }
  }

  async #live(): Promise<void> {
    this.#startTime = formatTimestampSeconds(this.#host.clock.now().wallMs);
    this.#noteDeletion();
    await this.#pass('watch');
    if (this.#deleting || this.#gone) return this.#kill();
    const rejection = this.#host.admit(this.#pod);
    if (rejection !== undefined) {
      this.#ended = true;
      const nowMs = this.#host.clock.now().wallMs;
      return this.#host.writeStatus(this.#pod, buildRejection(rejection, nowMs));
    }
    this.#write();
    if ((await this.#makeSandbox()) && (await this.#startContainers())) await this.#finish();
    else await this.#kill();
  }

  /** Tries until there is one; false when the pod has to go before. */
  async #makeSandbox(): Promise<boolean> {
    for (;;) {
      await this.#pass('sandbox');
      const trouble = this.#host.sandboxTrouble();
      if (trouble === undefined && this.#hasSandbox === undefined) return true;
      this.#hasSandbox = trouble === undefined;
      this.#write();
      if (trouble === undefined) return true;
      await this.#missSandbox(trouble);
      if (this.#deleting || this.#gone) return false;
    }
  }

  async #missSandbox(trouble: string): Promise<void> {
    const { seed, clock } = this.#host;
    const unit = hashToUnit(seed, 'sandbox', this.#uid, String(clock.now().wallMs));
    const message = sandboxFailedMessage(unit.toString(16).slice(2), trouble);
    this.#host.tell(this.#pod, { type: 'Warning', reason: 'FailedCreatePodSandBox', message });
    const delayMs = resyncMs * (1 + resyncJitterRatio * unit);
    if (!this.#deleting && !this.#gone) await this.#untilWoken(delayMs);
  }

  /** Syncs until every container has started or failed for good; false when the pod has to go before. */
  async #startContainers(): Promise<boolean> {
    for (;;) {
      this.#syncs += 1;
      if (this.#syncs > 1) this.#write();
      if (await this.#syncContainers()) return true;
      await this.#untilResync();
      if (this.#deleting || this.#gone) return false;
    }
  }

  /** One sync of the pod: true when no container waits any more. */
  async #syncContainers(): Promise<boolean> {
    const waiting = this.#runs.filter((run) => run.state.waiting !== undefined);
    for (const run of waiting) await this.#sync(run);
    return waiting.every((run) => run.state.waiting === undefined);
  }

  async #sync(run: ContainerRun): Promise<void> {
    const ensured = await this.#podImages.ensure(run.container);
    await this.#host.awake();
    const problem = this.#findProblem(run.container, ensured);
    if (problem !== undefined) run.state = { waiting: problem };
    else if (ensured.kind === 'present') await this.#start(run, ensured);
  }

  #findProblem(
    container: Container,
    ensured: Ensured,
  ): { readonly reason: string; readonly message: string } | undefined {
    if (ensured.kind === 'aborted') return undefined;
    if (ensured.kind === 'problem') return { reason: ensured.reason, message: ensured.message };
    if (!this.#refusesRoot(container) || ensured.image.userId !== 0) return undefined;
    const { name, namespace } = this.#pod.metadata;
    const message = nonRootMessage(`${name}_${namespace}(${this.#uid})`, container.name);
    return { reason: 'CreateContainerConfigError', message };
  }

  /** `runAsNonRoot` without a `runAsUser` leaves it to the image's user. */
  #refusesRoot(container: Container): boolean {
    const context = { ...this.#pod.spec.securityContext, ...container.securityContext };
    return context['runAsNonRoot'] === true && context['runAsUser'] === undefined;
  }

  async #start(run: ContainerRun, image: EnsuredImage): Promise<void> {
    await this.#pass('start');
    const { registry, repository } = image.reference;
    const { clock } = this.#host;
    this.#host.imageUsed(this.#uid, image.image.digest);
    run.imageId = `${registry}/${repository}@${image.image.digest}`;
    const program = run.container.command?.[0] ?? '';
    if (!canRun(image.image, program)) {
      run.state = startErrorState(startErrorMessage(program), clock.now().wallMs);
      return;
    }
    run.state = { running: { startedAt: formatTimestampSeconds(clock.now().wallMs) } };
  }

  async #finish(): Promise<void> {
    this.#write();
    if (this.#runs.some((run) => run.state.running !== undefined)) {
      await this.#runContainers();
      this.#write();
    }
    await this.#pass('finish');
    this.#end();
  }

  async #runContainers(): Promise<void> {
    await this.#pass('exit');
    const runMs = Math.max(0, ...this.#runs.map((run) => readRunMs(run.container)));
    if (runMs > 0 && !this.#deleting && !this.#gone) await this.#untilWoken(runMs);
    const nowMs = this.#host.clock.now().wallMs;
    const killed = runMs > 0 && this.#deleting;
    for (const run of this.#runs) {
      const startedAt = run.state.running?.startedAt;
      if (startedAt === undefined) continue;
      run.state = killed ? killedState(run.state, nowMs) : completedState(startedAt, nowMs);
    }
  }

  /** Takes down a pod that has not started. */
  async #kill(): Promise<void> {
    if (this.#gone) return;
    await this.#pass('kill');
    const nowMs = this.#host.clock.now().wallMs;
    for (const run of this.#runs) run.state = killedState(run.state, nowMs);
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#write();
    if (this.#deleting && !this.#gone) this.#host.removePod(this.#pod);
  }

  #write(): void {
    if (this.#gone) return;
    const { hostIp } = this.#host;
    const hasSandbox = this.#hasSandbox;
    const at = { startTime: this.#startTime, hostIp, ended: this.#ended, hasSandbox };
    this.#host.writeStatus(this.#pod, buildPodStatus(this.#runs, at));
  }

  #noteDeletion(): void {
    if (this.#pod.metadata.deletionTimestamp === undefined) return;
    if (this.#ended && !this.#deleting) this.#host.removePod(this.#pod);
    this.#deleting = true;
    this.#wake();
  }

  /** The second sync follows the first at once, which is why ErrImagePull is seen before ImagePullBackOff. */
  async #untilResync(): Promise<void> {
    const jitter = hashToUnit(this.#host.seed, 'resync', this.#uid, String(this.#syncs));
    const delayMs = this.#syncs === 1 ? 0 : resyncMs * (1 + resyncJitterRatio * jitter);
    if (!this.#deleting && !this.#gone) await this.#untilWoken(delayMs);
  }

  /** Waits, until the pod is deleted at the longest. */
  async #untilWoken(delayMs: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const signal = AbortSignal.any([this.#host.signal, woken.signal]);
    await waitFor(this.#host.clock, delayMs, signal).catch((error: unknown) => {
      if (!woken.signal.aborted || this.#host.signal.aborted) throw error;
    });
    this.#wake = () => {};
    await this.#host.awake();
  }

  /** Takes as long as this step takes on a real node; a frozen kubelet does not get past it. */
  async #pass(step: Step): Promise<void> {
    const { clock, seed, signal } = this.#host;
    await waitFor(clock, latencyMs(seed, step, this.#pod.metadata.name), signal);
    await this.#host.awake();
  }
}

type EnsuredImage = Extract<Ensured, { kind: 'present' }>;

/** `/…` paths are not looked up: an image here either has the usual programs or none at all. */
function canRun(image: RegistryImage, program: string): boolean {
  return image.hasExecutable && !program.startsWith('/nonexistent');
}

/** `sleep SECONDS` runs that long, everything else ends at once. */
function readRunMs(container: Container): number {
  const [program, argument] = container.command ?? [];
  const seconds = program === 'sleep' ? Number(argument) : 0;
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}
