// Writes statuses of the objects of one kind: transitions at once, counters after a while, at most twenty writes a second
// of that kind, none when nothing changed. It asks the core for the status when it is about to write, so that what waited is never
// out of date; it never reads one back but through the watch and the answers to its own writes.

import { type Backoff, decideBackoffMs } from '../../shared/backoff.ts';
import type { Clock, Instant, Timer } from '../../shared/clock.ts';
import { isSameJson } from '../../shared/json.ts';
import { type KubeClient, KubeError } from '../../shared/kube-client.ts';
import type { KubeObject } from '../../shared/kube-types.ts';
import type { Log } from '../../shared/log.ts';
import type { CoordinatorMetrics } from '../metrics.ts';
import { planStatusPatch } from './status-patch.ts';
import { WriteWindow } from './write-window.ts';

/** An object whose status is of type `S`. */
export interface WithStatus<S> extends KubeObject {
  readonly status?: S;
}

export interface StatusWriterOptions<S extends object> {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Pick<CoordinatorMetrics, 'statusWrites'>;
  /** The wanted status now; undefined when the object is gone. */
  readonly status: (name: string, now: Instant) => S | undefined;
  /** Where the API server has the object's status. */
  readonly path: (name: string) => string;
  /** What log lines call the object. */
  readonly logField: 'cachedImage' | 'pullPolicy';
  /** How long a change of counts waits for others. */
  readonly countersEveryMs: number;
  readonly signal: AbortSignal;
}

/** What is known of one object; so there are as many as there are objects. */
interface Entry<S> {
  readonly name: string;
  uid: string | undefined;
  /** As the API server has it, as far as is known. */
  stored: S | undefined;
  /** Of `stored`, to tell an echo of the watch from news; 0 when not known. */
  version: number;
  /** What was written last, if the API server did not keep all of it. */
  unkept: S | undefined;
  /** In a row. */
  failures: number;
  /** When to write; undefined when nothing waits. */
  dueAtMs: number | undefined;
  isWriting: boolean;
}

const maxWritesPerSecond = 20;
const maxConcurrent = 8;
const backoff: Backoff = { initialMs: 1_000, factor: 2, maxMs: 60_000, jitterRatio: 0.5 };

export class StatusWriter<S extends object> {
  readonly #options: StatusWriterOptions<S>;
  readonly #entries = new Map<string, Entry<S>>();
  readonly #window = new WriteWindow(maxWritesPerSecond, 1_000);
  #writing = 0;
  #timer: Timer | undefined;

  constructor(options: StatusWriterOptions<S>) {
    this.#options = options;
  }

  /** The watch's news: what is stored now. Objects that are not listed are gone. */
  observeAll(objects: readonly WithStatus<S>[]): void {
    const names = new Set(objects.map(({ metadata }) => metadata.name));
    for (const name of this.#entries.keys()) if (!names.has(name)) this.#entries.delete(name);
    for (const object of objects) this.observe(object);
  }

  observe({ metadata, status }: WithStatus<S>): void {
    const entry = this.#entry(metadata.name);
    const version = Number(metadata.resourceVersion) || 0;
    const isSameObject = entry.uid === undefined || entry.uid === metadata.uid;
    if (isSameObject && version < entry.version) return;
    entry.uid = metadata.uid;
    entry.version = version;
    entry.stored = status;
  }

  forget(name: string): void {
    this.#entries.delete(name);
  }

  /** The wanted status may differ from the stored one; a transition does not wait for its turn. */
  notify(name: string, transition: boolean): void {
    const entry = this.#entry(name);
    // What fails waits for its backoff; it will write what is wanted then.
    if (entry.failures > 0 && entry.dueAtMs !== undefined) return;
    const nowMs = this.#nowMs();
    // From the first change on, so that a pull's end and the next one's begin are one write.
    const dueAtMs = transition ? nowMs : nowMs + this.#options.countersEveryMs;
    entry.dueAtMs = Math.min(entry.dueAtMs ?? Number.POSITIVE_INFINITY, dueAtMs);
    this.#pump();
  }

  /** Nothing is begun any more; idempotent. */
  stop(): void {
    this.#timer?.cancel();
    this.#entries.clear();
  }

  #pump(): void {
    this.#timer?.cancel();
    while (this.#writing < maxConcurrent) {
      const entry = this.#nextDue();
      if (entry?.dueAtMs === undefined) return;
      const waitMs = Math.max(entry.dueAtMs, this.#window.nextAtMs()) - this.#nowMs();
      if (waitMs > 0) {
        this.#timer = this.#options.clock.startTimer(waitMs, () => this.#pump());
        return;
      }
      void this.#write(entry);
    }
  }

  #nextDue(): Entry<S> | undefined {
    let next: Entry<S> | undefined;
    for (const entry of this.#entries.values()) {
      if (entry.dueAtMs === undefined || entry.isWriting) continue;
      if (next?.dueAtMs === undefined || entry.dueAtMs < next.dueAtMs) next = entry;
    }
    return next;
  }

  /** Never rejects. */
  async #write(entry: Entry<S>): Promise<void> {
    const { clock, status } = this.#options;
    entry.dueAtMs = undefined;
    const wanted = status(entry.name, clock.now());
    if (wanted === undefined) return;
    const patch = planStatusPatch(entry.stored, wanted);
    if (patch === undefined || isSameJson(entry.unkept, wanted)) return;
    const nowMs = this.#nowMs();
    this.#window.noteWrite(nowMs);
    entry.isWriting = true;
    this.#writing += 1;
    try {
      await this.#send(entry, patch, wanted);
    } catch (error) {
      this.#retry(entry, error);
    }
    entry.isWriting = false;
    this.#writing -= 1;
    this.#pump();
  }

  async #send(entry: Entry<S>, patch: Readonly<Record<string, unknown>>, wanted: S): Promise<void> {
    const { kube, log, metrics, signal, path, logField } = this.#options;
    // The uid makes sure that an object which came after this one does not inherit its status.
    const metadata = entry.uid === undefined ? {} : { uid: entry.uid };
    const answer = await kube.request<WithStatus<S>>({
      method: 'PATCH',
      path: path(entry.name),
      contentType: 'application/merge-patch+json',
      body: { metadata, status: patch },
      signal,
    });
    metrics.statusWrites.inc({ result: 'written' });
    entry.failures = 0;
    // Gone meanwhile: nothing is to be remembered.
    if (this.#entries.get(entry.name) === entry) this.observe(answer);
    const isKept = planStatusPatch(answer.status, wanted) === undefined;
    if (!isKept && entry.unkept === undefined)
      log.warn({ [logField]: entry.name }, 'status not kept as written');
    entry.unkept = isKept ? undefined : wanted;
  }

  #retry(entry: Entry<S>, error: unknown): void {
    const { log, metrics, random, signal, logField } = this.#options;
    if (signal.aborted) return;
    if (error instanceof KubeError && error.status === 404) return;
    metrics.statusWrites.inc({ result: 'failed' });
    entry.failures += 1;
    const delayMs = decideBackoffMs(backoff, entry.failures, random());
    entry.dueAtMs = this.#nowMs() + delayMs;
    log.warn({ err: error, [logField]: entry.name, delayMs }, 'status not written');
  }

  #entry(name: string): Entry<S> {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const entry: Entry<S> = {
      name,
      uid: undefined,
      stored: undefined,
      version: 0,
      unkept: undefined,
      failures: 0,
      dueAtMs: undefined,
      isWriting: false,
    };
    this.#entries.set(name, entry);
    return entry;
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs;
  }
}
