// A local picture of one kind of object: list in pages, watch from there, go on through every error. Not client-node's
// informer, which lists everything at once, asks for no bookmarks and stops on the first error it does not know.
// Objects are trimmed one page at a time, so that whole ones never pile up.

import { type Backoff, decideBackoffMs } from './backoff.ts';
import { type Clock, waitFor } from './clock.ts';
import { type KubeClient, KubeError, type KubeQuery, type WatchEvent } from './kube-client.ts';
import type { KubeObject, List } from './kube-types.ts';

/** After `listed` the receiver replaces what it had: what is not in the list is gone. */
export type ReflectorEvent<R> =
  | {
      readonly kind: 'listed';
      readonly objects: readonly R[];
      /** Monotonic; the list has everything that was there then and still is. */
      readonly askedAtMs: number;
    }
  | { readonly kind: 'seen'; readonly object: R }
  | { readonly kind: 'gone'; readonly object: R };

/** What is needed of a logger. */
export interface ReflectorLog {
  warn(fields: object, message: string): void;
}

export interface ReflectorOptions<T extends KubeObject, R> {
  readonly client: KubeClient;
  /** Of the collection, such as `/api/v1/nodes`. */
  readonly path: string;
  readonly query?: { readonly labelSelector?: string; readonly fieldSelector?: string };
  /**
   * `list`, unless `watch`: the watch itself begins with what is there, as events, and never says what is gone meanwhile.
   * For a single object by name: it takes no right to list.
   */
  readonly begin?: 'list' | 'watch';
  /**
   * Objects of a list are told as `seen` with the page they came on; the last page's and all others again as `listed`. For
   * a receiver to which thousands at once would be long work: other events get their turn while the next page comes.
   */
  readonly tellsPages?: boolean;
  readonly trim: (object: T) => R;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: ReflectorLog;
  /** Called in order, never concurrently. What it throws ends the reflector. */
  readonly onEvent: (event: ReflectorEvent<R>) => void;
}

const pageSize = '500';
// The API server sends what it has as ADDED, from its cache and perhaps a moment old, and goes on from there.
const anyVersion = '0';
const backoff: Backoff = { initialMs: 1_000, factor: 2, maxMs: 30_000, jitterRatio: 1 };
const minTimeoutSeconds = 300;
const maxTimeoutSeconds = 600;
// API servers send a bookmark about once a minute; two missed ones and a bit mean a dead connection.
const maxSilenceMs = 150_000;
// A watch that ends sooner and without an event counts as a failure, else it would be opened again without a pause.
const minWatchMs = 5_000;
// A resourceVersion of which the server can make nothing (restored from a backup) is given up after so many failures.
const maxResumptions = 4;

/** Resolves when the signal aborts, and only then; errors of the API server are waited out. */
export async function runReflector<T extends KubeObject, R>(
  options: ReflectorOptions<T, R>,
  signal: AbortSignal,
): Promise<void> {
  const position: Position = { version: undefined, failures: 0 };
  while (!signal.aborted) {
    try {
      position.version ??= options.begin === 'watch' ? anyVersion : await list(options, signal);
      await follow(options, position, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof KubeError)) throw error;
      await pause(options, position, { error, signal });
    }
  }
}

interface Position {
  /** Where the next watch begins; undefined means list first. */
  version: string | undefined;
  /** In a row, since something was last heard. */
  failures: number;
}

async function list<T extends KubeObject, R>(
  options: ReflectorOptions<T, R>,
  signal: AbortSignal,
): Promise<string> {
  const { client, clock, path, query, trim, tellsPages = false, onEvent } = options;
  const askedAtMs = clock.now().monotonicMs;
  const objects: R[] = [];
  let next: string | undefined;
  for (;;) {
    const page: List<T> = await client.request({
      method: 'GET',
      path,
      query: { ...query, limit: pageSize, continue: next },
      signal,
    });
    const trimmed = page.items.map((object) => trim(object));
    for (const object of trimmed) objects.push(object);
    next = page.metadata.continue;
    if (!next) {
      onEvent({ kind: 'listed', objects, askedAtMs });
      return page.metadata.resourceVersion;
    }
    if (tellsPages) for (const object of trimmed) onEvent({ kind: 'seen', object });
  }
}

/** Watches until the server ends it normally. */
async function follow<T extends KubeObject, R>(
  options: ReflectorOptions<T, R>,
  position: Position,
  signal: AbortSignal,
): Promise<void> {
  const { clock, path } = options;
  const startedAtMs = clock.now().monotonicMs;
  const silence = startSilence(clock, signal);
  let heard = false;
  try {
    const query = watchQuery(options, position);
    const events: AsyncIterable<WatchEvent<T>> = options.client.watch(path, query, silence.signal);
    for await (const event of events) {
      heard = true;
      silence.heard();
      take(options, position, event);
    }
  } catch (error) {
    if (!silence.signal.aborted || signal.aborted) throw error;
    throw new KubeError(`watch ${path}: silent for ${maxSilenceMs} ms`, 0, {}, error);
  } finally {
    silence.stop();
  }
  if (!heard && clock.now().monotonicMs - startedAtMs < minWatchMs)
    throw new KubeError(`watch ${path}: ended at once`, 0);
  position.failures = 0;
}

function watchQuery<T extends KubeObject, R>(
  options: ReflectorOptions<T, R>,
  position: Position,
): KubeQuery {
  const spanSeconds = maxTimeoutSeconds - minTimeoutSeconds;
  return {
    ...options.query,
    resourceVersion: position.version,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(minTimeoutSeconds + Math.floor(options.random() * spanSeconds)),
  };
}

function take<T extends KubeObject, R>(
  options: ReflectorOptions<T, R>,
  position: Position,
  event: WatchEvent<T>,
): void {
  if (event.type === 'ERROR') {
    const { code = 500, message = 'no reason given' } = event.object;
    throw new KubeError(`watch ${options.path}: ${message}`, code, event.object);
  }
  position.version = event.object.metadata.resourceVersion ?? position.version;
  position.failures = 0;
  if (event.type === 'BOOKMARK') return;
  const object = options.trim(event.object);
  options.onEvent({ kind: event.type === 'DELETED' ? 'gone' : 'seen', object });
}

async function pause<T extends KubeObject, R>(
  options: ReflectorOptions<T, R>,
  position: Position,
  after: { readonly error: KubeError; readonly signal: AbortSignal },
): Promise<void> {
  const { error, signal } = after;
  position.failures += 1;
  const resumable = error.status === 0 || error.status === 429 || error.status >= 500;
  if (!resumable || position.failures > maxResumptions) position.version = undefined;
  const drawnMs = decideBackoffMs(backoff, position.failures, options.random());
  const delayMs = Math.max(drawnMs, Math.min(error.retryAfterMs ?? 0, backoff.maxMs));
  const resumes = position.version !== undefined;
  options.log.warn({ err: error, path: options.path, delayMs, resumes }, 'watch interrupted');
  // An abort meanwhile is seen by the caller's loop.
  await waitFor(options.clock, delayMs, signal).catch(() => undefined);
}

/** Aborts when nothing was heard for too long, or when `outer` does. */
function startSilence(clock: Clock, outer: AbortSignal) {
  const controller = new AbortController();
  const end = (): void => controller.abort(outer.aborted ? outer.reason : new Error('silence'));
  let timer = clock.startTimer(maxSilenceMs, end);
  outer.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    heard: (): void => {
      timer.cancel();
      timer = clock.startTimer(maxSilenceMs, end);
    },
    stop: (): void => {
      timer.cancel();
      outer.removeEventListener('abort', end);
    },
  };
}
